import type { LockBy, Locks, Subject } from '../core/ledger-store.ts'
import type { Turns } from './turns.ts'

/**
 * Runs `work` while no other run is at any of these: the accounts that a person turned out to have, by whatever word each
 * run was given for them. A unit of the same run waits for its turn, always in the same order, so that no two wait for
 * each other.
 * @throws K1Error `busy` when another run is at one of them; whatever `work` throws
 */
export async function holdThings<T>(
  things: readonly Subject[],
  by: LockBy,
  { locks, turns }: { locks: Locks; turns: Turns },
  work: (still: () => void) => Promise<T>,
): Promise<T> {
  const keyOf = ({ kind, tenant, name }: Subject): string => JSON.stringify([kind, tenant, name])
  const ordered = [...new Map(things.map(thing => [keyOf(thing), thing])).entries()].sort(([one], [other]) =>
    one < other ? -1 : 1,
  )
  const holding = (at: number): Promise<T> => {
    const [key, thing] = ordered[at] ?? []
    if (key === undefined || thing === undefined) {
      return locks.hold(
        ordered.map(([, one]) => one),
        by,
        work,
      )
    }
    return turns.inTurn({ tenant: thing.tenant, system: key }, () => holding(at + 1))
  }
  return holding(0)
}
