import { z } from 'zod'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'

/**
 * What somebody still has, by the simulators' own state and not by what their interfaces answer: sentences by goal. A
 * goal that has none holds in truth. `was`: the state before, for what only shows as a change (a password, a sign-out).
 */
export type Truth = Partial<Record<AccountGoalKind, string[]>>

type Judge = (state: unknown, was: unknown, email: string) => Truth

/** @throws Error when the state does not know the person: a judge who finds nobody proves nothing */
export function stillOpen(system: string, state: unknown, was: unknown, email: string): Truth {
  const judge = judges[system]
  if (judge === undefined) throw new Error(`nobody can judge ${system}`)
  return judge(state, was, email)
}

/** Goals that no state shows, and why. */
export const untold: Partial<Record<string, Partial<Record<AccountGoalKind, string>>>> = {
  'microsoft-365': {
    'data-handed-over': 'Owners of what nobody else owns: its tests look at the state themselves.',
    'successor-let-in': 'Permissions of a successor: its tests look at the state themselves.',
    'licences-freed': 'What a mailbox still needs is a judgement: its tests look at the state themselves.',
  },
}

const text = z.string()
const texts = z.array(text)
const seenPeople = z.object({
  people: z.record(
    text,
    z.array(
      z.object({
        id: text,
        login: text,
        email: text,
        aliases: texts,
        active: z.boolean(),
        deleted: z.boolean(),
        roles: texts,
        groups: texts,
      }),
    ),
  ),
})

/** Of the systems that share the sandbox's directory. A role is a matter of its own where the service gives it out. */
const byDirectory: Judge = (state, _, email) => {
  const person = only(Object.values(seenPeople.parse(state).people).flat(), one =>
    [one.email, one.login, ...one.aliases].includes(email),
  )
  return {
    'sign-in-blocked': open(person.active, 'active'),
    'groups-left': person.groups,
    'admin-roles-dropped': person.roles.filter(role => /admin|owner/.test(role)),
    deleted: open(!person.deleted, 'there'),
  }
}

/** What others lost meanwhile, in the systems that share the sandbox's directory: sentences. */
export function harmToOthers(state: unknown, was: unknown, email: string): string[] {
  const [now, before] = [state, was].map(one => seenPeople.safeParse(one).data?.people ?? {})
  return Object.entries(before ?? {}).flatMap(([tenant, people]) =>
    people.flatMap(person => {
      const after = now?.[tenant]?.find(({ id }) => id === person.id)
      if ([person.email, ...person.aliases].includes(email) || after === undefined) return []
      const lost = person.groups.filter(group => !after.groups.includes(group))
      return [...lost, ...open(after.active !== person.active, 'to be active')].map(
        one => `${person.email} lost ${one}`,
      )
    }),
  )
}

const directoryState = z.object({
  entries: z.array(z.object({ dn: text, attributes: z.record(text, texts) })),
})

const activeDirectory: Judge = (state, was, email) => {
  const find = (from: unknown) =>
    directoryState.parse(from).entries.find(({ attributes }) => attributes.userPrincipalName?.[0] === email)
  const [user, before] = [find(state), find(was)]
  if (before === undefined) throw new Error(`nobody is ${email}`)
  if (user === undefined) return {}
  const { entries } = directoryState.parse(state)
  return {
    'sign-in-blocked': open((Number(user.attributes.userAccountControl?.[0]) & 2) === 0, 'enabled'),
    'credentials-revoked': open(
      user.attributes.pwdLastSet?.[0] === before.attributes.pwdLastSet?.[0],
      'the old password',
    ),
    'groups-left': entries.filter(({ attributes }) => attributes.member?.includes(user.dn)).map(({ dn }) => dn),
    'access-freed': open(!user.dn.includes('OU=Leavers'), user.dn),
    deleted: [user.dn],
  }
}

const cloudState = z.object({
  organizations: z.array(
    z.object({
      id: text,
      users: z.array(
        z.object({
          _id: text,
          email: text,
          state: text,
          suspended: z.boolean(),
          sshKeys: z.array(z.unknown()),
          pushEndpoints: z.array(z.unknown()),
        }),
      ),
      groups: z.array(z.object({ id: text, membershipMethod: text })),
      members: z.array(z.object({ group: text, user: text })),
      associations: z.array(z.object({ from: text, type: text })),
      systems: z.array(
        z.object({ displayName: text, localAccounts: z.array(z.object({ user: text, enabled: z.boolean() })) }),
      ),
    }),
  ),
  administrators: z.array(z.object({ id: text, email: text })),
  links: z.array(z.object({ administrator: text, organization: text })),
})

