import { K1Error } from '../core/errors.ts'
import { requireSound } from '../core/ledger-check.ts'
import { plan as makePlan, type Plan, toDo, unseenIn } from '../engine/plan.ts'
import { foldRun } from '../engine/run-state.ts'
import { planJson, planText } from '../render/plan.ts'
import { carryOut, concurrency, finish } from './change.ts'
import type { Context } from './command.ts'
import { titlesFor } from './offboard-run.ts'
import { undoOf } from './runs-rebuild.ts'
import { withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'

export async function undoRun(context: Context): Promise<number> {
  const { app, words, output } = context
  const store = await app.ledger()
  const reading = await store.read(words.required(0, 'The run'))
  requireSound(reading)
  const state = foldRun(reading)
  if (state.kind === 'undo') {
    throw new K1Error('usage', `Run ${state.run} gave back what another run took; it cannot be undone itself.`, {
      hint: 'Give the first command again.',
    })
  }
  const titleOf = await titlesFor(context)
  const tenants = new Set(state.units.map(unit => unit.subject.tenant))
  return withSessions(context, { useEnvironment: tenants.size === 1 }, async sessions => {
    const { planners, lost } = await undoOf(context, sessions, state)
    const plan = await spinning(context, 'Looking', () => makePlan(planners, concurrency))
    const titles = titlesIn(plan, titleOf)
    for (const { system, summary, why } of lost) {
      output.warn(`${output.talk.yellow('!')} ${titleOf(system)}, ${summary}: ${why}`)
    }
    if (words.flag('dryRun') || plan.planned.length === 0) {
      if (output.forMachine) output.json({ ...planJson(plan), lost })
      else output.write(planText(plan, titles, output.data))
      if (plan.planned.length === 0) output.say('There is nothing that could be given back.')
      if (plan.unreached.length + unseenIn(plan).length > 0 || (plan.planned.length === 0 && lost.length > 0)) return 3
      return words.flag('exitCode') && toDo(plan).length > 0 ? 5 : 0
    }
    if (!output.forMachine) output.say(planText(plan, titles, output.talk).trimEnd())
    else
      for (const { goal, standing } of toDo(plan))
        for (const warning of standing.warnings) output.warn(`warning: ${goal.summary}: ${warning}`)
    const consent = await consentTo(context, toDo(plan).length)
    const report = await carryOut(context, 'undo', plan, titles, consent, { undoes: state.run, lost })
    // What nobody can give back is not given back, however well the rest went.
    return finish(context, report, titles, lost)
  })
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
