import { createHash } from 'node:crypto'
import { type EstatePerson, estatePeople, estateTenant } from '../estate.ts'
import type { World } from '../world.ts'
import { allOff } from './quirks.ts'
import {
  type ChromebookState,
  type GoogleGroupState,
  type GoogleState,
  type GoogleUserState,
  type PhoneState,
  superAdminRoleId,
} from './state.ts'

/** Whom the service account stands for: the first person of the estate, its administrator for emergencies. */
export function sandboxAdmin(world: World): string {
  return estatePeople(world)[0]?.person.email ?? 'admin@sandbox.example'
}

const helpDeskRoleId = '13801188331880452'
const groupsRoleId = '13801188331880453'

/** As it was at the start; the same every time. */
export function seedState(world: World): GoogleState {
  const people = estatePeople(world)
  const domain = estateTenant(world)?.domains[0] ?? 'sandbox.example'
  const users = people.map((one, index) => userOf(one, index, domain))
  const ids = new Map(users.map(user => [user.primaryEmail, user.id]))
  const idOf = (one: EstatePerson) => ids.get(one.person.email) ?? ''
  const admins = people.filter(one => one.admin)
  const second = admins[1]
  return {
    customerId: 'C03sandbx',
    domain,
    users: new Map(users.map(user => [user.id, user])),
    groups: new Map(groupsOf(people, domain, idOf).map(group => [group.id, group])),
    roles: [
      { roleId: superAdminRoleId, roleName: '_SEED_ADMIN_ROLE', isSuperAdminRole: true, isSystemRole: true },
      { roleId: helpDeskRoleId, roleName: '_HELP_DESK_ADMIN_ROLE', isSuperAdminRole: false, isSystemRole: true },
      { roleId: groupsRoleId, roleName: 'Group keepers', isSuperAdminRole: false, isSystemRole: false },
    ],
    assignments: [
      ...admins.map((one, index) => ({
        roleAssignmentId: String(7001 + index),
        roleId: superAdminRoleId,
        assignedTo: idOf(one),
        assigneeType: 'user' as const,
        scopeType: 'CUSTOMER' as const,
      })),
      ...(second
        ? [
            {
              roleAssignmentId: '7011',
              roleId: helpDeskRoleId,
              assignedTo: idOf(second),
              assigneeType: 'user' as const,
              scopeType: 'ORG_UNIT' as const,
              orgUnitId: '03ph8a2z1',
            },
          ]
        : []),
    ],
    orgUnits: ['/', '/Staff', '/Former employees'],
    phones: people.flatMap(one => phonesOf(one)),
    chromebooks: people.flatMap(one => chromebooksOf(one)),
    transfers: [],
    tokens: new Map(),
    quirks: {
      groupLagMs: 0,
      pageSize: 500,
      deviceMs: 2000,
      transferMs: 5000,
      ...allOff(),
      withoutScopes: [],
      tokenLacks: [],
    },
    requests: 0,
    changes: 0,
    before: [],
    count: 0,
  }
}

/** 21 digits, as Google's are. */
function longId(text: string): string {
  const hash = BigInt(`0x${createHash('sha256').update(`sandbox Google ${text}`).digest('hex').slice(0, 20)}`)
  return `1${String(hash % 10n ** 20n).padStart(20, '0')}`
}

function opaque(text: string): string {
  return createHash('sha256').update(`sandbox Google ${text}`).digest('base64url')
}

function userOf({ person, login, admin }: EstatePerson, index: number, domain: string): GoogleUserState {
  const local = person.email.split('@')[0] ?? login
  // A third of the people have all that a leaver can leave behind.
  const rich = index % 3 === 2 || admin
  return {
    id: longId(person.id),
    primaryEmail: person.email,
    aliases: rich ? [`alias.${local}@${domain}`] : [],
    givenName: person.givenName,
    familyName: person.familyName,
    suspended: false,
    archived: false,
    isAdmin: admin,
    orgUnitPath: '/Staff',
    includeInGlobalAddressList: true,
    recoveryEmail: rich ? `${login}@private.example` : '',
    recoveryPhone: rich ? `+1617555${String(100 + index).padStart(4, '0')}` : '',
    lastLoginTime: '2026-11-20T08:00:00.000Z',
    passwordChanges: 0,
    signOuts: 0,
    deletedAt: null,
    codes: rich ? [1, 2, 3].map(nth => longId(`${person.id} code ${nth}`).slice(1, 9)) : [],
    asps: rich ? [{ codeId: index + 1, name: 'Mail on the old phone' }] : [],
    tokens: rich
      ? [
          { clientId: `${1000 + index}.apps.googleusercontent.com`, displayText: 'Team calendar', scopes: ['openid'] },
          { clientId: `${2000 + index}.apps.googleusercontent.com`, displayText: 'Scanner', scopes: ['openid'] },
        ]
      : [],
    licences: ['Google-Apps/1010020028'],
  }
}

function groupsOf(
  people: readonly EstatePerson[],
  domain: string,
  idOf: (one: EstatePerson) => string,
): GoogleGroupState[] {
  const groups = new Map<string, GoogleGroupState>()
  for (const one of people) {
    for (const { id, name, kind } of one.groups) {
      const group = groups.get(id) ?? {
        id: longId(`group ${id}`).slice(0, 15),
        email: `${id}@${domain}`,
        name,
        dynamic: false,
        wholeCustomer: kind === 'dynamic',
        members: new Map(),
      }
      groups.set(id, group)
      const role = one.admin ? 'OWNER' : id === 'workshop' ? 'MANAGER' : 'MEMBER'
      if (!group.wholeCustomer) group.members.set(idOf(one), { role, leftAt: null })
    }
  }
  return [...groups.values()]
}

function phonesOf({ person, devices }: EstatePerson): PhoneState[] {
  return devices
    .filter(({ kind }) => kind === 'iphone' || kind === 'android')
    .map(({ id, kind, serial, online }) => ({
      resourceId: opaque(`phone ${id}`),
      email: person.email,
      name: `${person.givenName} ${person.familyName}`,
      model: kind === 'iphone' ? 'iPhone 16' : 'Pixel 9',
      os: kind === 'iphone' ? 'iOS 19.1' : 'Android 16',
      type: kind === 'iphone' ? 'IOS_SYNC' : 'ANDROID',
      serialNumber: serial,
      status: 'APPROVED',
      lastSync: '2026-11-21T06:30:00.000Z',
      online,
      dueAt: null,
    }))
}

function chromebooksOf({ person, devices }: EstatePerson): ChromebookState[] {
  return devices
    .filter(({ kind }) => kind === 'chromebook')
    .map(({ id, serial, online }) => ({
      deviceId: opaque(`chromebook ${id}`).slice(0, 36),
      serialNumber: serial,
      annotatedUser: person.email,
      status: 'ACTIVE',
      lastSync: '2026-11-21T07:00:00.000Z',
      online,
      commands: [],
    }))
}