const jumpcloud: Judge = (state, was, email) => {
  const before = only(
    cloudState.parse(was).organizations.flatMap(({ users }) => users),
    one => one.email === email,
  )
  const { organizations, administrators, links } = cloudState.parse(state)
  const place = organizations.find(({ users }) => users.some(one => one._id === before._id))
  const user = place?.users.find(one => one._id === before._id)
  if (place === undefined || user === undefined) return {}
  const mine = (id: string) => id === user._id
  const bound = place.associations.filter(one => mine(one.from))
  const dynamic = place.groups.filter(one => one.membershipMethod.startsWith('DYNAMIC')).map(({ id }) => id)
  return {
    // The account of an administrator stays with the provider; what counts is that it leads to this organization no more.
    'admin-roles-dropped': administrators
      .filter(({ id }) => links.some(one => one.administrator === id && one.organization === place.id))
      .filter(one => one.email === email)
      .map(() => 'an administrator'),
    'sign-in-blocked': open(!user.suspended || user.state !== 'SUSPENDED', user.state),
    'sessions-ended': open(!user.suspended, 'sessions'),
    'credentials-revoked': [...user.sshKeys, ...user.pushEndpoints].map(one => JSON.stringify(one)),
    'groups-left': place.members
      .filter(one => mine(one.user) && !dynamic.includes(one.group))
      .map(({ group }) => group),
    'access-freed': bound.filter(({ type }) => type !== 'system').map(one => JSON.stringify(one)),
    'devices-released': [
      ...bound.filter(({ type }) => type === 'system').map(one => JSON.stringify(one)),
      ...place.systems
        .filter(({ localAccounts }) => localAccounts.some(one => mine(one.user) && one.enabled))
        .map(({ displayName }) => displayName),
    ],
    deleted: [user._id],
  }
}

const googleState = z.object({
  users: z.array(
    z.object({
      id: text,
      primaryEmail: text,
      suspended: z.boolean(),
      isAdmin: z.boolean(),
      recoveryEmail: text.nullish(),
      recoveryPhone: text.nullish(),
      passwordChanges: z.number(),
      signOuts: z.number(),
      deletedAt: text.nullable(),
      asps: z.array(z.unknown()),
      tokens: z.array(z.unknown()),
      licences: texts,
      codes: z.number(),
    }),
  ),
  groups: z.array(
    z.object({
      name: text,
      dynamic: z.boolean(),
      wholeCustomer: z.boolean(),
      members: z.array(z.object({ id: text, leftAt: z.unknown() })),
    }),
  ),
  assignments: z.array(z.object({ assignedTo: text })),
  phones: z.array(z.object({ email: text, model: text, status: text })),
  chromebooks: z.array(z.object({ annotatedUser: text, serialNumber: text, status: text })),
  transfers: z.array(z.object({ oldOwnerUserId: text, failed: z.boolean() })),
})

const googleWorkspace: Judge = (state, was, email) => {
  const { users, groups, assignments, phones, chromebooks, transfers } = googleState.parse(state)
  const user = only(users, one => one.primaryEmail === email)
  const before = only(googleState.parse(was).users, one => one.primaryEmail === email)
  const recovery = [user.recoveryEmail, user.recoveryPhone].filter(one => one)
  const devices = [
    ...phones.filter(one => one.email === email && one.status === 'APPROVED').map(({ model }) => model),
    ...chromebooks
      .filter(one => one.annotatedUser === email && one.status === 'ACTIVE')
      .map(({ serialNumber }) => serialNumber),
  ]
  // Whoever is deleted takes all else along but the devices.
  if (user.deletedAt !== null) return { 'devices-released': devices }
  return {
    'admin-roles-dropped': [
      ...open(user.isAdmin, 'a super administrator'),
      ...assignments.filter(one => one.assignedTo === user.id).map(() => 'a role'),
    ],
    // Whoever was suspended before has a password that nobody can use.
    'sign-in-blocked': [
      ...open(!user.suspended, 'not suspended'),
      ...open(!before.suspended && user.passwordChanges === 0, 'the old password'),
    ],
    'sessions-ended': open(user.signOuts === 0, 'never signed out'),
    'credentials-revoked': [
      ...[...user.asps, ...user.tokens].map(one => JSON.stringify(one)),
      ...open(user.codes > 0, 'backup codes'),
      ...open(recovery.length > 0, 'recovery data'),
    ],
    'groups-left': groups
      .filter(one => !one.wholeCustomer && !one.dynamic && one.members.some(m => m.id === user.id && m.leftAt === null))
      .map(({ name }) => name),
    'access-freed': user.licences,
    'data-handed-over': open(!transfers.some(one => one.oldOwnerUserId === user.id && !one.failed), 'all files'),
    'devices-released': devices,
    deleted: [user.id],
  }
}

