import type { Account } from '../../core/account.ts'
import { K1Error } from '../../core/errors.ts'
import { type PeopleRules, roleName } from './people-rules.ts'
import type { ScimUser } from './schemas.ts'

/** A SCIM user in our words; `untouchable` is for whoever knows the rules to add. */
export function readAccount(title: string, user: ScimUser, rules: PeopleRules): Account {
  return {
    id: user.id,
    login: user.userName,
    email: emailOf(user),
    name: nameOf(user),
    // Somebody of whom nothing is said may sign in, as far as anybody knows.
    active: readActive(title, user, rules.isContract) ?? true,
    roles: (user.roles ?? []).map(role => ({ name: roleName(role), admin: rules.isAdminRole(roleName(role)) })),
  }
}

/**
 * Undefined where the server does not say.
 * @throws K1Error `contract` where it has to say
 */
export function readActive(title: string, user: ScimUser, required: boolean): boolean | undefined {
  if (typeof user.active === 'boolean') return user.active
  if (!required) return undefined
  throw new K1Error('contract', `${title} does not say whether ${user.userName} is active.`, {
    hint: 'The module admin contract requires "active" of every SCIM user. Tell whoever runs the endpoint.',
    facts: { method: 'GET', path: '/Users', field: 'active' },
  })
}

export function emailOf({ emails, userName }: ScimUser): string {
  const all = emails ?? []
  return all.find(one => one.primary)?.value ?? all[0]?.value ?? (userName.includes('@') ? userName : '')
}

export function nameOf({ displayName, name, userName }: ScimUser): string {
  const full = [name?.givenName, name?.familyName].filter(Boolean).join(' ')
  return displayName || name?.formatted || full || userName
}
