import type { LedgerEntryType, LedgerReading } from '../../src/core/ledger-store.ts'
import type { Clock } from '../../src/core/ports.ts'
import type { SystemAbout } from '../../src/core/system.ts'
import { openLedger } from '../../src/store/ledger.ts'
import { makeHome, processes } from '../store/ground.ts'

const base = { aliases: [], reach: 'contract', settings: [], features: [], isModule: true, people: '', contract: true }

/** What the report has to know of systems. */
export const systems: SystemAbout[] = [
  { ...base, reach: 'contract', id: 'kaseyaone', title: 'KaseyaOne', step: 'directory' },
  { ...base, reach: 'contract', id: 'graphus', title: 'Graphus', step: 'applications' },
  { ...base, reach: 'api', id: 'bms', title: 'BMS', step: 'applications' },
  { ...base, reach: 'api', id: 'scim', title: 'SCIM 2.0', step: 'applications', named: true },
]

/** A clock that is a second further each time it is looked at. */
function tickingClock(): Clock {
  let now = Date.parse('2026-11-21T17:00:00.000Z')
  return {
    now: () => {
      now += 1000
      return new Date(now)
    },
    sleep: async () => undefined,
  }
}

export type Step = [type: LedgerEntryType, data: unknown, goal?: string]

/** A real ledger of these entries, read back. */
export async function ledgerOf(steps: readonly Step[]): Promise<LedgerReading> {
  const ledger = openLedger({ home: makeHome(), clock: tickingClock(), processes, random: () => 0x4f2a })
  const writer = await ledger.create()
  for (const [type, data, goal] of steps) await writer.append(type, data, goal)
  await writer.close()
  return ledger.read(writer.run)
}

export const head: Step = [
  'plan',
  {
    kind: 'offboarding',
    command: "k1ctl offboard - --yes --reason 'left the company'",
    operator: 'amy@helpdesk',
    tenants: ['Northwind Dental'],
    options: {
      ...{ reason: 'left the company', ticket: 'T-4711', successor: null },
      ...{ delete: false, only: [], except: [], devices: 'release', waitMs: 60_000 },
    },
    goals: [],
    unreached: [],
  },
]

export const consent: Step = ['consent', { by: 'amy@helpdesk', how: 'flag' }]

const tenant = 'Northwind Dental'

function goal(person: string, system: string, kind: string, summary: string, reach = 'contract') {
  return { id: `${tenant}/${person}/${system}/${kind}`, tenant, person, system, kind, summary, reach, spec: {} }
}

type PlannedGoal = ReturnType<typeof goal>

function closing({ id, ...rest }: PlannedGoal, end: string, more: Record<string, unknown> = {}) {
  const { spec: _, ...kept } = rest
  return { ...kept, goal: id, end, proved: false, at: '2026-11-21T17:00:30.000Z', differences: [], ...more }
}

function brought(planned: PlannedGoal, before: unknown, reading: unknown): Step[] {
  return [
    ['intent', { summary: planned.summary, differences: [], before }, planned.id],
    ['outcome', { sent: true }, planned.id],
    ['proof', closing(planned, 'changed', { proved: true, reading }), planned.id],
  ]
}

const huddle = '0b0c7a52-55f1-4f02-a5c1-0d9a2a3b9f10'

/** More than a page shows at once. */
export const groups = Array.from({ length: 14 }, (_, i) => `Team ${i + 1}`)

/** They stay, and go out of use. */
const keys = [
  { id: 'AKIA0001', active: true },
  { id: 'AKIA0002', active: true },
]

const found = (system: string, person: string) => ({ system, by: 'e-mail or log-in', words: [person], accounts: 1 })

