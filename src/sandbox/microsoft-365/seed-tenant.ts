import { type EstateGroup, type EstatePerson, estateLeaverAt, estatePeople, estateTenant } from '../estate.ts'
import type { World } from '../world.ts'
import { seedMailboxes } from './exchange/mailboxes.ts'
import { guidOf } from './guid.ts'
import type { Group, ManagedDevice, Meeting, Method, TenantState, User } from './tenant-state.ts'

/** The built-in roles that the sandbox has, under Microsoft's own template ids. */
export const roles = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  directoryReaders: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
} as const

/** Microsoft's own product ids: Microsoft 365 Business Premium, Power Automate Free, Exchange Online Plan 2. */
export const skus = {
  businessPremium: 'cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46',
  powerAutomateFree: 'f30db892-07e9-47e9-837c-80727f46fd3d',
  exchangePlan2: '19ec0d23-8335-4cbd-94ac-6050e30712fa',
} as const

const long = '2025-03-03T08:00:00Z'

export function estateTenantGuid(world: World): string {
  return guidOf('tenant', estateTenant(world)?.id ?? 'none')
}

/** The tenant of the estate, as `estatePeople` describes it. */
export function seedTenant(world: World): TenantState {
  const tenant = estateTenant(world)
  const domain = tenant?.domains[0] ?? 'nobody.example'
  const people = estatePeople(world)
  const groups = seedGroups(people)
  const [first, second, leaver, , cloudLeaver] = people.map(userId)
  const owned = (name: string, owner: string | undefined) =>
    owner === undefined
      ? []
      : [{ id: guidOf('app', name), displayName: name, kind: 'application' as const, owners: [owner] }]
  const staff = guidOf('group', 'staff')
  return {
    id: estateTenantGuid(world),
    displayName: tenant?.name ?? 'Nobody',
    domain,
    users: people.map(person => seedUser(person, domain)),
    deletedUsers: [],
    groups,
    roleDefinitions: [
      { id: roles.globalAdministrator, displayName: 'Global Administrator' },
      { id: roles.userAdministrator, displayName: 'User Administrator' },
      { id: roles.directoryReaders, displayName: 'Directory Readers' },
    ],
    roleAssignments: [
      ...(first === undefined ? [] : [assigned(first, roles.globalAdministrator)]),
      ...(second === undefined ? [] : [assigned(second, roles.userAdministrator)]),
    ],
    roleEligibilities: [],
    groupEligibilities: [],
    applications: [...owned('Tool crib', leaver), ...owned('Label printer', cloudLeaver)],
    appRoleAssignments: [
      ...people.map(person => ({
        id: guidOf('app role', userId(person)),
        appRoleId: guidOf('app role', 'user'),
        principalId: userId(person),
        principalType: 'User' as const,
        resourceId: guidOf('service', 'Time sheets'),
        resourceDisplayName: 'Time sheets',
      })),
      {
        id: guidOf('app role', 'staff'),
        appRoleId: guidOf('app role', 'reader'),
        principalId: staff,
        principalType: 'Group',
        resourceId: guidOf('service', 'Intranet'),
        resourceDisplayName: 'Intranet',
      },
    ],
    permissionGrants: people.map(person => ({
      id: guidOf('grant', userId(person)),
      clientId: guidOf('service', 'Mail merge'),
      consentType: 'Principal',
      principalId: userId(person),
      resourceId: guidOf('service', 'Microsoft Graph'),
      scope: 'Mail.Read offline_access',
    })),
    managedDevices: people.flatMap(seedDevices),
    devices: people.flatMap(person =>
      seedDevices(person).map(device => ({
        id: guidOf('device object', device.id),
        deviceId: device.azureADDeviceId,
        displayName: device.deviceName,
        accountEnabled: true,
        operatingSystem: device.operatingSystem,
        onPremisesSyncEnabled: null,
        registeredTo: device.userId,
      })),
    ),
    mailboxes: seedMailboxes(people, estateLeaverAt),
    mailContacts: [],
    organizationHolds: [],
    meetings: people.slice(6, 7).map(one => shiftMeeting(userId(one), people[1]?.person.email)),
    calendarShares: [],
    recoveryKeys: people.flatMap(seedDevices).map(device => ({
      id: guidOf('recovery key', device.id),
      deviceId: device.azureADDeviceId,
      createdDateTime: '2025-04-02T09:45:00Z',
    })),
    autopilot: people.flatMap(one =>
      seedDevices(one).map(device => ({
        id: guidOf('autopilot', device.id),
        serialNumber: device.serialNumber,
        managedDeviceId: device.id,
        azureActiveDirectoryDeviceId: device.azureADDeviceId,
        userPrincipalName: one.person.email,
      })),
    ),
    managers: Object.fromEntries(
      people.flatMap(one => {
        const manager = people.find(({ person }) => person.email === one.manager)
        return manager ? [[userId(one), userId(manager)]] : []
      }),
    ),
    drives: people.map(one => ({
      id: `b!${guidOf('drive', one.person.id)}`,
      owner: userId(one),
      webUrl: `https://${domain.split('.')[0]}-my.sharepoint.example/personal/${one.login.replace(/[^a-z0-9]/gi, '_')}/Documents`,
      permissions: [],
    })),
    numbers: people.slice(2, 3).map(one => ({
      id: guidOf('number', one.person.id),
      telephoneNumber: '+15550100142',
      numberType: 'callingPlan' as const,
      holder: userId(one),
    })),
  }
}

