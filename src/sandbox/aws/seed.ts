import { createHash } from 'node:crypto'
import { type EstatePerson, estatePeople } from '../estate.ts'
import type { World } from '../world.ts'
import {
  type Assignment,
  type AwsState,
  type CenterUser,
  type IamAccount,
  type IamUser,
  managementAccount,
  memberAccount,
  memberExternalId,
  policyArn,
} from './state.ts'

/** The access key that the sandbox's connections have; the same in every sandbox. */
export const operatorKey = {
  id: 'AKIASANDBOXK1CTL0001',
  secret: digest('the access key of k1ctl').toString('base64').slice(0, 40),
}

const instance = 'ssoins-72230a1b2c3d4e5f'
const instanceArn = `arn:aws:sso:::instance/${instance}`
const storeId = 'd-9967aa1b2c'

const readOnly = `arn:aws:sso:::permissionSet/${instance}/ps-1111111111111111`
const powerUser = `arn:aws:sso:::permissionSet/${instance}/ps-2222222222222222`
const administrator = `arn:aws:sso:::permissionSet/${instance}/ps-3333333333333333`

/** Everybody is in Identity Center; administrators, the leaver and every fifth are IAM users, too. */
export function seedState(world: World): AwsState {
  const people = estatePeople(world)
  // One came from another directory.
  const users = people.map((one, index) => ({ ...centerUser(one), ...(index === 4 ? { externalId: one.login } : {}) }))
  const groups = [...new Map(people.flatMap(one => one.groups.map(group => [group.id, group]))).values()]
    .filter(({ kind }) => kind === 'ordinary' || kind === 'dynamic')
    .map(({ id, name }) => ({ id: uuid(`group ${id}`), name }))
  const memberships = people.flatMap(one =>
    one.groups.flatMap(group => {
      const inCenter = groups.find(({ id }) => id === uuid(`group ${group.id}`))
      const user = uuid(`user ${one.person.id}`)
      return inCenter ? [{ id: uuid(`${inCenter.id} ${user}`), group: inCenter.id, user }] : []
    }),
  )
  return {
    accounts: [managementOf(people), memberOf(people)],
    center: {
      region: 'eu-central-1',
      instanceArn,
      storeId,
      owner: managementAccount,
      users,
      groups,
      memberships,
      permissionSets: [
        { arn: readOnly, name: 'ReadOnly', session: 'PT8H' },
        { arn: powerUser, name: 'PowerUser', session: 'PT4H' },
        { arn: administrator, name: 'AdministratorAccess', session: 'PT1H' },
      ],
      assignments: assignmentsOf(people),
      requests: [],
      applications: people.slice(leaverAt, leaverAt + 1).map(one => ({
        arn: `arn:aws:sso::${managementAccount}:application/${instance}/apl-4444444444444444`,
        principal: uuid(`user ${one.person.id}`),
      })),
    },
  }
}

function assignmentsOf(people: readonly EstatePerson[]): Assignment[] {
  const toUser = (one: EstatePerson, account: string, permissionSet: string): Assignment => ({
    account,
    permissionSet,
    type: 'USER',
    principal: uuid(`user ${one.person.id}`),
  })
  const staff = uuid('group staff')
  return [
    { account: memberAccount, permissionSet: readOnly, type: 'GROUP', principal: staff },
    ...people.filter(({ admin }) => admin).map(one => toUser(one, managementAccount, administrator)),
    ...people
      .slice(leaverAt, leaverAt + 1)
      .flatMap(one => [toUser(one, managementAccount, powerUser), toUser(one, memberAccount, powerUser)]),
  ]
}

const leaverAt = 2

