import { asK1Error, type ErrorKind, hadNoEffect, K1Error } from '../../core/errors.ts'
import { goneReading, type Reading, seen } from '../../core/reading.ts'
import type { Act } from '../../core/things.ts'

/** A list or a fact that nobody was shown, and why. */
export interface Unseen {
  what: string
  why: string
  kind: ErrorKind
  hint?: string
}

/** Of a reading: what of it could not be seen. Absent: all was. */
export interface Partial {
  unseen?: readonly Unseen[] | undefined
}

/**
 * Reads many things of which each may fail alone: what was seen stands, what was not is named, and never taken for none.
 */
export function gather() {
  const unseen: Unseen[] = []
  let first: K1Error | undefined
  let seen = 0
  return {
    unseen: unseen as readonly Unseen[],
    /** Undefined where it could not be seen. @throws K1Error `cancelled` */
    async of<T>(what: string, read: Promise<T>): Promise<T | undefined> {
      try {
        const value = await read
        seen += 1
        return value
      } catch (thrown) {
        const error = asK1Error(thrown)
        if (error.kind === 'cancelled') throw error
        first ??= error
        const { kind, message: why, hint } = error
        unseen.push({ what, why, kind, ...(hint === undefined ? {} : { hint }) })
        return undefined
      }
    },
    /** What was not seen. @throws K1Error the first failure, where nothing at all was seen */
    left(): { unseen?: Unseen[] } {
      if (seen === 0 && first !== undefined) throw first
      return unseen.length === 0 ? {} : { unseen }
    },
  }
}

/** Of a person's two users: gone where all was seen, and neither is there. */
export function seenInParts<R extends Partial & { iam?: object | undefined; identityCenter?: object | undefined }>(
  value: R,
): Reading<R> {
  const parts = [value.iam, value.identityCenter].filter(part => part !== undefined)
  return value.unseen === undefined && parts.every(part => 'gone' in part) ? goneReading : seen(value)
}

/** Where nothing that was seen is open, what was not seen is why nobody can tell. */
export function notShown({ unseen = [] }: Partial, isOpen: boolean): string | undefined {
  if (isOpen || unseen.length === 0) return undefined
  return unseen.map(({ what, why }) => `${upperFirst(what)} could not be seen: ${why}`).join(' ')
}

/** What was not seen, as changes that are refused: then the goal does not hold, and its end says why. */
export function unseenChanges({ unseen = [] }: Partial): Act[] {
  return unseen.map(({ what, why, kind, hint }) => ({
    id: `unseen ${what}`,
    what: upperFirst(what),
    before: 'could not be seen',
    after: 'not touched',
    async act() {
      const error = new K1Error(kind, why, hint === undefined ? {} : { hint })
      // Whatever the look met, nothing was changed.
      throw hadNoEffect(error) ? error : new K1Error('rejected', why, hint === undefined ? {} : { hint })
    },
  }))
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
