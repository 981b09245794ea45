import type { Account } from '../../../core/account.ts'
import { K1Error } from '../../../core/errors.ts'
import type { OldStanding as Standing } from '../../../core/old-goal.ts'
import type { Clock } from '../../../core/ports.ts'
import { unreadableSnapshot } from '../../../core/snapshot.ts'
import type { Directory } from '../directory.ts'
import type { Domain } from '../domain.ts'
import { isInDoubt } from '../failure.ts'
import type { Group, Groups } from '../groups.ts'
import type { Protection } from '../protection.ts'
import type { DirectorySettings } from '../settings.ts'
import type { User } from '../user.ts'
import type { Users } from '../users.ts'

/** All that the goals of one domain's accounts stand on. */
export interface GoalGround {
  directory: Directory
  domain: Domain
  users: Users
  groups: Groups
  protection: Protection
  settings: DirectorySettings
  clock: Clock
}

/** Whose account a goal is about, and how it was when the goal was made. */
export interface Subject {
  account: Account
  /** Null when it is gone. */
  now: User | null
  direct: readonly Group[]
  nested: readonly Group[]
  primary: Group | null
}

/** Looks at the account as it is now; one that is gone has nothing left to take. */
export async function lookAt(
  { users }: GoalGround,
  { account }: Subject,
  atUser: (user: User) => Promise<Standing> | Standing,
): Promise<Standing> {
  const sight = await users.see(account.id)
  if (sight.state === 'live') return atUser(sight.user)
  if (sight.state === 'unseen') return { state: 'unobservable', why: sight.why }
  return { state: 'holds', reading: { gone: true } }
}

/**
 * Changes the account, after asking again whether it may be touched: who was nobody when the run began may be an
 * administrator when it is resumed. Of one that is gone nothing is changed; the look tells.
 * @throws K1Error `refused`
 */
export async function changeAccount(
  { users, protection }: GoalGround,
  { account }: Subject,
  act: (user: User) => Promise<void>,
): Promise<void> {
  const sight = await users.see(account.id)
  if (sight.state !== 'live') return
  const { untouchable } = await protection.guarded(sight.user)
  if (untouchable !== undefined) {
    throw new K1Error('refused', `${account.login} in Active Directory is not touched: ${untouchable}.`)
  }
  await act(sight.user)
}

/** For giving back: @throws K1Error `refused` when the account is gone */
export async function liveUser({ users }: GoalGround, { account }: Subject): Promise<User> {
  const sight = await users.see(account.id)
  if (sight.state === 'live') return sight.user
  throw new K1Error('refused', `${account.login} is no longer there in Active Directory: it cannot be given back.`, {
    hint: 'With the AD Recycle Bin, Restore-ADObject brings it back with its groups.',
  })
}

/** When an answer does not tell whether a write took effect, a look tells; only when it did not, the error stands. */
export async function settle(write: () => Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isInDoubt(error)) throw error
    if (!(await isDone().catch(() => false))) throw error
  }
}

export const notASnapshot = (what: string) => unreadableSnapshot(what, 'Active Directory Users and Computers')
