import { isK1Error, K1Error } from '../../../core/errors.ts'
import type { OldStanding as Standing } from '../../../core/old-goal.ts'
import type { Clock } from '../../../core/ports.ts'
import { unreadableSnapshot } from '../../../core/snapshot.ts'
import { waitFor } from '../../../http/wait-for.ts'
import type { DeviceClient } from '../device-client.ts'
import type { Group, GroupClient } from '../group-client.ts'
import type { LicenceClient } from '../licence-client.ts'
import type { GoogleUser } from '../schemas.ts'
import type { GoogleSettings } from '../settings.ts'
import type { TransferClient } from '../transfer-client.ts'
import type { UserClient } from '../user-client.ts'

export interface GoogleClients {
  users: UserClient
  groups: GroupClient
  devices: DeviceClient
  transfers: TransferClient
  licences: LicenceClient
}

/** All that the goals of one session stand on. */
export interface GoalGround extends GoogleClients {
  settings: GoogleSettings
  clock: Clock
  signal: AbortSignal | undefined
  /** The user with this id; null when there is none any more, which a second reading has to confirm. */
  user(id: string): Promise<GoogleUser | null>
  /** Exactly this e-mail or alias; null when nobody has it. */
  userCalled(email: string): Promise<GoogleUser | null>
  /** The account's own id: newer calls do not promise to take `my_customer`. */
  customerId(): Promise<string>
  /** By id. Google has few roles, and they are read once. */
  roleNames(): Promise<ReadonlyMap<string, string>>
  /** Groups in which somebody was seen, by user id: the list of groups may lag. */
  seenGroups: Map<string, Map<string, Group>>
  /**
   * Changes one account after it was asked again whether it may be touched; one at a time, so that the last two super
   * administrators do not both leave because the other one was still there.
   */
  guarded(id: string, act: (user: GoogleUser) => Promise<void>): Promise<void>
}

/** Whose account a goal is about, and how it was when the goal was made. */
export interface Subject {
  id: string
  email: string
  now: GoogleUser | null
}

/** Google's lists and fields follow changes after a moment. */
const settlingMs = 20_000

/** Looks until a change shows, for a short while. */
export function waitShortly(ground: GoalGround, look: () => Promise<Standing>, longestMs = settlingMs): Promise<void> {
  return waitFor(look, { clock: ground.clock, waitMs: Math.min(longestMs, settlingMs), signal: ground.signal })
}

export { gone } from '../../../core/snapshot.ts'

export function isBlocked(user: GoogleUser): boolean {
  return user.suspended || user.archived === true
}

/**
 * What a plan shows is read while it is made. Where the right to read it is missing, the rest of the plan stands, and the
 * goal's own look says what is missing.
 */
export async function ifAllowed<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!isK1Error(error) || error.kind !== 'forbidden') throw error
    return otherwise
  }
}

export const notASnapshot = (what: string) => unreadableSnapshot(what, 'the Admin console')

/** @throws K1Error `refused` */
export function goneForGood(email: string): K1Error {
  return new K1Error('refused', `${email} is no longer there in Google Workspace.`, {
    hint: 'A super administrator can restore a deleted user for 20 days: Admin console > Directory > Users > Deleted users.',
  })
}
