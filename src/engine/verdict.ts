import type { AccountGoalKind } from '../core/account-kinds.ts'
import type { Difference } from '../core/change.ts'
import type { FeatureKey, Reach } from '../core/features.ts'

/** How a goal ended. */
export type End = 'changed' | 'already' | 'refused' | 'by-hand' | 'pending' | 'failed' | 'unknown'

export interface GoalResult {
  goal: string
  tenant: string
  system: string
  feature?: FeatureKey
  /** Whom it is about, and what of theirs, in an offboarding. */
  person?: string
  kind?: AccountGoalKind
  reach: Reach
  summary: string
  end: End
  /** Read back and found to hold. */
  proved: boolean
  /** ISO time of the reading that proved it, or of the end. */
  at: string
  differences: readonly Difference[]
  why?: string
  hint?: string
  steps?: readonly string[]
  /** What was read back. */
  reading?: unknown
}

/** The verdict on a whole run. */
export type Verdict = 'proved' | 'unproved' | 'pending' | 'incomplete' | 'unknown-person'

/** From how the goals ended, and how many systems could not be asked. No goals at all is never a success. */
export function verdictOf(results: readonly GoalResult[], unreached: number): Verdict {
  const ends = new Set(results.map(r => r.end))
  if (results.length === 0 || unreached > 0) return 'incomplete'
  if (ends.has('failed') || ends.has('unknown') || ends.has('refused')) return 'incomplete'
  if (ends.has('by-hand') || ends.has('pending')) return 'pending'
  return results.every(r => r.proved) ? 'proved' : 'unproved'
}

/** 0 only for what is done and proved. */
export function exitCodeOfVerdict(verdict: Verdict): 0 | 3 {
  return verdict === 'proved' ? 0 : 3
}
