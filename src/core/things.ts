import type { AccountGoal } from './account.ts'
import { type Change, oneByOne, type Taken } from './change.ts'
import type { Back } from './goal.ts'

/** Something that somebody has, and that can be taken away: a group, a role, a key; that they may sign in. */
export interface Thing {
  /** Which one it is. In what was had and in what is there now, the same thing has the same id. */
  id: string
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

/** A change that is one act of its own. */
export interface Act extends Change {
  act(): Promise<unknown>
}

type Usual = 'reach' | 'effect' | 'repeatable' | 'after' | 'holds' | 'take'
type Goal<R> = AccountGoal<R, Act>
type BackSpec<R, H> = Omit<Back<R, Act, H>, 'isBack' | 'changes' | 'give'>

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
    reach: 'api',
    effect: back ? 'reversible' : 'irreversible',
    repeatable: true,
    after: [],
    holds: now => changes(now).length === 0,
    changes,
    take: act,
    ...rest,
    ...(back ? { back: backOf(spec, back) } : {}),
  }
}

function backOf<R extends H, H>(
  { things, unseen = () => [] }: ThingsSpec<R, H>,
  back: BackSpec<R, H>,
): Back<R, Act, H> {
  function changes(had: H, now: R): Act[] {
    const wanted = things(had, now)
    const there = new Set(things(now, now).map(({ id }) => id))
    // Where nothing was had, nothing has to be seen.
    return wanted.length === 0 ? [] : [...wanted.filter(({ id }) => !there.has(id)).flatMap(giving), ...unseen(now)]
  }
  return { ...back, isBack: (had, now) => changes(had, now).length === 0, changes, give: act }
}

/** One after the other, whatever becomes of each. */
export const act: (changes: readonly Act[]) => Promise<readonly Taken[]> = oneByOne(change => change.act())

function taking({ id, what, name, without = 'none', take, blind }: Thing): Act {
  return { id, what, before: name, after: without, act: take, ...(blind ? { blind } : {}) }
}

function giving({ id, what, name, without = 'none', give }: Thing): Act[] {
  return give ? [{ id, what, before: without, after: name, act: give }] : []
}
