import type { Account, Follower, GroupSystem, PeopleSystem } from '../account.ts'
import { GroupBook } from '../group-book.ts'
import type { WorldPerson, WorldTenant } from '../world.ts'

/** `Sales & Marketing` is `sales-marketing`. */
export function roleId(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

export function emailOf(account: Account): string {
  return (account.emails.find(email => email.primary) ?? account.emails[0])?.value ?? ''
}

/** Modules know a person by the e-mail; Partner Portal by the e-mail or the username. */
export function isSamePerson(person: Account | null, account: Account, system: Follower): boolean {
  const email = person ? emailOf(person).toLowerCase() : ''
  if (!email) return false
  if (emailOf(account).toLowerCase() === email) return true
  return system === 'datto-partner-portal' && account.userName.toLowerCase() === email
}

/** @param at when everything was created, as an ISO time */
export function seedAccounts({ people }: WorldTenant, system: PeopleSystem, at: string): Account[] {
  return people.flatMap(person => {
    const roles = seedRoles(person, system)
    return roles ? [seedAccount(accountId(person.id, system), person, system, roles, at)] : []
  })
}

function accountId(personId: string, system: PeopleSystem): string {
  return system === 'scim' ? `huddle-${personId}` : personId
}

/** Null where the person has no account. */
function seedRoles(person: WorldPerson, system: PeopleSystem): string[] | null {
  if (system === 'bms') return person.bmsEmployeeId === undefined ? null : []
  if (system === 'kaseyaone') return [roleId(person.kaseyaOneRole)]
  if (system === 'scim') return person.active ? [/Admin/.test(person.kaseyaOneRole) ? 'admin' : 'member'] : null
  const role = system === 'graphus' ? person.graphusRole : person.partnerPortalRole
  return role ? [roleId(role)] : null
}

function seedAccount(id: string, person: WorldPerson, system: PeopleSystem, roleIds: string[], at: string): Account {
  const work = { value: person.email, type: 'work', primary: true }
  const login = system === 'scim' ? (person.huddleLogin ?? person.email) : person.email
  // A log-in that is an address of its own leaves the e-mail that everybody knows as an alias.
  const hasAlias = login !== person.email && login.includes('@')
  return {
    id,
    userName: login,
    givenName: person.givenName,
    familyName: person.familyName,
    displayName: `${person.givenName} ${person.familyName}`,
    emails: hasAlias
      ? [
          { value: login, type: 'work', primary: true },
          { ...work, type: 'other', primary: false },
        ]
      : [work],
    active: system === 'kaseyaone' || system === 'scim' ? person.active : (person.activeIn?.[system] ?? person.active),
    roleIds,
    primaryUser: system === 'datto-partner-portal' && person.partnerPortalPrimary === true,
    severalResellers: person.severalResellers === true,
    employeeId: system === 'bms' ? (person.bmsEmployeeId ?? null) : null,
    createdAt: at,
    changedAt: at,
  }
}

/**
 * In KaseyaOne a group that a BMS mapping names keeps the id it has there, so that both systems speak of the same group.
 * Huddle has groups of the same names.
 */
export function seedGroups(tenant: WorldTenant, system: GroupSystem, at: string): GroupBook {
  const groups = new GroupBook()
  const mappings = tenant.bms?.settings.mappings ?? []
  const names = new Set([...mappings.map(m => m.groupName), ...tenant.people.flatMap(p => p.kaseyaOneGroups)])
  for (const name of names) {
    const known = mappings.find(mapping => mapping.groupName === name)?.groupId
    const id = system === 'scim' ? `team-${roleId(name)}` : (known ?? `g-${roleId(name)}`)
    const members = tenant.people.filter(person => person.kaseyaOneGroups.includes(name))
    const memberIds = members
      .filter(person => system === 'kaseyaone' || person.active)
      .map(person => accountId(person.id, system))
    groups.set(id, { id, name, memberIds, createdAt: at, changedAt: at })
  }
  return groups
}
