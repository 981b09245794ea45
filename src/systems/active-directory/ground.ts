import type { Account } from '../../core/account.ts'
import type { Moment } from '../../core/moment.ts'
import { goneReading, type Reading, seen, unseen } from '../../core/reading.ts'
import type { Directory } from './directory.ts'
import type { Domain } from './domain.ts'
import type { Groups } from './groups.ts'
import type { AccountStanding, Protection } from './protection.ts'
import type { DirectorySettings } from './settings.ts'
import type { User } from './user.ts'
import type { Sight, Users } from './users.ts'

/** What the goals of a domain's accounts are made of. */
export interface GoalGround {
  directory: Directory
  domain: Domain
  users: Users
  groups: Groups
  protection: Protection
  settings: DirectorySettings
  now(): Date
}

/** Whose account a goal is about. */
export interface Holder {
  account: Account
  /** Whether the account may be touched, asked anew in this session: who was nobody may be an administrator by now. */
  standing(user: User): Promise<AccountStanding>
}

/** How the account is, read once a moment. */
export function sightOf({ users }: GoalGround, { account }: Holder, moment: Moment): Promise<Sight> {
  return moment.read('user', () => users.see(account.id))
}

/** A reading below the account, where it is there; what shows neither it nor its tombstone proves nothing. */
export async function readAtUser<R>(
  tools: GoalGround,
  subject: Holder,
  moment: Moment,
  read: (user: User) => Promise<R> | R,
): Promise<Reading<R>> {
  const sight = await sightOf(tools, subject, moment)
  if (sight.state === 'unseen') return unseen('not-shown', sight.why)
  return sight.state === 'live' ? seen(await read(sight.user)) : goneReading
}

/**
 * The last question before a change. Keeping out does not wait for groups that cannot be read: only another member of
 * such a group has the right to disable one, so that nobody is the last whom this connection can disable.
 */
export function guardOf({ account, standing }: Holder, user: User | undefined, { keepsOut = false } = {}) {
  if (user === undefined) return undefined
  return async () => {
    const { untouchable, unread } = await standing(user)
    if (unread && !keepsOut) throw unread
    return untouchable === undefined
      ? undefined
      : `${account.login} in Active Directory is not touched: ${untouchable}.`
  }
}

export const console = 'Active Directory Users and Computers'
