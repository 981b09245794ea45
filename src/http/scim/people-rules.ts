import type { AccountGoalKind } from '../../core/account-kinds.ts'
import type { ScimElement, ScimUser } from './schemas.ts'

/** The system that this one follows, and how that is known: a sentence. */
export interface Follows {
  system: string
  why: string
}

/** What a rule may ask about the other people of the system. Reading everybody is costly: only where it matters. */
export interface OtherAccounts {
  /** Is there another active account with a role of this kind? */
  isLast(user: ScimUser, isRole: (name: string) => boolean): Promise<boolean>
}

/** What distinguishes one system's people from another's: all else is SCIM, and one code. */
export interface PeopleRules {
  /** Besides `sign-in-blocked`, and `deleted` where that was asked for. */
  kinds: readonly Extract<AccountGoalKind, 'admin-roles-dropped' | 'groups-left'>[]
  /** Is it an administrator's role? By its name, or by its value where it has none. */
  isAdminRole(name: string): boolean
  /** True where every account has roles: the goal is shown for all, not only for those who have some. */
  rolesForAll: boolean
  /** The role that somebody gets whose administrator's role was the only one. */
  ordinaryRole?: string
  /** True behind the module admin contract, which requires `active` of every user, and that filters ignore case. */
  isContract: boolean
  /** Why nothing may be done to this account: "the last active Admin". */
  untouchable?(user: ScimUser, others: OtherAccounts): Promise<string | undefined> | string | undefined
  /** Why this account is blocked, but never deleted; a sentence. */
  neverDeleted?(user: ScimUser, others: OtherAccounts): Promise<string | undefined>
  /** The system that this one is expected to follow now; undefined when it has to be done here. */
  follows?(present: ReadonlySet<string>): Promise<Follows | undefined>
}

/** What people call a role. */
export function roleName(role: ScimElement): string {
  return role.display || role.value || ''
}

/** `security-admin`, `Security_Admin` and `Security Admin` are one role. */
export function plainRole(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
}