function managementOf(people: readonly EstatePerson[]): IamAccount {
  const isUser = (one: EstatePerson, index: number) => one.admin || index % 5 === leaverAt
  const users = people.filter(isUser).map(one => {
    const leaves = one === people[leaverAt]
    return leaves ? leaver(one, managementAccount) : plainUser(one, managementAccount)
  })
  const operator = user('k1ctl', managementAccount)
  operator.accessKeys = [{ id: operatorKey.id, secret: operatorKey.secret, status: 'Active' }]
  operator.attached = [policyArn('AdministratorAccess')]
  return {
    id: managementAccount,
    users: [...users, operator],
    groups: [
      { name: 'Developers', attached: [policyArn('PowerUserAccess')] },
      { name: 'Billing', attached: [policyArn('job-function/Billing')] },
    ],
    virtualMfaDevices: users.flatMap(({ mfaDevices }) => mfaDevices.filter(one => one.includes(':mfa/'))),
    roles: [{ name: 'k1ctl', path: '/' }],
  }
}

function memberOf(people: readonly EstatePerson[]): IamAccount {
  const users = people.slice(leaverAt, leaverAt + 2).map(one => plainUser(one, memberAccount))
  return {
    id: memberAccount,
    users,
    groups: [],
    virtualMfaDevices: [],
    roles: [{ name: 'k1ctl', path: '/msp/', externalId: memberExternalId }],
  }
}

function user(name: string, account: string): IamUser {
  return {
    id: idOf('AIDA', `${account} ${name}`),
    name,
    tags: [],
    password: false,
    accessKeys: [],
    mfaDevices: [],
    sshKeys: [],
    certificates: [],
    serviceCredentials: [],
    groups: [],
    attached: [],
    inline: {},
  }
}

function plainUser({ login, person, admin }: EstatePerson, account: string): IamUser {
  return {
    ...user(login, account),
    tags: [{ Key: 'email', Value: person.email }],
    password: true,
    passwordUsed: '2026-11-02T08:15:00Z',
    accessKeys: [accessKey(`${account} ${login} 1`)],
    attached: admin ? [policyArn('AdministratorAccess')] : [policyArn('ReadOnlyAccess')],
  }
}

/** One with everything that can hang on an IAM user. */
function leaver(one: EstatePerson, account: string): IamUser {
  const { login } = one
  return {
    ...plainUser(one, account),
    tags: [
      { Key: 'email', Value: one.person.email },
      { Key: 'ManagedBy', Value: 'terraform' },
    ],
    accessKeys: [accessKey(`${account} ${login} 1`), accessKey(`${account} ${login} 2`)],
    mfaDevices: [`arn:aws:iam::${account}:mfa/${login}-phone`, 'GAHT12345678'],
    sshKeys: [{ id: idOf('APKA', `${login} ssh`), status: 'Active' }],
    certificates: [{ id: idOf('', `${login} certificate`, 32), status: 'Active' }],
    serviceCredentials: [{ id: idOf('ACCA', `${login} git`), status: 'Active' }],
    groups: ['Developers', 'Billing'],
    attached: [policyArn('AmazonS3FullAccess'), `arn:aws:iam::${account}:policy/workshop-machines`],
    inline: {
      'own-bucket': JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::ironbridge-${login}/*` }],
      }),
    },
  }
}

function accessKey(of: string) {
  return {
    id: idOf('AKIA', of),
    secret: digest(`secret of ${of}`).toString('base64').slice(0, 40),
    status: 'Active' as const,
  }
}

function centerUser({ person }: EstatePerson): CenterUser {
  return {
    id: uuid(`user ${person.id}`),
    userName: person.email,
    displayName: `${person.givenName} ${person.familyName}`,
    givenName: person.givenName,
    familyName: person.familyName,
    email: person.email,
  }
}

function digest(of: string): Buffer {
  return createHash('sha256').update(`sandbox aws ${of}`).digest()
}

/** `AIDAJQABLZS4A3QDU576`: a prefix that tells the kind, and capitals and digits. */
export function idOf(prefix: string, of: string, length = 20): string {
  return (prefix + digest(of).toString('hex').toUpperCase()).slice(0, length)
}

export function uuid(of: string): string {
  const hex = digest(of).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
