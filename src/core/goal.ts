import type { AccountGoalKind } from './account.ts'
import type { FeatureKey, Reach } from './features.ts'
import type { SystemId } from './system.ts'

/** One value before and after, for a person: "Exceptions", "none", "amy@x.example". */
export interface Difference {
  what: string
  before: string
  after: string
}

/**
 * What a look found. `reading` is what was there, as plain JSON, small enough to write down; `waitsFor` names, for a
 * person, what has yet to come: "IRON-02-L3, last heard of 2026-11-17T08:12:00.000Z".
 */
export type Standing =
  | { state: 'holds'; reading: unknown }
  | { state: 'not-yet'; reading: unknown; waitsFor?: string }
  | { state: 'unobservable'; why: string }

/** One thing that should hold in one system. */
export interface Goal {
  /** Stable within a run: `northwind/bms/require-log-in`. */
  id: string
  tenant: string
  system: SystemId
  /** The feature it is about, in posture work. */
  feature?: FeatureKey
  /** Whom it is about, and what of theirs, in an offboarding. */
  person?: string
  kind?: AccountGoalKind
  reach: Reach
  /** One line for a person: "Require Log In is on, except for 2 users". */
  summary: string
  effect: 'reversible' | 'irreversible'
  /** May it be sent again when nobody knows whether it arrived? */
  repeatable: boolean
  /** Goals that must hold first. */
  after: readonly string[]
  /** Goals that must have ended first, however they ended. */
  behind?: readonly string[]
  /** Why it may come to hold only later, on its own: then it is `pending`, not failed, when it does not hold yet. */
  later?: string
  /** What was accepted is queued over there: it is not sent again, only looked at. */
  queued?: true
  /** What it will change, side by side. Empty when it already holds. */
  differences: readonly Difference[]
  /** What a person should know before saying yes. */
  warnings: readonly string[]
  /** All that is needed to build this goal again in another process: plain JSON, no secrets. */
  spec: unknown
  /** Why it will not be brought about, found while planning. */
  refusal?: { why: string; hint?: string }
  /** Steps for a person; a goal that has them is not brought about by k1ctl. */
  byHand?: readonly string[]
  look(): Promise<Standing>
  /** `nothing`: nothing was sent, on purpose, although nobody can see whether it holds. */
  bring(): Promise<unknown>
}
