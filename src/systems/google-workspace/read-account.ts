import type { Account } from '../../core/account.ts'
import type { GoogleUser } from './schemas.ts'

/** What Google calls the role that is a mark on the user. */
export const superAdmin = 'Super Admin'

/** `roles`: names of roles beside that of super administrator. Every role of Google's is an administrator's. */
export function readAccount(user: GoogleUser, roles: readonly string[]): Account {
  const { name, primaryEmail } = user
  const fullName = name?.fullName || [name?.givenName, name?.familyName].filter(Boolean).join(' ')
  const names = new Set([...(user.isAdmin ? [superAdmin] : []), ...roles])
  return {
    id: user.id,
    login: primaryEmail,
    email: primaryEmail,
    name: fullName || primaryEmail,
    active: !isBlocked(user),
    roles: [...names].map(one => ({ name: one, admin: true })),
  }
}

/** Does this person have exactly this address? Google itself also finds by id, and by less. */
export function hasAddress({ primaryEmail, aliases, nonEditableAliases }: GoogleUser, word: string): boolean {
  const wanted = word.trim().toLowerCase()
  return [primaryEmail, ...(aliases ?? []), ...(nonEditableAliases ?? [])].some(one => one.toLowerCase() === wanted)
}

/** Archived accounts cannot be entered either. */
export function isBlocked(user: { suspended: boolean; archived?: boolean | undefined }): boolean {
  return user.suspended || user.archived === true
}
