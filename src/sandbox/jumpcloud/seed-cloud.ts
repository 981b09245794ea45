import { type EstateDevice, type EstatePerson, estatePeople, estateTenant } from '../estate.ts'
import type { World } from '../world.ts'
import type { Administrator, Cloud, CloudSystem, CloudUser, Edge, Organization } from './cloud.ts'
import { objectId } from './object-id.ts'

/** The two organizations behind the provider, the estate's first. */
export const provider = objectId('provider')
export const estateOrganization = objectId('organization', 'estate')
export const annexOrganization = objectId('organization', 'annex')

const day = 86_400_000
const kinds = {
  windows: { os: 'Windows', osFamily: 'windows' },
  mac: { os: 'Mac OS X', osFamily: 'darwin' },
  linux: { os: 'Ubuntu', osFamily: 'linux' },
} as const

/** JumpCloud as it is when the sandbox starts. Phones are Google's here, and Chromebooks too. */
export function seedCloud(world: World, now: Date): Cloud {
  const people = estatePeople(world)
  const estate = createEstate(people, estateTenant(world)?.name ?? 'Estate', now)
  const administrators = people.filter(one => one.admin).map(administratorOf)
  const annex = createAnnex(now)
  const keeper = { id: objectId('administrator', 'annex'), email: annex.users[0]?.email ?? '', roleName: 'Manager' }
  return {
    provider,
    organizations: [estate, annex],
    administrators: [...administrators, keeper],
    self: { id: objectId('administrator', 'self'), email: 'automation@provider.example', roleName: 'Administrator' },
    quirks: new Set(),
    links: [
      ...administrators.map(({ id }) => ({ administrator: id, organization: estateOrganization })),
      { administrator: keeper.id, organization: annexOrganization },
    ],
  }
}

function administratorOf({ person }: EstatePerson): Administrator {
  return { id: objectId('administrator', person.email), email: person.email, roleName: 'Administrator' }
}

function createEstate(people: readonly EstatePerson[], name: string, now: Date): Organization {
  const users = people.map((one, index) => createUser(one, index, people, now))
  const idOf = (person: EstatePerson | undefined) => objectId('user', person?.person.email ?? '')
  const groups = [...new Map(people.flatMap(one => one.groups).map(group => [group.id, group])).values()]
  const resources = [
    { id: objectId('application', 'helpdesk'), type: 'application', name: 'Helpdesk' },
    { id: objectId('application', 'wiki'), type: 'application', name: 'Wiki & Docs' },
    { id: objectId('g_suite'), type: 'g_suite', name: 'Google Workspace' },
    { id: objectId('ldap_server'), type: 'ldap_server', name: 'JumpCloud LDAP' },
    { id: objectId('radius_server'), type: 'radius_server', name: 'Office Wi-Fi' },
    { id: objectId('system_group', 'servers'), type: 'system_group', name: 'Servers' },
  ]
  const leaver = idOf(people[2])
  const pair = [idOf(people[3]), idOf(people[4])]
  const associations: Edge[] = people.flatMap((person, index) => [
    ...person.devices.filter(isOurs).map(device => ({
      from: idOf(person),
      type: 'system',
      to: objectId('system', device.id),
      ...(device.kind === 'linux' ? { sudo: { enabled: true, withoutPassword: false } } : {}),
    })),
    ...resources
      .filter((_, at) => index === 2 || at === index % resources.length)
      .map(({ id, type }) => ({ from: idOf(person), type, to: id })),
  ])
  return {
    id: estateOrganization,
    name,
    users,
    groups: groups.map(group => ({
      id: objectId('group', group.id),
      name: group.name,
      membershipMethod: group.kind === 'dynamic' ? 'DYNAMIC_AUTOMATED' : 'STATIC',
    })),
    systems: people.flatMap(one => one.devices.filter(isOurs).map(device => createSystem(device, one, now))),
    resources,
    members: people.flatMap(one => one.groups.map(group => ({ group: objectId('group', group.id), user: idOf(one) }))),
    associations,
    jobs: [
      { id: objectId('job', 'return'), state: 'ACTIVATED', date: later(now, 3), users: [leaver] },
      { id: objectId('job', 'season'), state: 'ACTIVATED', date: later(now, 30), users: pair },
    ],
    mdm: objectId('mdm', 'estate'),
  }
}

function createUser(one: EstatePerson, index: number, people: readonly EstatePerson[], now: Date): CloudUser {
  const { person, login } = one
  const [, domain = ''] = person.email.split('@')
  const manager = people.find(other => other.person.email === one.manager)
  const isLeaver = index === 2
  return {
    _id: objectId('user', person.email),
    username: login,
    email: person.email,
    ...(isLeaver ? { alternateEmail: `hello+${login}@${domain}` } : {}),
    firstname: person.givenName,
    lastname: person.familyName,
    state: 'ACTIVATED',
    suspended: false,
    activated: true,
    password_expired: false,
    password_date: new Date(now.getTime() - 40 * day).toISOString(),
    totp_enabled: index % 2 === 0,
    webAuthn: isLeaver,
    ...(manager ? { manager: objectId('user', manager.person.email) } : {}),
    externally_managed: false,
    restrictedFields: [],
    sshKeys:
      index % 3 === 2
        ? [
            {
              _id: objectId('key', person.email),
              name: `${login} laptop`,
              public_key: `ssh-ed25519 AAAAC3Nza${objectId('public', login)} ${login}`,
              create_date: new Date(now.getTime() - 90 * day).toISOString(),
            },
          ]
        : [],
    pushEndpoints:
      index % 2 === 0
        ? [
            {
              id: objectId('push', person.email),
              name: `${person.givenName}'s phone`,
              enrollmentDate: new Date(now.getTime() - 80 * day).toISOString(),
            },
          ]
        : [],
  }
}

function createSystem(device: EstateDevice, { person }: EstatePerson, now: Date): CloudSystem {
  const { kind } = device
  return {
    _id: objectId('system', device.id),
    displayName: device.name,
    ...(kind === 'windows' || kind === 'mac' ? kinds[kind] : kinds.linux),
    serialNumber: device.serial,
    online: device.online,
    lastContact: device.online ? now.toISOString() : later(now, -9),
    encrypted: kind !== 'linux',
    keyEscrowed: kind !== 'linux',
    localAccounts: [{ user: objectId('user', person.email), enabled: true }],
    queue: [],
    locked: false,
    erased: false,
  }
}

/** A small branch, so that there is something to import. */
function createAnnex(now: Date): Organization {
  const user: CloudUser = {
    _id: objectId('user', 'annex'),
    username: 'rosa.field',
    email: 'rosa.field@annex.example',
    firstname: 'Rosa',
    lastname: 'Field',
    state: 'ACTIVATED',
    suspended: false,
    activated: true,
    password_expired: false,
    password_date: later(now, -10),
    totp_enabled: false,
    webAuthn: false,
    externally_managed: false,
    restrictedFields: [],
    sshKeys: [],
    pushEndpoints: [],
  }
  const none = { groups: [], systems: [], resources: [], members: [], associations: [], jobs: [] }
  return { id: annexOrganization, name: 'Harbour Annex', users: [user], ...none, mdm: objectId('mdm', 'annex') }
}

function isOurs({ kind }: EstateDevice): boolean {
  return kind === 'windows' || kind === 'mac' || kind === 'linux'
}

function later(now: Date, days: number): string {
  return new Date(now.getTime() + days * day).toISOString()
}
