import { K1Error } from '../core/errors.ts'
import { checkLedger } from '../core/ledger-check.ts'
import type { LedgerStore } from '../core/ledger-store.ts'
import { withTenant } from '../dated/command.ts'
import { plan as makePlan, type Plan, toDo, unseenIn } from '../engine/plan.ts'
import type { RunState } from '../engine/run-record.ts'
import { foldRun } from '../engine/run-state.ts'
import { onlyApproved } from '../posture/approval.ts'
import { planJson, planText } from '../render/plan.ts'
import { carryOut, concurrency, finish } from './change.ts'
import type { Context } from './command.ts'
import { titlesFor } from './offboard-run.ts'
import { requireTrusted } from './run-trust.ts'
import { undoOf } from './runs-rebuild.ts'
import { withSessions } from './sessions.ts'
import { settingsRules } from './settings-approval.ts'
import { spinning } from './spinner.ts'

export async function undoRun(context: Context): Promise<number> {
  const { app, words, output } = context
  const store = await app.ledger()
  const reading = await store.read(words.required(0, 'The run'))
  await requireTrusted(app, reading)
  const state = foldRun(reading)
  if (state.kind === 'undo') {
    throw new K1Error('usage', `Run ${state.run} gave back what another run took; it cannot be undone itself.`, {
      hint: `To take it again: ${await firstCommand(store, state)}`,
    })
  }
  const titleOf = await titlesFor(context)
  const tenants = new Set(tenantsIn(state.units))
  return withSessions(context, { useEnvironment: tenants.size === 1 }, async sessions => {
    const { planners, lost } = await undoOf(context, sessions, state)
    const found = await spinning(context, 'Looking', () => makePlan(planners, concurrency))
    const plan = onlyApproved(found, await settingsRules(context))
    const titles = titlesIn(plan, titleOf)
    for (const { system, summary, why } of lost) {
      output.warn(`${output.talk.yellow('!')} ${titleOf(system)}, ${summary}: ${why}`)
    }
    if (words.flag('dryRun') || plan.planned.length === 0) {
      if (output.forMachine) output.json({ ...planJson(plan), lost })
      else await output.show(planText(plan, titles, output.data))
      if (plan.planned.length === 0) output.say('There is nothing that could be given back.')
      if (plan.unreached.length + unseenIn(plan).length > 0 || (plan.planned.length === 0 && lost.length > 0)) return 3
      return words.flag('exitCode') && toDo(plan).length > 0 ? 5 : 0
    }
    if (!output.forMachine) output.say(planText(plan, titles, output.talk).trimEnd())
    else
      for (const { goal, standing } of toDo(plan))
        for (const warning of standing.warnings) output.warn(`warning: ${goal.summary}: ${warning}`)
    if (lost.length > 0) output.say(`${lost.length} cannot be given back: they come first above.`)
    const consent = await consentTo(context, questionOf(toDo(plan).length, state))
    const report = await carryOut(context, 'undo', plan, titles, consent, { undoes: state.run, lost })
    // What nobody can give back is not given back, however well the rest went.
    return finish(context, report, titles, lost)
  })
}

/** What the run was that this one gave back. One that is gone, or was altered, is looked at first. */
async function firstCommand(store: LedgerStore, { header }: RunState): Promise<string> {
  const undoes = 'undoes' in header && typeof header.undoes === 'string' ? header.undoes : 'last'
  try {
    const { header: first, chain, units } = foldRun(await store.read(undoes))
    if (checkLedger(chain).isSound) return withTenant(first.command, tenantsIn(units))
  } catch {
    // Said below.
  }
  return `k1ctl runs show ${undoes}`
}

function titlesIn(plan: Plan, titleOf: (system: string) => string): Record<string, string> {
  const systems = [...plan.planned.map(p => p.goal.system), ...plan.unreached.map(u => u.system)]
  return Object.fromEntries(systems.map(s => [s, titleOf(s)]))
}

/** "Give 29 back to diego@ironbridge.example of Ironbridge Machining?"; undefined where there is nothing to give. */
function questionOf(count: number, { units }: RunState): string | undefined {
  if (count === 0) return undefined
  const subjects = units.map(unit => unit.subject)
  const people = new Set(subjects.flatMap(s => (s.kind === 'person' ? [s.name] : [])))
  const tenants = [...new Set(subjects.map(s => s.tenant))]
  const [person] = people
  const whom = people.size > 1 ? ` to ${people.size} people` : person === undefined ? '' : ` to ${person}`
  return `Give ${count} back${whom} of ${tenants.join(', ')}?`
}

async function consentTo(
  { app, words, output }: Context,
  question: string | undefined,
): Promise<'flag' | 'terminal' | 'not-needed'> {
  if (question === undefined) return 'not-needed'
  if (words.flag('yes')) return 'flag'
  if (!output.canAsk) {
    throw new K1Error('unattended', 'Giving access back is a change, and nobody can be asked.', {
      hint: 'Look first with --dry-run, then consent with --yes.',
    })
  }
  if (await (await app.prompter()).confirm(question)) return 'terminal'
  throw new K1Error('cancelled', 'Nothing was changed.')
}

function tenantsIn(units: RunState['units']): string[] {
  return [...new Set(units.map(({ subject }) => subject.tenant))]
}
