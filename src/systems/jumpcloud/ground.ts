import type { Account } from '../../core/account.ts'
import type { Moment } from '../../core/moment.ts'
import type { Clock } from '../../core/ports.ts'
import { goneReading, type Reading, seenBelow } from '../../core/reading.ts'
import { overApi } from '../../core/things.ts'
import type { Administrators } from './administrators.ts'
import type { JumpcloudClient } from './client.ts'
import { isNotFound } from './error.ts'
import type { User } from './schemas.ts'
import type { Settings } from './settings.ts'

/** What the goals of one organization's accounts are made of. */
export interface GoalGround {
  client: JumpcloudClient
  administrators: Administrators
  settings: Settings
  clock: Clock
}

/** Whose account a goal is about. */
export interface Holder {
  id: string
  login: string
  account: Account
  /** Ids of the devices that were bound directly when the account was found. */
  foundDevices: readonly string[]
}

/** The fields that all goals of this folder have in common. */
export const common = { ...overApi, effect: 'reversible' } as const

/** Where a person gives something back. */
export const portal = 'the Admin Portal'

export function userOf({ client }: GoalGround, { id }: Holder, moment: Moment): Promise<User | null> {
  return moment.read('user', () => client.user(id))
}

/** A reading below the account, where it is there. */
export async function readAtUser<R>(
  tools: GoalGround,
  subject: Holder,
  moment: Moment,
  read: (user: User) => Promise<R> | R,
): Promise<Reading<R>> {
  try {
    return await seenBelow(userOf(tools, subject, moment), read)
  } catch (error) {
    // It may have gone since the account was read.
    if (isNotFound(error) && (await tools.client.user(subject.id)) === null) return goneReading
    throw error
  }
}
