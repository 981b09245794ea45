import type { AccountGoal } from './account.ts'
import { type Change, type Difference, oneByOne, type Taken } from './change.ts'
import type { Back } from './goal.ts'
import type { Moment } from './moment.ts'
import { type NamedParts, notSeen, unlessHidden } from './parts.ts'

/** How one thing is taken or given: a call of its own. */
type Call = () => Promise<unknown>

/**
 * Something that somebody has, and that can be taken away: a group, a role, a key; that they may sign in. `A`: how it is
 * taken and given, where that is no call (a request, of which many go in one).
 */
export interface Thing<A = Call> {
  id: string
  /** What it is known again by, where its id does not stay; absent: its id. */
  same?: string | undefined
  /** The line it is told in: "Groups". */
  what: string
  name: string
  /** What is told of it when it is taken: "blocked"; absent: "none". */
  without?: string
  /** What is told otherwise when it is given back. */
  again?: Partial<Difference>
  take: A
  /** Absent where it cannot be given back. */
  give?: A | undefined
  /** No look can show that it was taken. */
  blind?: true
  /** These as of a `Change`. */
  alone?: true | undefined
  once?: true | undefined
  /** It may be taken again when nobody knows whether it was, also where its goal may not. */
  harmless?: true
  /** It is not taken; on the way back it counts, as all else that is there. */
  stays?: boolean
  /** The readings in which a change of it shows; absent: where those of its goal do. */
  shows?: readonly string[]
}

/** Of who is to be deleted: the account itself. */
export function accountThing(take: Call): Thing {
  return { id: 'account', what: 'Account', name: 'there', without: 'deleted', take }
}

/** A change that is one act of its own. */
export interface Act<A = Call> extends Change {
  act: A
  shows?: readonly string[]
}

/** An answer for each. */
type Send<A> = (acts: readonly Act<A>[]) => Promise<readonly Taken[]>

/** What is made of things. */
export type ThingsGoal<R, A = Call> = AccountGoal<R, Act<A>>

type Usual = 'reach' | 'effect' | 'repeatable' | 'after' | 'holds' | 'take'
type Made = 'changes' | 'unshown' | 'back'
type BackSpec<R, H, A> = Omit<Back<R, Act<A>, H>, 'isBack' | 'changes' | 'give'> &
  Partial<Pick<Back<R, Act<A>, H>, 'give'>> & {
    /** What was taken last is given first. */
    reversed?: true
  }

/** What most goals have in common; what is otherwise comes behind it. */
export const overApi = { reach: 'api', repeatable: true, after: [] } as const

/** A goal without what follows from its things, and with what it does otherwise than most. `H`: what a ledger kept. */
export interface ThingsSpec<R extends H, H, A = Call>
  extends Omit<ThingsGoal<R, A>, Usual | Made>,
    Partial<Pick<ThingsGoal<R, A>, Usual>> {
  /**
   * What is had, in the order in which it is taken or given, also what cannot be given back now; `now` says how to send
   * it.
   */
  things(had: H, now: R): readonly Thing<A>[]
  /** What no look can show, where all that can be read holds. */
  unshown?(now: R): readonly Thing<A>[]
  /** What could not be read, as changes that are refused: while there is any, the goal does not hold. */
  unseen?(now: R): readonly Act<A>[]
  /** Where the changes show of which nothing else is said; absent: in all that it needs. */
  shows?: readonly string[]
  /** Parts that may be missing, by their names: told before, and where nothing is left but them, nobody knows. */
  parts?(now: R): NamedParts
  back?: BackSpec<R, H, A>
}

/** None of these things is left; on the way back, each that was had is there again. */
export function goalOfThings<R extends H, H = R>(spec: ThingsSpec<R, H>): ThingsGoal<R, Call> {
  return goalSentBy(act, spec)
}

/** The same, where several things are taken or given together. */
export function goalSentBy<R extends H, H, A>(send: Send<A>, spec: ThingsSpec<R, H, A>): ThingsGoal<R, A> {
  const { things, unshown, unseen = () => [], shows: usually = spec.needs, parts, back, ...rest } = spec
  const changes = (now: R) => [...things(now, now).flatMap(taking), ...unseen(now)]
  const goal: ThingsGoal<R, A> = {
    ...overApi,
    effect: back ? 'reversible' : 'irreversible',
    holds: now => changes(now).length === 0,
    changes,
    touches: shownIn(usually),
    take: send,
    ...rest,
    ...(unshown ? { unshown: (now: R) => unshown(now).flatMap(taking) } : {}),
    ...(back ? { back: backOf(send, spec, back) } : {}),
  }
  return parts ? { ...goal, ...inParts(goal, parts) } : goal
}

function inParts<R, A>(goal: ThingsGoal<R, A>, parts: (now: R) => NamedParts) {
  return {
    async read(moment: Moment) {
      const reading = await goal.read(moment)
      if (reading.state === 'seen') unlessHidden(goal.holds(reading.value), Object.values(parts(reading.value)))
      return reading
    },
    warnings: (now: R) => [...notSeen(parts(now)), ...(goal.warnings?.(now) ?? [])],
  }
}

function backOf<R extends H, H, A>(
  send: Send<A>,
  { things, unseen = () => [] }: ThingsSpec<R, H, A>,
  { reversed, ...back }: BackSpec<R, H, A>,
): Back<R, Act<A>, H> {
  function changes(had: H, now: R): Act<A>[] {
    const wanted = reversed ? things(had, now).toReversed() : things(had, now)
    const there = new Set(things(now, now).map(knownBy))
    // Where nothing was had, nothing has to be seen.
    return wanted.length === 0
      ? []
      : [...wanted.filter(one => !there.has(knownBy(one))).flatMap(giving), ...unseen(now)]
  }
  return { isBack: (had, now) => changes(had, now).length === 0, changes, give: send, ...back }
}

function knownBy({ id, same = id }: Thing<unknown>): string {
  return same
}

/** The readings in which acts show; where one does not say: `usually`. */
export function shownIn(usually: readonly string[]): (acts: readonly Act<unknown>[]) => readonly string[] {
  return acts => [...new Set(acts.flatMap(({ shows = usually }) => shows))]
}

/** One after the other, whatever becomes of each. */
export const act: Send<Call> = oneByOne(change => change.act())

/** Takes them where nothing could be read: keeping somebody out needs no more than an id. */
export function takeUnseen(things: readonly Thing[]): Promise<readonly Taken[]> {
  return act(things.flatMap(taking))
}

function taking<A>({ id, what, name, without = 'none', take, stays, ...more }: Thing<A>): Act<A>[] {
  const { blind, alone, once, harmless: again, shows } = more
  return stays
    ? []
    : [
        {
          ...{ id, what, before: name, after: without, act: take },
          ...(blind ? { blind } : {}),
          ...(alone ? { alone } : {}),
          ...(once ? { once } : {}),
          ...(again ? { again } : {}),
          ...(shows ? { shows } : {}),
        },
      ]
}

function giving<A>({ id, what, name, without = 'none', again, give, shows }: Thing<A>): Act<A>[] {
  const told = { id, name, what, before: without, after: name, ...again }
  return give ? [{ ...told, act: give, ...(shows ? { shows } : {}) }] : []
}
