import { type GoalResult, type Verdict, verdictOf } from '../engine/verdict.ts'
import { blindText } from './searched.ts'
import type { PersonPlan, PersonReport, Searched } from './unit.ts'

/** The report on one person from the plan and how the goals ended. */
export function reportPerson(plan: PersonPlan, results: readonly GoalResult[]): PersonReport {
  const { person, tenant, name, residual, notConnected, searched, refusal } = plan
  const unreached = plan.unreached.map(u => ({ system: u.system, why: u.error.message }))
  const base = { person, tenant, name, residual, notConnected, searched, unreached, results: staysInFirst(results) }
  if (refusal) return { ...base, verdict: 'incomplete', ...refusal }
  if (results.length === 0 && unreached.length === 0) {
    return { ...base, verdict: 'unknown-person', why: 'Found in no system that is connected.' }
  }
  const sincePlan = heldSince(plan, results)
  return { ...base, ...personVerdict(results, unreached.length, searched), ...(sincePlan > 0 ? { sincePlan } : {}) }
}

/** What was shown as a change and held when its turn came: whoever agreed to so many changes is told where they went. */
function heldSince({ planned }: PersonPlan, results: readonly GoalResult[]): number {
  const open = new Set(planned.filter(p => p.standing.state !== 'holds').map(p => p.goal.id))
  return results.filter(r => r.end === 'already' && open.has(r.goal)).length
}

/** Whoever could not be kept out comes before all else that is told of them. */
export function staysInFirst<G extends { end: string; kind?: GoalResult['kind'] | null }>(results: readonly G[]): G[] {
  const staysIn = ({ kind, end }: G) =>
    kind === 'sign-in-blocked' && (end === 'refused' || end === 'failed' || end === 'unknown')
  return [...results.filter(staysIn), ...results.filter(one => !staysIn(one))]
}

/**
 * The verdict on one person: from how the goals ended, and never `proved` on the silence of a system that cannot say
 * that there is nobody.
 * @param open systems that did not answer, and goals that never ended
 */
export function personVerdict(
  results: readonly GoalResult[],
  open: number,
  searched: readonly Searched[],
): { verdict: Verdict; why?: string } {
  const verdict = verdictOf(results, open)
  const why = verdict === 'proved' ? blindText(searched) : undefined
  return why === undefined ? { verdict } : { verdict: 'unproved', why }
}
