import { K1Error } from './errors.ts'
import type { OldStanding as Standing } from './old-goal.ts'

/** An account that is not there any more: nobody signs in with it, and nothing is left to take from it. */
export const gone: Standing = { state: 'holds', reading: { gone: true } }

/**
 * What a ledger kept of before a change is no snapshot of it (another version wrote it, or somebody altered it).
 * @param what "which groups amy was in"
 * @param place where a person gives it back: "the Admin console"
 */
export function unreadableSnapshot(what: string, place: string): K1Error {
  return new K1Error('storage', `What the run kept does not say ${what}, so it cannot be given back.`, {
    hint: `Give it back in ${place}.`,
  })
}