const graphState = z.object({
  users: z.array(
    z.object({
      id: text,
      userPrincipalName: text,
      accountEnabled: z.boolean(),
      onPremisesSyncEnabled: z.boolean().nullable(),
      signInSessionsValidFromDateTime: text,
      methods: z.array(z.object({ type: text })),
      licenseAssignmentStates: z.array(z.unknown()),
    }),
  ),
  groups: z.array(
    z.object({
      id: text,
      displayName: text,
      groupTypes: texts,
      mailEnabled: z.boolean(),
      onPremisesSyncEnabled: z.boolean().nullable(),
      assignedLicenses: z.array(z.unknown()),
      members: texts,
    }),
  ),
  roleAssignments: z.array(z.object({ principalId: text })),
  appRoleAssignments: z.array(z.object({ principalId: text })),
  permissionGrants: z.array(z.object({ principalId: text.nullable() })),
  managedDevices: z.array(z.object({ userId: text, deviceName: text, managementState: text })),
  devices: z.array(z.object({ registeredTo: text, displayName: text, accountEnabled: z.boolean() })),
  mailboxes: z.array(
    z.object({
      user: text,
      type: text,
      forwardingSmtpAddress: text.nullable(),
      fullAccess: texts,
      sendAs: texts,
      onBehalf: texts,
      rules: z.array(z.object({ isEnabled: z.boolean() })),
    }),
  ),
  meetings: z.array(z.object({ organizer: text, subject: text, attendees: texts })),
  calendarShares: z.array(z.object({ owner: text, with: text })),
})

const microsoft365: Judge = (state, was, email) => {
  const before = only(graphState.parse(was).users, one => one.userPrincipalName === email)
  const now = graphState.parse(state)
  const { id } = before
  // To the successor, inside of the organization, it may be sent on.
  const isOutside = (to: string | null) => to !== null && to.split('@')[1] !== email.split('@')[1]
  const devices = [
    ...now.managedDevices.filter(one => one.userId === id).map(one => `${one.deviceName} (${one.managementState})`),
    ...now.devices.filter(one => one.registeredTo === id && one.accountEnabled).map(one => one.displayName),
  ]
  const user = now.users.find(one => one.id === id)
  if (user === undefined) return { 'devices-released': devices }
  const isMine = (one: { principalId: string | null }) => one.principalId === id
  const ways = [id, ...now.groups.filter(({ members }) => members.includes(id)).map(group => group.id)]
  return {
    'admin-roles-dropped': now.roleAssignments.filter(one => ways.includes(one.principalId)).map(() => 'a role'),
    // Of a synced account Active Directory says it: here it is worked out when somebody asks.
    'sign-in-blocked': open(user.accountEnabled && user.onPremisesSyncEnabled !== true, 'enabled'),
    'sessions-ended': open(
      user.signInSessionsValidFromDateTime === before.signInSessionsValidFromDateTime,
      'the sessions of before',
    ),
    'credentials-revoked': user.methods.filter(({ type }) => type !== 'password').map(({ type }) => type),
    'groups-left': now.groups
      .filter(
        one =>
          one.members.includes(id) &&
          !one.groupTypes.includes('DynamicMembership') &&
          one.onPremisesSyncEnabled !== true &&
          one.assignedLicenses.length === 0 &&
          (!one.mailEnabled || one.groupTypes.includes('Unified')),
      )
      .map(({ displayName }) => displayName),
    'others-mailboxes-left': [
      ...now.mailboxes
        .filter(one => [...one.fullAccess, ...one.sendAs].includes(email) || one.onBehalf.includes(id))
        .map(one => `the mailbox of ${one.user}`),
      ...now.calendarShares.filter(one => one.with === email).map(one => `the calendar of ${one.owner}`),
    ],
    'meetings-cancelled': now.meetings
      .filter(one => one.organizer === id && one.attendees.length > 0)
      .map(({ subject }) => subject),
    // A mailbox of a person is lost with the last licence.
    'licences-freed': open(
      user.licenseAssignmentStates.length === 0 &&
        now.mailboxes.some(one => one.user === id && one.type === 'UserMailbox'),
      'a mailbox without a licence',
    ),
    'mailbox-shared': now.mailboxes
      .filter(({ user, type }) => user === id && type === 'UserMailbox')
      .map(({ type }) => type),
    'mail-kept-in': now.mailboxes
      .filter(
        one => one.user === id && (isOutside(one.forwardingSmtpAddress) || one.rules.some(rule => rule.isEnabled)),
      )
      .map(() => 'mail that goes out'),
    'access-freed': [...now.appRoleAssignments, ...now.permissionGrants].filter(isMine).map(one => JSON.stringify(one)),
    'devices-released': devices,
    deleted: [id],
  }
}

