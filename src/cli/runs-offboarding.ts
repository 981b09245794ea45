import type { AccountGoalKind } from '../core/account-kinds.ts'
import { K1Error } from '../core/errors.ts'
import type { LedgerReading, TenantRecord } from '../core/ports.ts'
import { quoted } from '../core/shell.ts'
import { kindOf } from '../core/system.ts'
import { plan as makePlan, type Plan, toDo } from '../engine/plan.ts'
import { createTurns } from '../engine/turns.ts'
import { isOffboarding, type OffboardHeader, peopleOf } from '../offboarding/ledger-entries.ts'
import { offboardAll } from '../offboarding/offboard.ts'
import { finishedPeople, leftOf, reportOf } from '../offboarding/resume.ts'
import { planUndo } from '../offboarding/undo.ts'
import { personGoalsText } from '../render/offboard.ts'
import { planJson, planText } from '../render/plan.ts'
import { carryOut, concurrency, finish } from './change.ts'
import type { CommandSpec, Context } from './command.ts'
import { end, groundFor, titlesFor, toRows } from './offboard-run.ts'
import { OffboardView } from './offboard-view.ts'
import { reachablesOf } from './reachables.ts'
import { withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'

/** The run that a command names, when it is one over people. */
async function offboardingNamed({ app, words }: Context): Promise<{ reading: LedgerReading; header: OffboardHeader }> {
  const reading = await (await app.ledger()).read(words.required(0, 'The run'))
  const header = headerOf(reading)
  if (header) return { reading, header }
  throw new K1Error('usage', `Run ${reading.run} offboarded nobody.`, { hint: 'k1ctl runs list' })
}

/** The header of a run over people; undefined for any other run. */
export function headerOf({ entries }: LedgerReading): OffboardHeader | undefined {
  const data = entries[0]?.data as OffboardHeader | undefined
  return data && isOffboarding(data) ? data : undefined
}

/** Finishes a run over people: those that were begun, then those that it never came to. */
export async function resumeOffboarding(context: Context, run: string): Promise<number> {
  const { app, words } = context
  const store = await app.ledger()
  const ledger = await store.open(run)
  try {
    const reading = await store.read(ledger.run)
    const header = headerOf(reading)
    if (!header) throw new K1Error('storage', `Run ${run} has no plan.`)
    refuseWithoutConsent(reading, header)
    const tenants = await tenantsOfRun(context, header)
    return await withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
      const ground = await groundFor(context, sessions, tenants, header.options)
      const rows = toRows((await app.peopleList()).readPeopleList(ledger.run))
      const view = new OffboardView(context, ledger.run, await titlesFor(context), 0)
      const finished = finishedPeople(reading.entries)
      for (const report of finished) view.show({ type: 'person', report })
      const left = leftOf({ entries: reading.entries, rows, tenants, resend: words.flag('resend') })
      const verdicts = await offboardAll(left, {
        ...ground,
        ledger,
        turns: createTurns(),
        concurrency: 4,
        signal: app.signal,
        onEvent: event => view.show(event),
      })
      for (const { verdict } of finished) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
      return end(context, ledger, view, verdicts)
    })
  } finally {
    await ledger.close()
  }
}

/** @throws K1Error `refused` */
function refuseWithoutConsent({ run, entries }: LedgerReading, { command }: OffboardHeader): void {
  if (entries.some(e => e.type === 'consent')) return
  throw new K1Error('refused', `Run ${run} was cut off before the consent to it was written down.`, {
    hint: `Nothing was sent in it. Give the command again: ${command}`,
  })
}

async function tenantsOfRun({ app }: Context, { tenants }: OffboardHeader): Promise<TenantRecord[]> {
  const config = await app.config()
  return tenants.map(name => {
    const tenant = config.tenant(name)
    if (tenant) return tenant
    throw new K1Error('no-tenant', `The run is about ${name}, and there is no such tenant any more.`, {
      hint: `k1ctl tenant add ${quoted(name)} --domain customer.example, and connect it again`,
    })
  })
}

/** A run over people, person by person, from its ledger alone. */
export async function showOffboarding(context: Context, reading: LedgerReading): Promise<void> {
  const { output } = context
  const titles = await titlesFor(context)
  for (const record of peopleOf(reading.entries)) {
    output.write(personGoalsText(reportOf(record), record.entry.goals, titles, output.data))
  }
}

export const undo: CommandSpec = {
  name: 'undo',
  args: '<run>',
  summary: 'give back what an offboarding took and can be given back: sign-in, groups, roles',
  details: 'A run of its own, from the snapshot that the offboarding took. What was deleted stays deleted.',
  takes: ['network', 'change', 'output'],
  examples: ['k1ctl runs undo last --dry-run', 'k1ctl runs undo 20261121-201403-4f2a --yes'],
  run: undoRun,
}

