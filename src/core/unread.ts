import type { Change } from './change.ts'
import { hadNoEffect, K1Error } from './errors.ts'
import { partOf } from './parts.ts'
import type { Act } from './things.ts'

/** One part of a reading that could not be read. What else was read is brought about all the same. */
export interface Unread {
  /** "App passwords" */
  what: string
  error: K1Error
}

/**
 * Reads one part of a goal; what fails is noted in `unread`, and `otherwise` stands for it.
 * @throws K1Error `cancelled`
 */
export async function readPart<T, O>(
  unread: Unread[],
  what: string,
  otherwise: O,
  read: () => Promise<T>,
): Promise<T | O> {
  const part = await partOf(read())
  if (part.error === undefined) return part.value
  unread.push({ what, error: part.error })
  return otherwise
}

/** Nothing is sent for what was not seen, so that a failed reading had no effect, whatever it was. */
export function unreadChanges(unread: readonly Unread[], after: string): Act[] {
  return unread.map(({ what, error }) => {
    const { message, hint, facts } = error
    const kind = hadNoEffect(error) ? error.kind : 'unreachable'
    const told = new K1Error(kind, `It could not be read: ${message}`, { facts, ...(hint ? { hint } : {}) })
    return { id: `unread ${what}`, what, before: 'could not be read', after, act: () => Promise.reject(told) }
  })
}

export function isUnread({ id }: Change): boolean {
  return id.startsWith('unread ')
}

/** For a ledger and a person: what could not be read, and why. */
export function shownUnread(unread: readonly Unread[]): { unread?: string[] } {
  return unread.length === 0 ? {} : { unread: unread.map(({ what, error }) => `${what}: ${error.message}`) }
}
