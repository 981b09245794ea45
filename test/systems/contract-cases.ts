import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import type { Fault, World } from '../../src/sandbox/index.ts'
import { demoFacts, demoWorld, estatePeople } from '../../src/sandbox/index.ts'
import { here, type PeopleStage } from './people-stage.ts'

/** What a row may say that cannot be tried with its system. Whatever is not named here is tried. */
export type Trial = 'bring about' | 'give back' | 'fail on writing' | 'lose an answer'

/** One system of the contract, with an ordinary person all of whose goals can come to hold in its simulator. */
export interface ContractCase {
  system: string
  /** Number of the tenant, from 1. */
  tenant: number
  /** E-mail. */
  person: string
  /** Somebody who gets the data, where the system hands any over. */
  successor?: string
  /** Settings of the connection beside those that the sandbox gives: all goals are wanted. */
  settings?: Record<string, string>
  /** Words by which somebody with an awkward name is found, by what is awkward. */
  awkward: Record<string, string>
  /** Puts the awkward names into the seed, where it has none. */
  alter?(world: World): void
  /** Well-formed, and nobody's. */
  unknownId: string
  /** Gives the person what they lack for a goal to be brought about. */
  prepare?(stage: PeopleStage): Promise<void>
  /** The calls of a look that a fault strikes. */
  looking: Fault
  /** A member that finding somebody needs, and how the error names it. */
  needed: Missing
  /** A member that the look at the block needs. */
  proof: Missing
  /** Kinds that hold by the time when it is their turn, and why. */
  holding?: Partial<Record<AccountGoalKind, string>>
  /** Members of the simulator's state in which a repetition may show, and why it does no harm there. */
  counters?: Readonly<Record<string, string>>
  /** Why the readings differ when answers have more members than before. */
  shows?: string
  cannot?: Partial<Record<Trial, string>>
}

export interface Missing {
  fault: Fault
  field: string
  /** Why the look says that nobody knows, in place of failing. */
  unobservable?: string
  /** Why what else was seen decides: then what is missing is named in the reading. */
  partly?: string
}

const [apostrophe, plus] = demoFacts.leavers
const dental = {
  tenant: 1,
  person: 'eric.hansen@northwind-dental.example',
  awkward: { 'an apostrophe': apostrophe, 'a plus sign': plus },
  unknownId: '99999999',
}

const byScim = {
  ...dental,
  looking: { method: 'GET' },
  needed: {
    fault: { method: 'GET', path: '/Users\\?', omit: ['Resources.userName'] },
    field: 'Resources.0.userName',
  },
  proof: { fault: { method: 'GET', path: '/Users/', omit: ['active'] }, field: 'active' },
} satisfies Partial<ContractCase>

const estate = estatePeople(demoWorld()).map(({ person }) => person.email)
const [, , leaver = '', , successor = '', charles = '', emma = ''] = estate
const [guard = ''] = estate

/** Awkward names for three of the estate, whom every simulator of the estate then knows by them. */
const awkwardEstate = {
  tenant: 20,
  awkward: {
    'an apostrophe': "sean.o'malley@ironbridge.example",
    'a plus sign': 'dana.reed+billing@ironbridge.example',
    'a quote in the name': 'jo.x@ironbridge.example',
  },
  alter(world: World) {
    const people = world.tenants[19]?.people.filter(({ active }) => active) ?? []
    for (const [at, [givenName, familyName, email]] of (
      [
        ['Sean', "O'Malley", "sean.o'malley@ironbridge.example"],
        ['Dana', 'Reed-Müller', 'dana.reed+billing@ironbridge.example'],
        ['Jo "X"', 'Ó Briain, jr. (ext)', 'jo.x@ironbridge.example'],
      ] as const
    ).entries()) {
      const person = people[at + 6]
      if (person === undefined) throw new Error('the estate has too few people')
      Object.assign(person, { givenName, familyName, email })
    }
  },
}

