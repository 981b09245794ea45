import type { WorldPerson, WorldTenant } from '../world.ts'

export type PeopleSystem = 'kaseyaone' | 'graphus' | 'datto-partner-portal' | 'bms'

/** A system that follows KaseyaOne when somebody leaves. */
export type Follower = Exclude<PeopleSystem, 'kaseyaone'>

export const followers: readonly Follower[] = ['graphus', 'datto-partner-portal', 'bms']

/** One person's account in one system. Its id is the id of the person in the seed, in every system. */
export interface Account {
  id: string
  userName: string
  givenName: string
  familyName: string
  displayName: string
  /** The first one marked primary is the person's e-mail; accounts of different systems are linked by it. */
  emails: { value: string; type?: string; primary?: boolean }[]
  active: boolean
  /** As `roleId` makes them from the names in the seed: `root-admin`, `security-admin`, `sales-marketing`. */
  roleIds: string[]
  /** Partner Portal's Primary user. */
  primaryUser: boolean
  severalResellers: boolean
  /** Number of the BMS employee; null outside BMS. */
  employeeId: number | null
  createdAt: string
  changedAt: string
}

/** A KaseyaOne group. */
export interface Group {
  id: string
  name: string
  memberIds: string[]
  createdAt: string
  changedAt: string
}

/** Everybody of one tenant, by account id. */
export interface TenantPeople {
  accounts: Record<PeopleSystem, Map<string, Account>>
  groups: Map<string, Group>
}

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

/** `at`: when everything was created, as an ISO time. */
export function seedPeople(tenant: WorldTenant, at: string): TenantPeople {
  const accountsIn = (system: PeopleSystem) =>
    new Map(
      tenant.people.flatMap(person => {
        const roles = seedRoles(person, system)
        return roles ? [[person.id, seedAccount(person, system, roles, at)] as const] : []
      }),
    )
  return {
    accounts: {
      kaseyaone: accountsIn('kaseyaone'),
      graphus: accountsIn('graphus'),
      'datto-partner-portal': accountsIn('datto-partner-portal'),
      bms: accountsIn('bms'),
    },
    groups: seedGroups(tenant, at),
  }
}

/** Null where the person has no account. */
function seedRoles(person: WorldPerson, system: PeopleSystem): string[] | null {
  if (system === 'bms') return person.bmsEmployeeId === undefined ? null : []
  if (system === 'kaseyaone') return [roleId(person.kaseyaOneRole)]
  const role = system === 'graphus' ? person.graphusRole : person.partnerPortalRole
  return role ? [roleId(role)] : null
}

function seedAccount(person: WorldPerson, system: PeopleSystem, roleIds: string[], at: string): Account {
  return {
    id: person.id,
    userName: person.email,
    givenName: person.givenName,
    familyName: person.familyName,
    displayName: `${person.givenName} ${person.familyName}`,
    emails: [{ value: person.email, type: 'work', primary: true }],
    active: system === 'kaseyaone' ? person.active : (person.activeIn?.[system] ?? person.active),
    roleIds,
    primaryUser: system === 'datto-partner-portal' && person.partnerPortalPrimary === true,
    severalResellers: person.severalResellers === true,
    employeeId: system === 'bms' ? (person.bmsEmployeeId ?? null) : null,
    createdAt: at,
    changedAt: at,
  }
}

/** A group that a BMS mapping names keeps the id it has there, so that both systems speak of the same group. */
function seedGroups(tenant: WorldTenant, at: string): Map<string, Group> {
  const groups = new Map<string, Group>()
  const mappings = tenant.bms?.settings.mappings ?? []
  const names = new Set([...mappings.map(m => m.groupName), ...tenant.people.flatMap(p => p.kaseyaOneGroups)])
  for (const name of names) {
    const id = mappings.find(mapping => mapping.groupName === name)?.groupId ?? `g-${roleId(name)}`
    const memberIds = tenant.people.filter(person => person.kaseyaOneGroups.includes(name)).map(person => person.id)
    groups.set(id, { id, name, memberIds, createdAt: at, changedAt: at })
  }
  return groups
}
