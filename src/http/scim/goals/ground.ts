import type { Account } from '../../../core/account.ts'
import type { Reach } from '../../../core/features.ts'
import type { Moment } from '../../../core/moment.ts'
import type { Memberships } from '../memberships.ts'
import { type OtherAccounts, type PeopleRules, roleName } from '../people-rules.ts'
import type { ScimUser } from '../schemas.ts'
import type { ScimServer } from '../server.ts'

/** What the goals of one system's accounts are made of. */
export interface ScimTools {
  server: ScimServer
  memberships: Memberships
  reach: Reach
  rules: PeopleRules
  others: OtherAccounts
  /** The value of the role that people call so, as somebody in the system has it. */
  roleCalled(name: string): Promise<{ value: string; display?: string } | undefined>
  /** Was a role of anybody seen? Where none ever is, an account without one says nothing. */
  showsRoles(): Promise<boolean>
}

export type Holder = Pick<Account, 'id' | 'login' | 'roles'>

export const consoleOf = 'the console'

/** The user as it is, read once a moment; null when it is gone. */
export function userOf({ server }: ScimTools, { id }: Holder, moment: Moment): Promise<ScimUser | null> {
  return moment.read('user', () => server.user(id))
}

/** Only what is an administrator's can be the last of anything: nobody else waits for a turn. */
export function guardOf({ server, rules, others }: ScimTools, subject: Holder, user: ScimUser | undefined) {
  const { untouchable } = rules
  const isAdmin = user
    ? (user.roles ?? []).some(role => rules.isAdminRole(roleName(role)))
    : subject.roles.some(({ admin }) => admin)
  if (!untouchable || !isAdmin) return undefined
  return async () => {
    // As it is now: whoever was before us in turn may have been the other one.
    const now = await server.user(subject.id)
    const why = now && (await untouchable(now, others))
    return why ? `${now.userName} in ${server.title} is not touched: ${why}.` : undefined
  }
}
