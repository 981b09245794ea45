import type { K1Error } from '../core/errors.ts'
import type { FeatureKey, Reach } from '../core/features.ts'
import type { Rule } from './rule.ts'

/**
 * What came of one rule. `attested`: a person said so, and nobody can read it. The four ways of not knowing are four
 * words: `unlicensed` (the tenant has no such thing), `not-connected` (k1ctl has no connection), `locked-secret` (it has,
 * and cannot open the secret), `no-answer` (the module did not tell); `sign-in-refused` is the module's own no.
 */
export const postureStates = [
  'deviates',
  'no-answer',
  'sign-in-refused',
  'locked-secret',
  'not-connected',
  'by-hand',
  'stale',
  'unlicensed',
  'accepted',
  'attested',
  'holds',
] as const

export type PostureState = (typeof postureStates)[number]

/** One rule of one module of one tenant. The stable shape of `k1ctl posture check --json`, but for `rule` and `reason`. */
export interface PostureRow {
  /** `Northwind Dental/bms/require-log-in/except`: what `posture accept` takes. */
  deviation: string
  tenant: string
  system: string
  feature: FeatureKey
  /** As the module's console calls it. */
  title: string
  state: PostureState
  wanted: string
  /** Null where nobody read it. */
  found: string | null
  reach: Reach
  why: string | null
  /** What to do, often a command. */
  next: string | null
  /** Where the file wants it; null where no file was given. */
  file: string | null
  line: number | null
  /** ISO time of the reading; null where nothing was read. */
  readAt: string | null
  /** Beside the result, which stays what it is: who accepted it, why, and until when. */
  accepted: { reason: string; by: string; since: string; until: string | null; found: string } | null
  /** `days`: how long ago. */
  attested: {
    by: string
    at: string
    days: number
    note: string | null
    file: string | null
    sha256: string | null
  } | null
  rule: Rule
  /** Absent where the module answered, or nobody asked. */
  reason?: K1Error
}

/** What is kept of a row once it is printed: as much as says how many there are, and whether anything ended. */
export type RowMark = Pick<PostureRow, 'tenant' | 'system' | 'feature' | 'state' | 'accepted'>

export function rowMarkOf({ tenant, system, feature, state, accepted }: PostureRow): RowMark {
  return { tenant, system, feature, state, accepted }
}

/** The row as it is printed. */
export function printedRow({ rule: _, reason: __, ...row }: PostureRow): Omit<PostureRow, 'rule' | 'reason'> {
  return row
}

/** Something is to be done about it. */
export function isOpenRow({ state }: Pick<PostureRow, 'state'>): boolean {
  return state !== 'holds' && state !== 'accepted' && state !== 'attested' && state !== 'unlicensed'
}

/** It could not be told although it should be possible. */
export function isUnreadRow({ state }: Pick<PostureRow, 'state'>): boolean {
  return state === 'no-answer' || state === 'sign-in-refused' || state === 'locked-secret'
}