async function undoRun(context: Context): Promise<number> {
  const { words, output } = context
  const { reading, header } = await offboardingNamed(context)
  const titleOf = await titlesFor(context)
  return withSessions(context, { useEnvironment: header.tenants.length === 1 }, async sessions => {
    const people = peopleOf(reading.entries)
    const reaches = await reachesIn(context)
    const reachables = reachablesOf(context, sessions, header.options)
    const { planners, lost } = planUndo(people, reachables, header.options, reaches, context.app.clock)
    const plan = await spinning(context, 'Looking', () => makePlan(planners, concurrency))
    const titles = titlesIn(plan, titleOf)
    for (const { system, summary, why } of lost) {
      output.warn(`${output.talk.yellow('!')} ${titleOf(system)}, ${summary}: ${why}`)
    }
    if (words.flag('dryRun') || plan.planned.length === 0) {
      if (output.forMachine) output.json({ ...planJson(plan), lost })
      else output.write(planText(plan, titles, output.data))
      if (plan.planned.length === 0) output.say('There is nothing that could be given back.')
      if (plan.unreached.length > 0 || (plan.planned.length === 0 && lost.length > 0)) return 3
      return words.flag('exitCode') && toDo(plan).length > 0 ? 5 : 0
    }
    if (!output.forMachine) output.say(planText(plan, titles, output.talk).trimEnd())
    else
      for (const { goal, standing } of toDo(plan))
        for (const warning of standing.warnings) output.warn(`warning: ${goal.summary}: ${warning}`)
    const consent = await consentTo(context, toDo(plan).length)
    const report = await carryOut(context, plan, titles, consent)
    const withLost = { ...report, lost }
    const code = finish(context, withLost, titles)
    // What nobody can give back is not given back, however well the rest went.
    return code === 0 && lost.length > 0 ? 3 : code
  })
}

/** What each system can bring about, by what is known of it without credentials. */
async function reachesIn({ app }: Context): Promise<(system: string, kind: AccountGoalKind) => boolean> {
  const { all } = await app.systems()
  return (system, kind) => {
    const about = all.find(s => s.about.id === kindOf(system))?.about
    return about?.accountGoals?.find(g => g.kind === kind)?.how === 'reached'
  }
}

function titlesIn(plan: Plan, titleOf: (system: string) => string): Record<string, string> {
  const systems = [...plan.planned.map(p => p.goal.system), ...plan.unreached.map(u => u.system)]
  return Object.fromEntries(systems.map(s => [s, titleOf(s)]))
}

async function consentTo({ app, words, output }: Context, count: number): Promise<'flag' | 'terminal' | 'not-needed'> {
  if (count === 0) return 'not-needed'
  if (words.flag('yes')) return 'flag'
  if (!output.canAsk) {
    throw new K1Error('unattended', 'Giving access back is a change, and nobody can be asked.', {
      hint: 'Look first with --dry-run, then consent with --yes.',
    })
  }
  if (await (await app.prompter()).confirm(`Give ${count} back?`)) return 'terminal'
  throw new K1Error('cancelled', 'Nothing was changed.')
}

export const attest: CommandSpec = {
  name: 'attest',
  args: '<run> <goal>',
  summary: 'say that you did a step that only a person can do',
  details: 'Written into the ledger with your name. It is never shown as proved; what can be read downstream still is.',
  options: [{ flags: '--note <text>', summary: 'what you did, or where it can be seen (required)' }],
  takes: ['output'],
  examples: [
    "k1ctl runs attest last 'Northwind Dental/amy@customer.example/kaseyaone/sign-in-blocked' --note 'Deactivated at 17:10'",
  ],
  async run(context) {
    const { app, words, output } = context
    const goal = words.required(1, 'The goal')
    const note = words.text('note')?.trim()
    if (!note)
      throw new K1Error('usage', 'A note is missing: what did you do?', {
        hint: "--note 'Deactivated in the console at 17:10'",
      })
    const { reading } = await offboardingNamed(context)
    const byHand = peopleOf(reading.entries).flatMap(p => p.results.filter(r => r.end === 'by-hand'))
    const result = byHand.find(r => r.goal === goal)
    if (!result) {
      const open = byHand.map(r => r.goal)
      throw new K1Error('usage', `Nothing waits for a person in run ${reading.run} under ${goal}.`, {
        hint: open.length > 0 ? `By hand there: ${open.slice(0, 5).join(', ')}` : 'Nothing in that run is by hand.',
        facts: { goals: open },
      })
    }
    const ledger = await (await app.ledger()).open(reading.run)
    try {
      await ledger.append('attestation', { by: app.operator, note }, goal)
    } finally {
      await ledger.close()
    }
    if (output.forMachine) output.json({ run: reading.run, goal, by: app.operator, note })
    output.say(`Written down. Read what can be read: k1ctl runs resume ${reading.run}`)
    return 0
  },
}
