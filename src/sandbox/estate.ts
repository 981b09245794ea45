import type { World, WorldPerson, WorldTenant } from './world.ts'

/**
 * The one tenant of the demo world that, besides the Kaseya modules and its team chat, has all the rest: an Active
 * Directory that Microsoft 365 is synced from, JumpCloud, Google Workspace, an AWS organization, a badge system with a
 * webhook, and devices. All simulators of those make their state from here, so that they agree on who is who.
 */
export const estateNumber = 20
export const estateTenantId = `t-0${estateNumber}`

export interface EstateDevice {
  /** `d-03-1` */
  id: string
  kind: 'windows' | 'mac' | 'linux' | 'iphone' | 'android' | 'chromebook'
  /** "IRON-03-W" */
  name: string
  serial: string
  /** False: its agent has not called in for days, and does not until it is told to. */
  online: boolean
}

export interface EstatePerson {
  person: WorldPerson
  /** Log-in name without a domain, at most 20 characters, unique: `nadia.osman`. */
  login: string
  /** Their Microsoft 365 account is synced from Active Directory. */
  synced: boolean
  /** Has an administrator's role in the directories. */
  admin: boolean
  /** For emergencies: an administrator whom nobody may offboard because the last one would be gone with them. */
  breakGlass: boolean
  /** E-mail of their manager; absent for the first. */
  manager?: string
  groups: readonly EstateGroup[]
  devices: readonly EstateDevice[]
}

export interface EstateGroup {
  /** `staff`, a slug. */
  id: string
  name: string
  /** `dynamic` groups follow a rule; of `mail` groups nobody can be taken out by Graph. */
  kind: 'ordinary' | 'dynamic' | 'mail' | 'licensing'
}

const groups = {
  everyone: { id: 'everyone', name: 'Everyone', kind: 'dynamic' },
  staff: { id: 'staff', name: 'Staff', kind: 'ordinary' },
  vpn: { id: 'vpn-users', name: 'VPN users', kind: 'ordinary' },
  workshop: { id: 'workshop', name: 'Workshop, CNC + lathes', kind: 'ordinary' },
  orders: { id: 'orders', name: 'Orders', kind: 'mail' },
  licences: { id: 'licences-e3', name: 'Licences: Business Premium', kind: 'licensing' },
} as const satisfies Record<string, EstateGroup>

/** Does the tenant have all that? */
export function hasEstate(tenant: WorldTenant): boolean {
  return tenant.id === estateTenantId && tenant.people.length > 4
}

export function estateTenant(world: World): WorldTenant | undefined {
  return world.tenants.find(hasEstate)
}

/** The active people of the tenant, in the order of the seed. The same on every call. */
export function estatePeople(world: World): EstatePerson[] {
  const people = (estateTenant(world)?.people ?? []).filter(({ active }) => active)
  const [first] = people
  return people.map((person, index) => ({
    person,
    login: loginOf(person, index),
    synced: index % 3 === estateLeaverAt % 3,
    admin: index < 2,
    breakGlass: index === 0,
    ...(index > 0 && first ? { manager: first.email } : {}),
    groups: [
      groups.everyone,
      groups.staff,
      ...(index % 2 === estateLeaverAt % 2 ? [groups.vpn, groups.orders] : []),
      ...(index % 3 === estateLeaverAt % 3 ? [groups.workshop, groups.licences] : []),
    ],
    devices: devicesOf(index),
  }))
}

/** Where in the estate the person is whom demos offboard: with an account, groups and a device of each kind everywhere. */
export const estateLeaverAt = 2

/** Whom demos offboard. */
export function estateLeaver(world: World): EstatePerson {
  const leaver = estatePeople(world)[estateLeaverAt]
  if (leaver === undefined) throw new Error('The estate has too few people.')
  return leaver
}

function devicesOf(index: number): EstateDevice[] {
  const kinds: EstateDevice['kind'][] =
    index === estateLeaverAt
      ? ['windows', 'mac', 'linux', 'iphone', 'android', 'chromebook']
      : index % 2 === 0
        ? ['windows', 'iphone']
        : ['mac', 'android']
  return kinds.map((kind, at) => ({
    id: `d-${String(index).padStart(2, '0')}-${at + 1}`,
    kind,
    name: `IRON-${String(index).padStart(2, '0')}-${kind.charAt(0).toUpperCase()}${at + 1}`,
    serial: `SN${String(7000 + index * 10 + at)}`,
    // The leaver's Linux machine is in a drawer.
    online: !(index === estateLeaverAt && kind === 'linux'),
  }))
}

function loginOf({ email }: WorldPerson, index: number): string {
  const local = email
    .split('@')[0]
    ?.normalize('NFKD')
    .replace(/[^a-zA-Z0-9.-]/g, '')
    .slice(0, 17)
  return local === undefined || local === '' ? `user-${index}` : local
}