/** Where nobody was found, and how much that says. */
const searched = [
  {
    system: 'scim:wiki',
    by: 'user name',
    words: ['amy'],
    within: 'wiki.example',
    steps: ['the list was read'],
    accounts: 0,
  },
  { system: 'scim:post', by: 'e-mail', words: ['amy'], accounts: 0, blind: 'It looks up e-mails only.' },
  { system: 'scim:doors', by: 'e-mail', words: ['amy'], accounts: 0, note: 'The receiver says so.' },
]

/** Everything proved, but for what follows another system and what a person has to do. */
export function steps(person: string, name: string): Step[] {
  const login = person
  const g = {
    roles: goal(person, 'kaseyaone', 'admin-roles-dropped', `${login}: administrator roles are dropped`),
    k1: goal(person, 'kaseyaone', 'sign-in-blocked', `${login}: sign-in is blocked`),
    groups: goal(person, 'kaseyaone', 'groups-left', `${login}: groups are left`),
    graphus: goal(person, 'graphus', 'sign-in-blocked', `${login}: sign-in is blocked`),
    bms: goal(person, 'bms', 'sign-in-blocked', `${login}: sign-in is blocked`, 'by-hand'),
    huddle: goal(person, 'scim:huddle', 'sign-in-blocked', `${login}: sign-in is blocked`, 'api'),
  }
  const account = (system: string, id: string) => ({
    system,
    account: { id, login, email: person, name, active: true, roles: [] },
  })
  return [
    [
      'plan',
      {
        person,
        tenant,
        name,
        accounts: [
          account('kaseyaone', 'u-1001'),
          account('graphus', 'g-77'),
          account('bms', '4242'),
          account('scim:huddle', huddle),
        ],
        goals: Object.values(g),
        residual: [{ system: 'graphus', note: 'Mail that was forwarded before stays where it went.' }],
        unreached: [],
        notConnected: ['datto-partner-portal'],
        searched: [...['kaseyaone', 'graphus', 'bms', 'scim:huddle'].map(system => found(system, person)), ...searched],
      },
    ],
    ['proof', closing(g.roles, 'already', { proved: true, reading: { roles: [] } }), g.roles.id],
    ...brought(g.k1, { active: true, id: 'u-1001', login }, { active: false, id: 'u-1001', login }),
    ...brought(g.groups, { groups: groups.map(one => ({ id: `k1-${one}`, name: one })) }, { groups: [] }),
    ['intent', { summary: g.graphus.summary, differences: [], before: { active: true } }, g.graphus.id],
    [
      'outcome',
      closing(g.graphus, 'pending', {
        why: 'Graphus follows KaseyaOne by automatic deprovisioning, and had not yet after 30 s.',
        hint: 'Look again later: k1ctl runs resume last',
      }),
      g.graphus.id,
    ],
    [
      'outcome',
      closing(g.bms, 'by-hand', {
        why: 'A person has to do it.',
        steps: ['In BMS: HR > Employees.', `Open ${name}, clear Active, then Save.`],
      }),
      g.bms.id,
    ],
    ['attestation', { by: 'ben@helpdesk', note: 'Deactivated in the console, ticket T-4712' }, g.bms.id],
    ...brought(g.huddle, { keys, id: huddle }, { keys: keys.map(key => ({ ...key, active: false })), id: huddle }),
  ]
}

export const refusedPerson: Step = [
  'plan',
  {
    person: 'root@northwind.example',
    tenant,
    name: 'Rosa Root',
    accounts: [
      {
        system: 'kaseyaone',
        account: {
          ...{ id: 'u-1', login: 'root', email: 'root@northwind.example', name: 'Rosa Root' },
          ...{ active: true, roles: [] },
        },
      },
    ],
    goals: [],
    refused: 'root in KaseyaOne: the Root Admin.',
    residual: [],
    unreached: [],
  },
]

export const unknownPerson: Step = [
  'plan',
  { person: 'nobody@northwind.example', tenant, name: '', accounts: [], goals: [], residual: [], unreached: [] },
]

export const end: Step = ['report', { verdict: 'incomplete' }]
