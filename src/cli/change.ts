import { K1Error } from '../core/errors.ts'
import type { SignedText } from '../core/team.ts'
import { allHold, plan as makePlan, type Plan, toDo, unseenIn } from '../engine/plan.ts'
import { type PlannedDeps, startPlanned } from '../engine/planned-run.ts'
import { type Report, reportWithoutRun } from '../engine/report.ts'
import type { Consent } from '../engine/run.ts'
import { exitCodeOfVerdict } from '../engine/verdict.ts'
import { onlyApproved, type Parted, partForApproval, settingsToApprove } from '../posture/approval.ts'
import type { Intent } from '../posture/intent.ts'
import { plannerFor } from '../posture/planner.ts'
import { planJson, planText } from '../render/plan.ts'
import { lostText, resultText, unreachedText, verdictText } from '../render/report.ts'
import { behindCanary, tellNotBegun, tenantsLeft, whyBehind } from './behind-canary.ts'
import type { Context } from './command.ts'
import { permit } from './permit.ts'
import { moduleNamed, withSessions } from './sessions.ts'
import { settingsRules, warnOfApproval } from './settings-approval.ts'
import type { WaitingSettings } from './settings-waiting.ts'
import { spinning } from './spinner.ts'
import { chooseTenants } from './tenant-choice.ts'
import { noteOutcome } from './ticket-note.ts'

/** How many systems are worked on at once. */
export const concurrency = 8

/** The one path of every change to a module: plan, show, consent, execute, read back, say what came of it. */
export async function changeModule(context: Context, moduleWord: string, intent: Intent): Promise<number> {
  const { output } = context
  const system = await moduleNamed(context, moduleWord)
  const tenants = await chooseTenants(context)
  const only = tenants.length === 1 ? tenants[0] : undefined
  output.say(output.talk.dim(only ? `Tenant: ${only.name}` : `Tenants: all ${tenants.length}`))

  return withSessions(context, { useEnvironment: only !== undefined }, async sessions => {
    const modules = await Promise.all(tenants.map(t => sessions.module(t.name, system)))
    const planners = modules.map(m => plannerFor(m, intent))
    const plan = await spinning(context, `Reading ${system.about.title}`, () => makePlan(planners, concurrency))
    if (only && plan.unreached[0]) throw plan.unreached[0].error
    return settleOrStop(context, plan, { [system.about.id]: system.about.title })
  })
}

/**
 * From a plan on: show it, ask, carry it out, say what came of it.
 * @param how `canary`: the tenant that goes first; `showOnly`: shown alone, as with --dry-run; `options`: kept with the run
 */
export async function settleOrStop(
  context: Context,
  plan: Plan,
  titles: Record<string, string>,
  {
    canary,
    showOnly = false,
    options,
  }: { canary?: string; showOnly?: boolean; options?: { ticket: string; noteIn?: string } } = {},
): Promise<number> {
  const { app, words, output } = context
  const pending = toDo(plan)
  const wants = await settingsRules(context)
  const parted = partForApproval(plan, wants)
  const { now, later, silent } = parted
  const refused = plan.planned.filter(p => p.standing.state !== 'holds' && p.goal.refusal)
  const byHand = plan.planned.filter(p => p.standing.state !== 'holds' && p.goal.byHand && !p.goal.refusal)

  if (showOnly || words.flag('dryRun')) {
    if (output.forMachine) output.json(planJson(plan))
    else output.write(planText(plan, titles, output.data))
    for (const one of later) warnOfApproval(context, settingsToApprove(one.plan, wants))
    if (refused.length + plan.unreached.length + unseenIn(plan).length > 0) return 1
    return words.flag('exitCode') && pending.length + byHand.length > 0 ? 5 : 0
  }
  const [first, second] = plan.planned
  if (first && !second && refused[0]) {
    const { why = '', hint } = first.goal.refusal ?? {}
    throw new K1Error('refused', why, { ...(hint ? { hint } : {}), facts: { goal: first.goal.id } })
  }
  if (pending.length + byHand.length === 0) {
    const who = { clock: app.clock, command: context.line, operator: app.operator }
    if (output.forMachine) output.json(reportWithoutRun(plan, who))
    else output.write(planText(plan, titles, output.data))
    if (allHold(plan)) return 0
    return refused.length > 0 ? 1 : 3
  }
  // What is by hand alone needs no consent: the steps follow, as the result.
  if (pending.length > 0 && !output.forMachine) output.say(planText(plan, titles, output.talk).trimEnd())
  const consent = pending.length > 0 ? await askConsent(context, plan, now) : ('not-needed' as const)
  // Before the first change, also for what is kept only after it.
  if (later.length > 0)
    await permit(
      context,
      'operator',
      later.map(({ tenant }) => tenant),
    )
  const order = behindCanary(parted, canary)
  const waiting = await keep(context, order.first, options)
  const rest = order.now
  const begins = toDo(rest).length > 0 ? consent : ('not-needed' as const)
  const isOpen = rest.planned.some(p => p.standing.state !== 'holds') || rest.unreached.length > 0
  const report = isOpen
    ? await carryOut(context, 'posture', rest, titles, begins, options ? { options } : {}, { canary })
    : reportWithoutRun(rest, { clock: app.clock, command: context.line, operator: app.operator })
  const behind = whyBehind(order, canary, report) ?? (app.signal.aborted ? 'It was interrupted' : undefined)
  if (behind === undefined) waiting.push(...(await keep(context, order.after, options)))
  const left = tenantsLeft(plan, [...report.results, ...report.unreached, ...waiting, ...silent])
  const notBegun = left.length > 0 ? { notBegun: left } : {}
  if (behind !== undefined && left.length > 0)
    tellNotBegun(context, left, behind, report.run === null || order.after.length > 0)
  if (waiting.length + silent.length === 0)
    return noteOutcome(context, report.run, finish(context, { ...report, ...notBegun }, titles))
  const unasked = silent.map(({ tenant, system, error }) => ({ tenant, system, why: error.message }))
  const isDone = report.run === null || report.verdict === 'proved'
  const verdict: Report['verdict'] = silent.length > 0 ? 'incomplete' : isDone ? 'pending' : report.verdict
  const whole = { ...report, verdict, unreached: [...report.unreached, ...unasked], waiting, ...notBegun }
  if (report.run !== null) return noteOutcome(context, report.run, finish(context, whole, titles) || 3)
  if (output.forMachine) output.json(whole)
  else output.write(unreachedText(whole.unreached, titles, output.data))
  return 3
}