const status = z.object({ status: text })
const awsState = z.object({
  accounts: z.array(
    z.object({
      users: z.array(
        z.object({
          name: text,
          tags: z.array(z.object({ Value: text })),
          password: z.boolean(),
          accessKeys: z.array(status),
          sshKeys: z.array(status),
          certificates: z.array(status),
          serviceCredentials: z.array(status),
          groups: texts,
          attached: texts,
          inline: z.record(text, text),
        }),
      ),
    }),
  ),
  center: z.object({
    users: z.array(z.object({ id: text, userName: text })),
    memberships: z.array(z.object({ user: text, group: text })),
    assignments: z.array(z.object({ type: text, principal: text, account: text })),
  }),
})

const denies = /"Effect":"Deny"/

const aws: Judge = (state, _, email) => {
  const { accounts, center } = awsState.parse(state)
  // k1ctl looks in the account that its credentials are of.
  const iam = accounts[0]?.users.find(({ tags }) => tags.some(({ Value }) => Value === email))
  const person = center.users.find(({ userName }) => userName === email)
  const theirs = person ? center.memberships.filter(({ user }) => user === person.id) : []
  const principals = [person?.id, ...theirs.map(({ group }) => group)]
  const active = (list: readonly z.infer<typeof status>[]) => list.filter(one => one.status === 'Active').length
  const isDenied = iam === undefined || Object.values(iam.inline).some(policy => denies.test(policy))
  return {
    'sign-in-blocked': [
      ...open(iam?.password === true, 'a console password'),
      ...open(active(iam?.accessKeys ?? []) > 0, 'an active key'),
      ...open(!isDenied, 'no denial'),
      ...center.assignments.filter(({ principal }) => principals.includes(principal)).map(one => JSON.stringify(one)),
    ],
    'sessions-ended': open(!isDenied, 'no denial'),
    'credentials-revoked': open(
      active([...(iam?.sshKeys ?? []), ...(iam?.certificates ?? []), ...(iam?.serviceCredentials ?? [])]) > 0,
      'an active key',
    ),
    'groups-left': [...(iam?.groups ?? []), ...theirs.map(({ group }) => group)],
    'access-freed': [
      ...(iam?.attached ?? []),
      ...Object.values(iam?.inline ?? {}).filter(policy => !denies.test(policy)),
    ],
    deleted: [...(iam ? [iam.name] : []), ...(person ? [person.userName] : [])],
  }
}

const badgeState = z.object({
  holders: z.array(
    z.object({
      email: text,
      active: z.boolean(),
      guard: z.boolean(),
      sessions: z.number(),
      alarmCode: z.boolean(),
      doors: texts,
      locker: text.nullable(),
      items: z.array(z.object({ name: text })),
    }),
  ),
})

const webhook: Judge = (state, was, email) => {
  only(badgeState.parse(was).holders, one => one.email === email)
  const holder = badgeState.parse(state).holders.find(one => one.email === email)
  if (holder === undefined) return {}
  return {
    'admin-roles-dropped': open(holder.guard, 'a guard'),
    'sign-in-blocked': open(holder.active, 'a badge that opens doors'),
    'sessions-ended': open(holder.sessions > 0, 'consoles'),
    'credentials-revoked': open(holder.alarmCode, 'an alarm code'),
    'groups-left': holder.doors,
    'access-freed': holder.locker === null ? [] : [holder.locker],
    'devices-released': holder.items.map(({ name }) => name),
    deleted: [holder.email],
  }
}

const judges: Record<string, Judge> = {
  kaseyaone: byDirectory,
  graphus: byDirectory,
  'datto-partner-portal': byDirectory,
  bms: byDirectory,
  scim: byDirectory,
  'active-directory': activeDirectory,
  jumpcloud,
  'google-workspace': googleWorkspace,
  'microsoft-365': microsoft365,
  aws,
  webhook,
}

function open(is: boolean, what: string): string[] {
  return is ? [what] : []
}

function only<T>(list: readonly T[], isWanted: (one: T) => boolean): T {
  const [found, ...others] = list.filter(isWanted)
  if (found === undefined || others.length > 0)
    throw new Error(`The judge finds ${others.length + (found === undefined ? 0 : 1)} persons, not one.`)
  return found
}
