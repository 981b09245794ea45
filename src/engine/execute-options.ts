import type { Goal } from '../core/goal.ts'
import type { LedgerWriter } from '../core/ledger-store.ts'
import type { Clock } from '../core/ports.ts'
import type { Turns } from './turns.ts'
import type { GoalResult } from './verdict.ts'

export type ExecuteEvent = { type: 'intent'; goal: Goal } | { type: 'end'; goal: Goal; result: GoalResult }

export interface ExecuteOptions {
  ledger: LedgerWriter
  clock: Clock
  concurrency: number
  /** Whose turn it is among changes that must not meet: two last administrators, each there because of the other. */
  turns: Turns
  /** Throws when this run may not write any more: somebody else has taken its subject over. */
  still?: () => void
  /** Aborted by Ctrl-C: what has begun is finished or recorded as unknown, nothing new begins. */
  signal?: AbortSignal
  onEvent?: (event: ExecuteEvent) => void
  /** Goals with an intent of an earlier process and no outcome: nobody knows whether it arrived. */
  inDoubt?: ReadonlySet<string>
  /** Of those, by goal, ids of the things in doubt; absent where the ledger names none: then it may be any. */
  doubtful?: ReadonlyMap<string, ReadonlySet<string>>
  /** Goals with an intent of an earlier process, whatever came of it. */
  begunBefore?: ReadonlySet<string>
  /** Goals that did not hold when the plan was made: one that does now, and follows another system, has followed. */
  notYet?: ReadonlySet<string>
  /** What persons said they did, by goal: counts as done where nobody can read it back. */
  attested?: ReadonlyMap<string, string>
  /** Ids that goals may wait for and that do not hold: nobody could even look. */
  unmet?: ReadonlySet<string>
  /** Goals whose request was accepted in an earlier process. */
  sentBefore?: ReadonlySet<string>
  /** Of those, by goal, ids of the things that were taken then, where the ledger names them: all else is asked for. */
  takenBefore?: ReadonlyMap<string, ReadonlySet<string>>
  /** Ids of what was refused: where the ledger does not name what was taken, only that is asked for again. */
  refusedBefore?: ReadonlyMap<string, ReadonlySet<string>>
  /** Send again what is in doubt and neither observable nor repeatable. */
  resend?: boolean
}