async function keep(
  context: Context,
  later: Parted['later'],
  options: { ticket: string; noteIn?: string } | undefined,
): Promise<WaitingSettings[]> {
  return later.length > 0 ? (await import('./settings-waiting.ts')).keepForApproval(context, later, options) : []
}

interface How {
  canary?: string | undefined
  /** Somebody else has approved it, where that is needed. */
  isApproved?: boolean
  /** What they signed, for whom it is done. */
  mandate?: readonly SignedText[]
  /** Told the run before its first change, and waited for. */
  onRun?: (run: string) => Promise<void>
}

/** Carries out what was agreed to, in a run of its own, and shows each goal as it ends. */
export async function carryOut(
  context: Context,
  kind: 'posture' | 'undo',
  plan: Plan,
  titles: Readonly<Record<string, string>>,
  how: Consent['how'],
  more: Record<string, unknown> = {},
  { canary, isApproved = false, mandate, onRun }: How = {},
): Promise<Report> {
  const { output, line } = context
  const safe = isApproved ? plan : onlyApproved(plan, await settingsRules(context))
  const deps = await plannedDeps(context, titles)
  let ended = 0
  const onEvent: PlannedDeps['onEvent'] = event => {
    if (event.type === 'end') ended++
    deps.onEvent?.(event)
  }
  const onStart = async (id: string) => {
    output.say(output.talk.dim(`Run ${id}`))
    await onRun?.(id)
  }
  const watched = { ...deps, onEvent, onStart, ...(canary === undefined ? {} : { canary }) }
  return spinning(
    context,
    () => `Changing: ${ended} of ${safe.planned.length} done`,
    () => startPlanned({ kind, command: line, ...more }, safe, { how, ...(mandate ? { mandate } : {}) }, watched),
  )
}

/** What a run over settings, or a way back, needs of the outside world; it shows each goal as it ends. */
export async function plannedDeps(context: Context, titles: Readonly<Record<string, string>>): Promise<PlannedDeps> {
  const { app, output } = context
  return {
    ledger: await app.ledger(),
    locks: await app.locks(),
    clock: app.clock,
    operator: app.operator,
    permit: tenants => permit(context, 'operator', tenants),
    concurrency,
    signal: app.signal,
    onEvent: event => {
      if (event.type === 'end' && !output.forMachine) output.write(resultText(event.result, titles, output.data))
    },
  }
}

async function askConsent({ app, words, output }: Context, plan: Plan, now: Plan): Promise<'flag' | 'terminal'> {
  if (words.flag('yes')) return 'flag'
  if (!output.canAsk) {
    throw new K1Error('unattended', 'This changes something, and nobody can be asked.', {
      hint: 'Look first with --dry-run, then consent with --yes.',
    })
  }
  const count = toDo(plan).length
  const tenants = new Set(plan.planned.map(p => p.goal.tenant)).size
  const later = count - toDo(now).length
  const then = later === 0 ? '' : `, ${later === count ? '' : `${later} of them `}once somebody else has approved it`
  const scope = `${tenants > 1 ? ` in ${tenants} tenants` : ''}${then}`
  const prompter = await app.prompter()
  if (await prompter.confirm(`Make ${count === 1 ? 'this change' : `these ${count} changes`}${scope}?`))
    return 'terminal'
  throw new K1Error('cancelled', 'Nothing was changed.')
}

/** Says how a run ended and what to do next; answers the exit code. */
export function finish(
  { app, output }: Context,
  report: Report,
  titles: Readonly<Record<string, string>>,
  lost?: readonly unknown[],
): number {
  if (output.forMachine)
    output.json(lost?.length ? { ...report, verdict: 'incomplete', lost } : { ...report, ...(lost ? { lost } : {}) })
  else {
    output.write(unreachedText(report.unreached, titles, output.data))
    const verdict = lost?.length ? lostText(lost.length, output.talk) : verdictText(report.verdict, output.talk)
    output.say(`${verdict}${output.talk.dim(` · run ${report.run}`)}`)
    if (lost?.length) output.say(`${output.talk.cyan('→')} What is left to you: k1ctl runs show ${report.run}`)
  }
  if (report.results.some(r => r.end === 'unknown' || r.end === 'failed')) {
    output.say(`${output.talk.cyan('→')} k1ctl runs resume ${report.run}`)
  }
  return app.signal.aborted ? 130 : lost?.length ? 3 : exitCodeOfVerdict(report.verdict)
}