/** Every Monday. */
function shiftMeeting(organizer: string, attendee = 'nobody@nobody.example'): Meeting {
  const start = '2026-11-23T08:30:00.000Z'
  const id = guidOf('meeting', organizer, 'shift')
  return { id, organizer, subject: 'Shift hand-over', start, every: 7, attendees: [attendee] }
}

function userId({ person }: EstatePerson): string {
  return guidOf('user', person.id)
}

export function assigned(principalId: string, roleDefinitionId: string) {
  return {
    id: guidOf('assignment', principalId, roleDefinitionId),
    principalId,
    roleDefinitionId,
    directoryScopeId: '/',
  }
}

function seedUser(estate: EstatePerson, domain: string): User {
  const { person, login, synced, groups } = estate
  const byGroup = groups.some(({ kind }) => kind === 'licensing')
  const premium = byGroup ? guidOf('group', 'licences-e3') : null
  return {
    ...newUser(person.id, person.givenName, person.familyName, person.email),
    proxyAddresses: [`SMTP:${person.email}`, `smtp:${login}@${domain.split('.')[0]}.onmicrosoft.example`],
    onPremisesSyncEnabled: synced ? true : null,
    onPremisesImmutableId: synced ? Buffer.from(guidOf('immutable', person.id)).toString('base64').slice(0, 24) : null,
    licenseAssignmentStates: [
      { skuId: skus.businessPremium, assignedByGroup: premium, disabledPlans: [], state: 'Active' },
      { skuId: skus.powerAutomateFree, assignedByGroup: null, disabledPlans: [], state: 'Active' },
    ],
  }
}

export function newUser(key: string, givenName: string, surname: string, email: string): User {
  const methods = seedMethods(key)
  return {
    id: guidOf('user', key),
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    userPrincipalName: email,
    mail: email,
    proxyAddresses: [`SMTP:${email}`],
    accountEnabled: true,
    userType: 'Member',
    onPremisesSyncEnabled: null,
    onPremisesImmutableId: null,
    lastPasswordChangeDateTime: long,
    signInSessionsValidFromDateTime: long,
    licenseAssignmentStates: [],
    automaticReply: { status: 'disabled', internalReplyMessage: '', externalReplyMessage: '' },
    methods,
    defaultMethod: methods[1]?.id ?? null,
  }
}

/** The phone, which is listed before the authenticator, is the one that the sign-in asks for first. */
function seedMethods(key: string): Method[] {
  return [
    { id: '28c10230-6103-485e-b985-444c60001490', type: 'password', displayName: '' },
    { id: '3179e48a-750b-4051-897c-87b9720928f7', type: 'phone', displayName: '' },
    { id: guidOf('authenticator', key), type: 'microsoftAuthenticator', displayName: 'Phone' },
  ]
}

function seedGroups(people: readonly EstatePerson[]): Group[] {
  const all = new Map(people.flatMap(({ groups }) => groups.map(group => [group.id, group] as const)))
  const [first, , leaver] = people.map(userId)
  return [...all.values()].map(group => ({
    id: guidOf('group', group.id),
    displayName: group.name,
    ...shapeOf(group),
    // The workshop's computers are in the domain: its group comes from Active Directory.
    onPremisesSyncEnabled: group.id === 'workshop' ? true : null,
    isAssignableToRole: null,
    visibility: null,
    assignedLicenses: group.kind === 'licensing' ? [{ skuId: skus.businessPremium, disabledPlans: [] }] : [],
    members: people.filter(({ groups }) => groups.some(({ id }) => id === group.id)).map(userId),
    owners: ownersOf(group.id, first, leaver),
  }))
}

function ownersOf(group: string, first: string | undefined, leaver: string | undefined): string[] {
  const owners = group === 'staff' ? [first, leaver] : group === 'vpn-users' ? [leaver] : []
  return owners.filter(one => one !== undefined)
}

function shapeOf({ id, kind }: EstateGroup) {
  const plain = { groupTypes: [] as string[], mailEnabled: false, securityEnabled: true, membershipRule: null }
  if (kind === 'dynamic') {
    return { ...plain, groupTypes: ['DynamicMembership'], membershipRule: 'user.accountEnabled -eq true' }
  }
  if (kind === 'mail') return { ...plain, mailEnabled: true, securityEnabled: false }
  // A team: it has mail, too, and can be left all the same.
  return id === 'staff' ? { ...plain, groupTypes: ['Unified'], mailEnabled: true, securityEnabled: false } : plain
}

/** Everybody has a Surface that is online; the fifth person also a tablet that has been in a drawer for weeks. */
function seedDevices(estate: EstatePerson): ManagedDevice[] {
  const { person, login, devices } = estate
  const names = [{ name: `${login} Surface`, online: true }]
  if (devices[0]?.id.startsWith('d-04') === true) names.push({ name: `${login} Tablet`, online: false })
  return names.map(({ name, online }) => ({
    id: guidOf('managed device', name),
    deviceName: name,
    userId: guidOf('user', person.id),
    operatingSystem: 'Windows',
    managedDeviceOwnerType: 'company',
    managementState: 'managed',
    enrolledDateTime: '2025-04-02T09:30:00Z',
    lastSyncDateTime: online ? '2026-11-21T19:00:00Z' : '2026-10-30T07:12:00Z',
    azureADDeviceId: guidOf('entra device', name),
    serialNumber: guidOf('serial', name).slice(0, 8).toUpperCase(),
    deviceActionResults: [],
    online,
  }))
}
