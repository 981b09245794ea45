import type { Subject } from '../core/ledger-store.ts'
import type { Planned, Unreached } from './plan.ts'
import type { UnitEntry, UnitRecord } from './run-record.ts'
import type { GoalResult, Verdict } from './verdict.ts'

/** What is planned for one unit of a run: one person, or one module. */
export interface UnitPlan {
  planned: Planned[]
  unreached: Unreached[]
  /** Ids that goals wait for and that do not hold, because nobody could even look. */
  unmet?: ReadonlySet<string>
  /** Why nothing will be done for it. */
  refusal?: UnitRefusal
}

/** `busy`: only for now, for another run is at it. */
export interface UnitRefusal {
  why: string
  hint?: string
  busy?: boolean
}

/** How it ended for one unit. */
export interface UnitReport {
  verdict: Verdict
  results: GoalResult[]
}

/** What an earlier process left of a unit, from the ledger. */
export interface Earlier {
  record: UnitRecord
  /** What persons said they did, by goal. */
  attested: ReadonlyMap<string, string>
  /** Send again what nobody can read back. */
  resend: boolean
}

/**
 * What a kind of run does with its units: offboarding with people, posture with modules, an undo with either. It plans
 * and tells; the engine is the only one that writes the ledger and brings goals about.
 */
export interface Job<U, P extends UnitPlan, R extends UnitReport> {
  /** Whose unit it is, so that no two runs are at it at once; null where it is nobody's (a row that names nobody). */
  subjectOf(unit: U): Subject | null
  earlierOf(unit: U): Earlier | undefined
  plan(unit: U): Promise<P>
  /** The plan of a unit that nothing is done for while another run is at it. */
  refused(unit: U, refusal: UnitRefusal): P | Promise<P>
  /** As the ledger keeps it; null where it is written down already. */
  entryOf(plan: P): UnitEntry | null
  /** After Ctrl-C, too, each unit is told of: what was not begun is said of each. Absent: the rest is left. */
  tellsAll?: true
  report(plan: P, results: readonly GoalResult[]): R
}

/** The verdict on a whole run: the least that any unit got. */
export function worstOf(verdicts: Iterable<Verdict>): Verdict {
  const order: readonly Verdict[] = ['incomplete', 'unknown-person', 'pending', 'unproved', 'proved']
  let worst = order.length
  for (const verdict of verdicts) worst = Math.min(worst, order.indexOf(verdict))
  return order[worst] ?? 'incomplete'
}
