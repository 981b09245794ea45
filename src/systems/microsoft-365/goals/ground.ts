import type { Account, AccountGoalOptions } from '../../../core/account.ts'
import { K1Error } from '../../../core/errors.ts'
import type { OldStanding as Standing } from '../../../core/old-goal.ts'
import type { Clock } from '../../../core/ports.ts'
import { unreadableSnapshot } from '../../../core/snapshot.ts'
import { waitFor } from '../../../http/wait-for.ts'
import type { Connection } from '../connection.ts'
import type { Graph } from '../graph.ts'
import { isInDoubt } from '../graph-error.ts'
import type { Roles } from '../roles.ts'
import type { GraphUser, Users } from '../users.ts'

/** All that the goals of one tenant's accounts stand on. */
export interface Ground {
  graph: Graph
  users: Users
  roles: Roles
  connection: Connection
  clock: Clock
  signal: AbortSignal | undefined
  /**
   * Runs a change of one account after it was asked again whether it may be touched; one at a time, so that the last two
   * Global Administrators do not both leave because the other one was still there. Does nothing for who is gone.
   */
  guarded(userId: string, act: (user: GraphUser) => Promise<void>): Promise<void>
}

/** Whose account a goal is about, as it was when the goal was made. */
export interface Subject {
  account: Account
  /** Null when it is gone. */
  now: GraphUser | null
  options: AccountGoalOptions
}

export { gone } from '../../../core/snapshot.ts'

/** A read right after a write may come from a replica that does not know of it yet; so long it is asked again. */
const replicationMs = 30_000
const doubtMs = 5_000

/**
 * Writes, then waits until readers see it. When an answer does not tell whether a write took effect, the look tells; only
 * when it did not, the failure stands.
 */
export async function settled(
  { clock, signal }: Ground,
  write: () => Promise<void>,
  look: () => Promise<Standing>,
): Promise<void> {
  let doubt: unknown
  try {
    await write()
  } catch (error) {
    if (!isInDoubt(error)) throw error
    doubt = error
  }
  if (doubt === undefined) return waitFor(look, { clock, signal, waitMs: replicationMs })
  try {
    await waitFor(look, { clock, signal, waitMs: doubtMs })
    if ((await look()).state === 'holds') return
  } catch {
    // The first failure says more.
  }
  throw doubt
}

export function standing(holds: boolean, reading: unknown): Standing {
  return { state: holds ? 'holds' : 'not-yet', reading }
}

export const notASnapshot = (what: string) => unreadableSnapshot(what, 'the Microsoft Entra admin center')

/** @throws K1Error `refused` */
export function goneForGood(login: string): K1Error {
  return new K1Error('refused', `${login} is no longer there in Microsoft 365, so nothing can be given back.`, {
    hint: 'For 30 days a deleted account can be restored in the Microsoft Entra admin center, Deleted users.',
  })
}

/** Undoing begins with this: somebody who is gone gets nothing back. */
export async function present({ users }: Ground, { account }: Subject): Promise<GraphUser> {
  const user = await users.user(account.id)
  if (user === null) throw goneForGood(account.login)
  return user
}
