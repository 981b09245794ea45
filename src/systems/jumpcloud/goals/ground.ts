import { K1Error } from '../../../core/errors.ts'
import type { Clock } from '../../../core/ports.ts'
import { unreadableSnapshot } from '../../../core/snapshot.ts'
import type { Administrators } from '../administrators.ts'
import type { JumpcloudClient } from '../client.ts'
import { isAboutOne } from '../error.ts'
import type { User } from '../schemas.ts'
import type { Settings } from '../settings.ts'

/** All that the goals of one organization's accounts stand on. */
export interface GoalGround {
  client: JumpcloudClient
  administrators: Administrators
  settings: Settings
  clock: Clock
  signal?: AbortSignal | undefined
}

/** Whose account a goal is about, and how it was when the goal was made. */
export interface Subject {
  id: string
  login: string
  /** Null when it is gone. */
  now: User | null
  /** Ids of the devices that were bound directly when the account was found. */
  foundDevices: readonly string[]
}

/** The fields that all goals of this folder have in common. */
export const common = { reach: 'api', effect: 'reversible', repeatable: true, after: [], warnings: [] } as const

export { gone } from '../../../core/snapshot.ts'

/**
 * Does something to each, whatever the others say: what one refuses must not keep access to the rest.
 * @throws K1Error the first refusal, with `facts.refused`: the names of all that refused
 */
export async function forEach<T>(things: readonly T[], name: (thing: T) => string, act: (thing: T) => Promise<void>) {
  const refused: { name: string; error: unknown }[] = []
  for (const thing of things) {
    try {
      await act(thing)
    } catch (error) {
      if (!isAboutOne(error)) throw error
      refused.push({ name: name(thing), error })
    }
  }
  const [first] = refused
  if (first?.error instanceof K1Error) first.error.facts.refused = refused.map(one => one.name)
  if (first !== undefined) throw first.error
}

export const notASnapshot = (what: string) => unreadableSnapshot(what, 'the Admin Portal')

/** The user, for giving something back. @throws K1Error `refused` */
export async function stillThere({ client }: GoalGround, { id, login }: Subject): Promise<User> {
  const user = await client.user(id)
  if (user !== null) return user
  throw new K1Error('refused', `${login} is no longer there in JumpCloud: a deleted account cannot be given back.`)
}
