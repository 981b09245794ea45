import { type GoalResult, verdictOf } from '../engine/verdict.ts'
import type { PersonPlan, PersonReport } from './unit.ts'

/** The report on one person from the plan and how the goals ended. */
export function reportPerson(plan: PersonPlan, results: readonly GoalResult[]): PersonReport {
  const { person, tenant, name, residual, notConnected, searched, refusal } = plan
  const unreached = plan.unreached.map(u => ({ system: u.system, why: u.error.message }))
  const base = { person, tenant, name, residual, notConnected, searched, unreached, results: [...results] }
  if (refusal) return { ...base, verdict: 'incomplete', ...refusal }
  if (results.length === 0 && unreached.length === 0) {
    return { ...base, verdict: 'unknown-person', why: 'Found in no system that is connected.' }
  }
  return { ...base, verdict: verdictOf(results, unreached.length) }
}
