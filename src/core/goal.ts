import type { ZodType } from 'zod'
import type { AccountGoalKind } from './account-kinds.ts'
import type { Change, Taken } from './change.ts'
import type { FeatureKey, Reach } from './features.ts'
import type { Subject } from './ledger-store.ts'
import type { Moment, OpenMoment } from './moment.ts'
import type { Reading } from './reading.ts'

/**
 * One thing that should hold, as a value: how to read, when it holds, how to take one thing, how to give it back. The
 * engine reads, decides, writes down, waits and proves; whoever writes a goal writes none of that.
 *
 * `R` is what a reading has: plain JSON, small enough to write down, and never a secret.
 */
export interface GoalSpec<R = unknown, C extends Change = Change> {
  reach: Reach
  /** One line for a person: "Sign-in is blocked". */
  summary: string
  effect: 'reversible' | 'irreversible'
  /** May it be sent again when nobody knows whether it arrived? */
  repeatable: boolean
  /** Goals that must hold first. */
  after: readonly string[]
  /** Goals that must have ended first, however they ended. */
  behind?: readonly string[]
  /**
   * Why it may come to hold only some time after it was asked for ("the agent has not called in since"): then it is
   * `pending`, not failed, and asking again is not how to get it.
   */
  later?: string
  /** Steps for a person; such a goal is not brought about by k1ctl. */
  byHand?: readonly string[]

  /** The readings that it stands on, by name. Nothing else may fail it; after its changes these are read anew. */
  needs: readonly string[]
  /** What it throws is `unseen`. */
  read(moment: Moment): Promise<Reading<R>>
  holds(value: R): boolean
  /** Undefined: what was read decides. A sentence: it was read, and nobody can tell from it whether it holds. */
  unobservable?(value: R): string | undefined
  /** Whom or what it still waits for: "IRON-02-L3, last heard of 2026-11-17T08:12:00.000Z". */
  waitsFor?(value: R): string | undefined
  /** One entry a thing, or for its next step, where it takes several; empty where it holds. */
  changes(value: R): readonly C[]
  /**
   * Of a value that holds: the changes that no look can show. A later process that finds it holding sends those that the
   * ledger did not see taken: what shows may be of a step before. They have to be safe to send again.
   */
  unshown?(value: R): readonly C[]
  /** What a person should know before saying yes. */
  warnings?(value: R): readonly string[]
  /** What access remains whatever is done here: sentences for the report. */
  residual?(value: R): readonly string[]
  /**
   * Asked right before the change, in turn with all others of this system that are asked: why it may not be made (the
   * last administrator). Undefined where that cannot be: then nobody waits for a turn. What it throws is neither yes nor
   * no, and nothing is sent on it. `value` is undefined where nothing could be read.
   */
  guard?(value: R | undefined): (() => Promise<string | undefined>) | undefined
  /**
   * An answer for each thing: taken, or refused and why. A thing without an answer counts as taken. `along`: goals of
   * the same `joint` that the same request is to bring about.
   */
  take(changes: readonly C[], value: R, along?: readonly Goal[]): Promise<readonly Taken[]>
  /** What is sent when nothing could be read: keeping somebody out needs no more than the account's id. */
  anyway?(): Promise<readonly Taken[]>
  /** So long it may take until a change shows, in milliseconds; the engine looks until then. */
  settlesWithin?: number
  /** Which of its readings these changes can have touched; absent: all. The others stay as fresh as they are. */
  touches?(changes: readonly C[]): readonly string[]
  /** Which of its readings can still bring what it waits for; absent: all that was touched. */
  comesIn?(value: R): readonly string[]
  /** Nothing of what is left comes soon (a device that was last heard of weeks ago): nobody waits for it. */
  comesLater?(value: R): boolean
  /** Absent where it cannot be given back. */
  back?: Back<R, C>
  /** Of a value, what is written down and shown; absent: all of it. */
  shown?(value: R): unknown
}

/** The way back: `had` is what was read before the change, as a ledger kept it. */
// biome-ignore lint/suspicious/noExplicitAny: what a ledger kept is parsed by `shape`, so `had` is whatever that says
export interface Back<R = unknown, C extends Change = Change, H = any> {
  /** Also takes what earlier versions wrote down. A snapshot keeps ids that do not move. */
  shape: ZodType<H>
  /** Completes "What the run kept does not say …": "which groups amy was in". */
  what: string
  /** Where a person gives it back: "the Admin console". */
  place: string
  /** "Groups are joined again", or that all stays as it was. */
  summary(had: H): string
  isBack(had: H, now: R): boolean
  changes(had: H, now: R): readonly C[]
  give(changes: readonly C[], now: R, had: H): Promise<readonly Taken[]>
  /** Goals whose way back must have been gone first. */
  after?: readonly string[]
  warnings?(had: H): readonly string[]
  /** Where it is done by hand. */
  byHand?: readonly string[]
}

/** Why something will not be done, as a sentence, and what helps. */
export interface Refusal {
  why: string
  hint?: string
}

/** A goal of the engine: the value, and whose it is. */
export interface Goal extends GoalSpec {
  /** Stable within a run: `northwind/bms/require-log-in`. */
  id: string
  tenant: string
  system: string
  /** The feature it is about, in posture work. */
  feature?: FeatureKey
  /** Whom it is about, and what of theirs, in an offboarding. */
  person?: string
  kind?: AccountGoalKind
  /** The account that it changes, whatever word it was found by: no two runs are at one at once. */
  account?: Subject
  /** What was accepted is queued over there: it is not sent again, only looked at. */
  queued?: true
  /** All that is needed to build this goal again in another process: plain JSON, no secrets. */
  spec: unknown
  /** Why it will not be brought about, found while planning. */
  refusal?: Refusal
  /** Shared by all goals of one account, or of one module. */
  moment: OpenMoment
  /** The command that takes it also where a sign-in could not be blocked. */
  anywayBy?: string
  /** Ids of goals that have to be asked for before this one, whatever comes of them. */
  past?: readonly string[]
  /** Goals of one `joint` may go in one request, where they do not hold. */
  joint?: string
  /** It sends nothing of its own: another system is expected to bring it about. */
  follows?: true
}
