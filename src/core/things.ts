import type { AccountGoal } from './account.ts'
import { type Change, oneByOne, type Taken } from './change.ts'
import type { Back } from './goal.ts'

/** Something that somebody has, and that can be taken away: a group, a role, a key; that they may sign in. */
export interface Thing {
  id: string
  /** What it is known again by, where its id does not stay; absent: its id. */
  same?: string
  /** The line it is told in: "Groups". */
  what: string
  name: string
  /** What is told of it when it is taken: "blocked"; absent: "none". */
  without?: string
  take(): Promise<unknown>
  /** Absent where it cannot be given back. */
  give?(): Promise<unknown>
  /** No look can show that it was taken. */
  blind?: true
}

/** Of who is to be deleted: the account itself. */
export function accountThing(take: Thing['take']): Thing {
  return { id: 'account', what: 'Account', name: 'there', without: 'deleted', take }
}

/** A change that is one act of its own. */
export interface Act extends Change {
  act(): Promise<unknown>
}

type Usual = 'reach' | 'effect' | 'repeatable' | 'after' | 'holds' | 'take'
type Goal<R> = AccountGoal<R, Act>
type BackSpec<R, H> = Omit<Back<R, Act, H>, 'isBack' | 'changes' | 'give'> & {
  /** What was taken last is given first. */
  reversed?: true
}

/** What most goals have in common; what is otherwise comes behind it. */
export const overApi = { reach: 'api', repeatable: true, after: [] } as const

/** A goal without what follows from its things, and with what it does otherwise than most. `H`: what a ledger kept. */
export interface ThingsSpec<R extends H, H>
  extends Omit<Goal<R>, Usual | 'changes' | 'back'>,
    Partial<Pick<Goal<R>, Usual>> {
  /**
   * What is had, in the order in which it is taken or given, also what cannot be given back now; `now` says how to send
   * it.
   */
  things(had: H, now: R): readonly Thing[]
  /** What could not be read, as changes that are refused: while there is any, the goal does not hold. */
  unseen?(now: R): readonly Act[]
  back?: BackSpec<R, H>
}

/** None of these things is left; on the way back, each that was had is there again. */
export function goalOfThings<R extends H, H = R>(spec: ThingsSpec<R, H>): Goal<R> {
  const { things, unseen = () => [], back, ...rest } = spec
  const changes = (now: R) => [...things(now, now).map(taking), ...unseen(now)]
  return {
    ...overApi,
    effect: back ? 'reversible' : 'irreversible',
    holds: now => changes(now).length === 0,
    changes,
    take: act,
    ...rest,
    ...(back ? { back: backOf(spec, back) } : {}),
  }
}

function backOf<R extends H, H>(
  { things, unseen = () => [] }: ThingsSpec<R, H>,
  { reversed, ...back }: BackSpec<R, H>,
): Back<R, Act, H> {
  function changes(had: H, now: R): Act[] {
    const wanted = reversed ? things(had, now).toReversed() : things(had, now)
    const there = new Set(things(now, now).map(knownBy))
    // Where nothing was had, nothing has to be seen.
    return wanted.length === 0
      ? []
      : [...wanted.filter(one => !there.has(knownBy(one))).flatMap(giving), ...unseen(now)]
  }
  return { ...back, isBack: (had, now) => changes(had, now).length === 0, changes, give: act }
}

function knownBy({ id, same = id }: Thing): string {
  return same
}

/** One after the other, whatever becomes of each. */
export const act: (changes: readonly Act[]) => Promise<readonly Taken[]> = oneByOne(change => change.act())

function taking({ id, what, name, without = 'none', take, blind }: Thing): Act {
  return { id, what, before: name, after: without, act: take, ...(blind ? { blind } : {}) }
}

function giving({ id, what, name, without = 'none', give }: Thing): Act[] {
  return give ? [{ id, what, before: without, after: name, act: give }] : []
}
