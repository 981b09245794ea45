import type { Clock } from '../core/ports.ts'
import { goalResultOf } from './goal-result.ts'
import type { Plan } from './plan.ts'
import { type GoalResult, type Verdict, verdictOf } from './verdict.ts'

/** How a run over what was planned as a whole went: the stable shape of its JSON output. */
export interface Report {
  /** Null when there was nothing to bring about, and so no run. */
  run: string | null
  command: string
  operator: string
  /** ISO times. */
  startedAt: string
  endedAt: string
  verdict: Verdict
  results: GoalResult[]
  unreached: { tenant: string; system: string; why: string }[]
}

/** The report on a plan that leaves nothing to bring about: each goal holds already or is refused. No run is written. */
export function reportWithoutRun(
  plan: Plan,
  { clock, command, operator }: { clock: Clock; command: string; operator: string },
): Report {
  const at = clock.now().toISOString()
  const unreached = plan.unreached.map(({ tenant, system, error }) => ({ tenant, system, why: error.message }))
  const results = plan.planned.map(({ goal, standing }) => {
    if (standing.state === 'holds') {
      return goalResultOf(goal, { end: 'already', proved: true, reading: standing.reading }, clock, standing)
    }
    const why = standing.state === 'unseen' && !goal.refusal ? { why: standing.why } : {}
    return goalResultOf(goal, { end: goal.refusal ? 'refused' : 'failed', ...why, ...goal.refusal }, clock, standing)
  })
  const verdict = verdictOf(results, unreached.length)
  return { run: null, command, operator, startedAt: at, endedAt: at, verdict, results, unreached }
}
