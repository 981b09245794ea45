import type { Account } from '../../core/account.ts'
import type { User } from './schemas.ts'

export const isActive = (user: User): boolean => user.state === 'ACTIVATED' && !user.suspended

export function nameOf(user: User): string {
  return user.displayname || [user.firstname, user.lastname].filter(Boolean).join(' ') || user.username
}

/**
 * Accounts that Active Directory governs are changed there: its agent would undo what is done here. Other sources (a
 * personnel system, an identity provider) give names and groups, and do not activate anybody again.
 */
function masterOf(user: User): 'active-directory' | undefined {
  const sources = [
    ...(user.restrictedFields ?? []).map(({ type }) => type),
    ...(user.externally_managed ? [user.external_source_type] : []),
    user.delegatedAuthority?.name,
  ]
  return sources.some(source => /^active[ _-]?directory$/i.test(source ?? '')) ? 'active-directory' : undefined
}

/** True where somebody else keeps the password: to expire it here would say nothing. */
export function hasForeignPassword(user: User): boolean {
  return user.delegatedAuthority != null || masterOf(user) !== undefined
}

/** @param extra what costs another request, and lists go without */
export function readAccount(
  user: User,
  extra: { untouchable?: string; asFound?: Record<string, string> } = {},
): Account {
  const master = masterOf(user)
  return {
    id: user._id,
    login: user.username,
    email: user.email,
    name: nameOf(user),
    active: isActive(user),
    roles: user.admin ? [{ name: user.admin.roleName || 'Administrator', admin: true }] : [],
    ...(master === undefined ? {} : { masteredIn: master }),
    ...extra,
  }
}
