import { K1Error } from '../../core/errors.ts'
import type { OldStanding as Standing } from '../../core/old-goal.ts'
import type { Clock } from '../../core/ports.ts'
import { unreadableSnapshot } from '../../core/snapshot.ts'
import { waitFor } from '../../http/wait-for.ts'
import type { CenterRef, IamRef, Parts } from './account-id.ts'
import { isGone, isPassing } from './error.ts'
import type { Iam, IamUser } from './iam.ts'
import type { CenterUser, IdentityCenter } from './identity-center.ts'

/** All that looking at people and changing them stands on. */
export interface GoalGround {
  iam: Iam
  /** Null where the connection does without. @throws K1Error when it cannot be found */
  center(): Promise<IdentityCenter | null>
  clock: Clock
  signal?: AbortSignal | undefined
  /** How long something may take that AWS does after it said yes, in milliseconds. */
  waitMs: number
}

/** Whose account a goal is about. */
export interface Subject {
  parts: Parts
  login: string
}

/**
 * The IAM user with this id, whatever it is called by now. Null only when a list of all users, which works, does not
 * have it: "no such user" of a name alone proves nothing.
 */
export async function findIamUser(iam: Iam, { id, name }: IamRef): Promise<IamUser | null> {
  const named = await iam.user(name)
  if (named?.UserId === id) return named
  const listed = (await iam.users()).find(({ UserId }) => UserId === id)
  return (listed && (await iam.user(listed.UserName))) ?? null
}

/** The directory that the account's id speaks of. @throws K1Error `not-set-up` when the connection has another */
export async function directoryOf(ground: GoalGround, { storeId }: CenterRef): Promise<IdentityCenter> {
  const center = await ground.center()
  if (center?.storeId === storeId) return center
  throw new K1Error('not-set-up', `The connection to AWS does not reach the Identity Center directory ${storeId}.`, {
    hint: 'Connect with the region that it is in, and with identityCenter auto.',
    facts: { setting: 'identityCenter', storeId },
  })
}

/** Null only when the directory, asked for its users, answers. */
export async function findCenterUser(center: IdentityCenter, { userId }: CenterRef): Promise<CenterUser | null> {
  const found = await center.user(userId)
  if (found !== undefined) return found
  for await (const _ of center.users(1)) break
  return null
}

/** Polls of a thing that AWS has under way. */
const firstPauseMs = 500
const longestPauseMs = 5000

/** A moment in which waiting is over. */
export function deadlineOf({ clock, waitMs }: GoalGround): number {
  return clock.now().getTime() + waitMs
}

/** Again and again while `act` says "not yet" with null; null when the time is over. */
export async function until<T>(ground: GoalGround, end: number, act: () => Promise<T | null>): Promise<T | null> {
  const { clock, signal } = ground
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const found = await act()
    if (found !== null) return found
    const leftMs = end - clock.now().getTime()
    if (leftMs <= 0) return null
    await clock.sleep(Math.min(pauseMs, leftMs), signal)
  }
}

/**
 * Tries again while AWS says that something else is under way there: `ConflictException`, `ConcurrentModification`,
 * `EntityTemporarilyUnmodifiable`. That the thing is gone already is as good as done: undefined.
 */
export async function insist<T>(ground: GoalGround, end: number, act: () => Promise<T>): Promise<T | undefined> {
  let refusal: unknown
  const done = await until(ground, end, async () => {
    try {
      return { value: await act() }
    } catch (error) {
      if (isGone(error)) return { value: undefined }
      if (!isPassing(error)) throw error
      refusal = error
      return null
    }
  })
  if (done === null) throw refusal
  return done.value
}

export { eachOf } from '../../http/each-of.ts'

/** IAM may answer a read with what was before the last write, for a few seconds. */
const settleMs = 15_000

export function settle({ clock, signal }: GoalGround, look: () => Promise<Standing>): Promise<void> {
  return waitFor(look, { clock, waitMs: settleMs, ...(signal ? { signal } : {}) })
}

export const notASnapshot = (what: string) => unreadableSnapshot(what, 'the console')

/** @throws K1Error `refused` */
export function goneForGood(login: string): K1Error {
  return new K1Error('refused', `${login} is no longer there in AWS: a deleted user cannot be given back.`)
}
