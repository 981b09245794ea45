import type { Account } from '../../../core/account.ts'
import { isK1Error } from '../../../core/errors.ts'
import type { Moment } from '../../../core/moment.ts'
import type { Clock } from '../../../core/ports.ts'
import { goneReading, type Reading, seen } from '../../../core/reading.ts'
import type { Administrators } from '../administrators.ts'
import type { JumpcloudClient } from '../client.ts'
import type { User } from '../schemas.ts'
import type { Settings } from '../settings.ts'

/** What the goals of one organization's accounts are made of. */
export interface OrganizationTools {
  client: JumpcloudClient
  administrators: Administrators
  settings: Settings
  clock: Clock
  signal?: AbortSignal | undefined
}

/** Whose account a goal is about. */
export interface Subject {
  id: string
  login: string
  account: Account
  /** Ids of the devices that were bound directly when the account was found. */
  foundDevices: readonly string[]
}

/** The fields that all goals of this folder have in common. */
export const common = { reach: 'api', effect: 'reversible', repeatable: true, after: [] } as const

/** Where a person gives something back. */
export const portal = 'the Admin Portal'

export function userOf({ client }: OrganizationTools, { id }: Subject, moment: Moment): Promise<User | null> {
  return moment.read('user', () => client.user(id))
}

/** A reading below the account, where it is there. */
export async function readAtUser<R>(
  tools: OrganizationTools,
  subject: Subject,
  moment: Moment,
  read: (user: User) => Promise<R> | R,
): Promise<Reading<R>> {
  const user = await userOf(tools, subject, moment)
  return user === null ? goneReading : seen(await read(user))
}

/** One of several things that a goal looks at: what is not shown leaves the others as they are. */
export type Part<T> = { value: T } | { error: unknown }

/** @throws K1Error `cancelled` */
export async function partOf<T>(ask: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await ask() }
  } catch (error) {
    if (isK1Error(error) && error.kind === 'cancelled') throw error
    return { error }
  }
}

export function listOf<T>(part: Part<readonly T[]>): readonly T[] {
  return 'value' in part ? part.value : []
}

/**
 * Where all that was shown is as it should be, what was not shown decides: then nobody knows.
 * @throws the first failure among them
 */
export function unlessHidden(isClean: boolean, parts: readonly Part<unknown>[]): void {
  if (!isClean) return
  for (const part of parts) if ('error' in part) throw part.error
}
