/** Why something was not seen. */
export type UnseenCause =
  /** A right is missing. */
  | 'forbidden'
  /** The system does not show it, or not to anybody: an empty member list of a service that hides members. */
  | 'not-shown'
  /** No answer, or one that says nothing. */
  | 'unreachable'
  /** What came may be cut off, or lacks what it needs. */
  | 'incomplete'

/**
 * What a look saw. Unknown is a value of its own: it is never false, never empty, never zero. `gone`: the account is no
 * longer there, and a second, different call says so.
 */
export type Reading<R> =
  | { state: 'seen'; value: R }
  | { state: 'gone' }
  | { state: 'unseen'; cause: UnseenCause; why: string; hint?: string }

export function seen<R>(value: R): Reading<R> {
  return { state: 'seen', value }
}

export const goneReading = { state: 'gone' } as const satisfies Reading<never>

export function unseen(cause: UnseenCause, why: string, hint?: string): Reading<never> {
  return { state: 'unseen', cause, why, ...(hint === undefined ? {} : { hint }) }
}

/** Of somebody who may be gone: `null` is gone, all else was seen. */
export function seenOrGone<R>(value: R | null): Reading<R> {
  return value === null ? goneReading : seen(value)
}

/** What was read below an account, where that is there. */
export async function seenBelow<A, R>(
  account: Promise<A | null>,
  read: (account: A) => Promise<R> | R,
): Promise<Reading<R>> {
  const found = await account
  return found === null ? goneReading : seen(await read(found))
}

/** The readings of a goal that a person brings about, and that nothing connected could show. */
export function nobodySees(why: string) {
  return {
    needs: [],
    read: async () => seen(null),
    holds: () => false,
    unobservable: () => why,
    changes: () => [],
    take: async () => [],
    shown: () => null,
  }
}