export const contractCases: readonly ContractCase[] = [
  { system: 'kaseyaone', ...byScim },
  { system: 'graphus', ...byScim },
  { system: 'datto-partner-portal', ...byScim },
  {
    system: 'scim',
    ...byScim,
    proof: { ...byScim.proof, unobservable: 'RFC 7643 lets a service leave "active" out.' },
    prepare: giveHuddleRole,
  },
  {
    system: 'bms',
    ...dental,
    looking: { method: 'GET' },
    needed: { fault: { method: 'GET', path: 'searchselect', omit: ['Result.Id'] }, field: 'result.0.id' },
    proof: { fault: { method: 'GET', path: 'searchselect.*Ids', omit: ['Result.IsActive'] }, field: 'IsActive' },
    cannot: {
      'bring about': 'BMS has no API that changes an employee: its one goal is done by hand.',
      'give back': 'Nothing was taken: its one goal is done by hand.',
      'fail on writing': 'Nothing is written: its one goal is done by hand.',
      'lose an answer': 'Nothing is written: its one goal is done by hand.',
    },
  },
  {
    system: 'jumpcloud',
    ...awkwardEstate,
    person: charles,
    unknownId: '0123456789abcdef01234567',
    looking: { method: 'GET' },
    needed: {
      fault: { method: 'GET', path: 'systemusers\\?', omit: ['results.username'] },
      field: 'results.0.username',
    },
    proof: { fault: { method: 'GET', path: '/api/systemusers/', omit: ['suspended'] }, field: 'suspended' },
    holding: {
      'admin-roles-dropped':
        'Nobody but the first two of the estate is an administrator, and those two are not ordinary.',
      'sessions-ended': 'What suspends ends them, too.',
    },
  },
  {
    system: 'active-directory',
    ...awkwardEstate,
    person: leaver,
    unknownId: '00000000-0000-4000-a000-000000000000',
    looking: { method: 'SEARCH' },
    needed: { fault: { method: 'SEARCH', omit: ['sAMAccountName'] }, field: 'sAMAccountName' },
    proof: { fault: { method: 'SEARCH', omit: ['userAccountControl'] }, field: 'userAccountControl' },
  },
  {
    system: 'google-workspace',
    ...awkwardEstate,
    person: leaver,
    successor,
    unknownId: '100000000000000000000',
    looking: { method: 'GET' },
    needed: { fault: { method: 'GET', path: '/users/', omit: ['primaryEmail'] }, field: 'primaryEmail' },
    proof: { fault: { method: 'GET', path: '/users/', omit: ['suspended'] }, field: 'suspended' },
    holding: {
      'admin-roles-dropped': 'An ordinary person has none.',
      'sessions-ended': 'The sign-out goes before the suspension, in the same goal.',
    },
    counters: {
      passwordChanges: 'Nobody can read back a random password: after a lost answer it is set once more.',
      signOuts: 'Nobody can read back a sign-out: after a lost answer it is sent once more.',
    },
  },
  {
    system: 'microsoft-365',
    ...awkwardEstate,
    person: emma,
    successor,
    unknownId: '00000000-0000-4000-a000-000000000000',
    prepare: async stage => {
      const control = (path: string, body: object) => stage.control('microsoft-365', 'POST', path, body)
      await control('roles', { to: emma, role: 'userAdministrator' })
      await control('people/change', { email: emma, onPremisesImmutableId: 'AAECAwQFBgcICQoLDA0ODw==' })
      await control('calendar-shares', { of: successor, with: emma, role: 'write' })
      await control('mailboxes', { email: successor, fullAccess: [emma], sendAs: [emma] })
      const start = '2026-12-24T09:00:00.000Z'
      await control('meetings', { email: emma, subject: 'Stand-up', start, attendees: [successor] })
      await control('groups', { name: 'Press', members: [], mail: true, owners: [emma] })
    },
    settings: {
      ...{ licences: 'remove', forward: 'successor' },
      ...{ othersMailboxes: 'left', immutableId: 'cleared', autopilot: 'unassigned' },
    },
    looking: { write: false, path: '^/(?:graph|exchange)/' },
    needed: {
      // Of several people it is asked for in one batch.
      fault: {
        path: '/users\\?|batch',
        omit: ['value.userPrincipalName', 'responses.body.value.userPrincipalName'],
        times: 0,
      },
      field: 'value.0.userPrincipalName',
    },
    proof: {
      fault: { path: '/users/|batch', omit: ['accountEnabled', 'responses.body.accountEnabled'], times: 0 },
      field: 'accountEnabled',
    },
  },
  {
    system: 'aws',
    ...awkwardEstate,
    person: leaver,
    unknownId: 'iam:AIDAQQQQQQQQQQQQQQQQ/nobody',
    looking: { write: false },
    // Finding needs the users' ids only: what somebody may open is looked at by the goals.
    needed: { fault: { omit: ['UserId'], times: 0 }, field: 'UserId' },
    proof: {
      fault: { omit: ['AccountAssignments.PermissionSetArn'], times: 0 },
      field: 'AccountAssignments.0.PermissionSetArn',
      partly: 'Each part is looked at by itself: the IAM user is seen to be open.',
    },
    holding: { 'sessions-ended': 'The deny of the block is what ends them.' },
  },
  {
    system: 'webhook',
    ...awkwardEstate,
    person: guard,
    unknownId: 'B-9999',
    looking: { write: false },
    needed: { fault: { omit: ['people.id'] }, field: 'people.0.id' },
    proof: { fault: { omit: ['people.active'] }, field: 'people.0.active' },
    holding: { 'access-freed': 'This person has no locker.' },
    shows: "What a receiver tells of its goals (details) is the receiver's own, and is shown as it came.",
  },
]

/** All that a row says is otherwise there, with the reason. */
export const exceptions = contractCases.flatMap(({ system, proof, cannot, holding, counters, shows }) => {
  const reasons: [of: string, why: string | undefined][] = [
    ['the proof of the block', proof.unobservable ?? proof.partly],
    ...Object.entries(cannot ?? {}),
    ...Object.entries(holding ?? {}).map(([kind, why]): [string, string] => [`${kind} holds already`, why]),
    ...Object.entries(counters ?? {}).map(([name, why]): [string, string] => [`${name} is not compared`, why]),
    ['readings with unknown members', shows],
  ]
  return reasons.flatMap(([of, why]) => (why === undefined ? [] : [{ system, of, why }]))
})

/** Nobody in the team chat has an administrator's role from the start. */
async function giveHuddleRole(stage: PeopleStage): Promise<void> {
  const people = await stage.open('scim', dental.tenant)
  const [account] = await people.find(dental.person)
  if (account === undefined) throw new Error('no account')
  const roles = [{ name: 'Admin', admin: true }]
  const [goal] = await people.goals({ ...account, roles }, here)
  await goal?.undo?.({ roles: [{ id: 'admin', ...roles[0] }] }).bring?.()
}
