// Features on and off, with exceptions, defaults and mappings, in one module of one tenant or of all; and the way back.
import { isDeepStrictEqual } from 'node:util'
import { northwind } from './subjects.js'

const tenant = 'Northwind Dental'
const [first, second, third] = ['t-001', 't-002', 't-003']
const [amy, own] = ['amy.breakglass@northwind-dental.example', 'k1ctl-api@northwind-dental.example']
const modules = ['bms', 'graphus', 'datto-partner-portal']
const all = ['--all-tenants', '--yes', '--json']
const here = ['--tenant', tenant, '--yes', '--json']

/** Northwind, and two tenants where everything is on. */
export function threeTenants(sandbox) {
  const world = northwind(sandbox)
  return { ...world, tenants: [...world.tenants, ...sandbox.demoWorld().tenants.slice(1, 3)] }
}

/** Commands, and what is different after them: by module and tenant. All else has to be as it was. */
const changes = [
  [['unified-login', 'disable', 'dpp', ...here], { 'datto-partner-portal': { [first]: { on: { 'log-in': false } } } }],
  [
    ['deprovisioning', 'enable', 'dpp', ...here],
    { 'datto-partner-portal': { [first]: { on: { deprovisioning: true } } } },
  ],
  [['deprovisioning', 'disable', 'graphus', ...here], { graphus: { [first]: { on: { deprovisioning: false } } } }],
  [['jit', 'enable', 'bms', ...here], { bms: { [first]: { userCreation: true } } }],
  [
    ['jit', 'defaults', 'set', 'bms', '--department', 'Service Desk', '--security-role', 'Technician', ...here],
    { bms: { [first]: { defaults: { securityRole: 3 } } } },
  ],
  [
    ['require-log-in', 'enable', 'bms', '--except', amy, '--except', own, ...here],
    { bms: { [first]: { requireLogIn: true, userExceptionIds: [1000, 1001] } } },
  ],
  [
    ['require-log-in', 'exceptions', 'set', 'bms', own, '--role', 'Technician', ...here],
    { bms: { [first]: { userExceptionIds: [1000], roleExceptionIds: [3] } } },
  ],
  [
    ['deprovisioning', 'disable', 'bms', ...all],
    { bms: Object.fromEntries([first, second, third].map(id => [id, { deprovisioning: false }])) },
  ],
  [
    ['access-groups', 'disable', 'bms', ...all],
    { bms: Object.fromEntries([second, third].map(id => [id, { accessGroups: false }])) },
  ],
]

export function holdingPosture() {
  return {
    name: 'posture',
    round(random) {
      const [words, different] = changes[Math.floor(random() * changes.length)]
      return { words, open: stage => openSettings(stage, different) }
    },
    async prepare(stage) {
      stage.before = await settingsOf(stage)
    },
  }
}

/** A change, or somebody who left, given back: the systems end as they began. */
export function undoing({ demoFacts }) {
  return {
    name: 'undo',
    round(random) {
      const isPerson = random() < 0.5
      const [leaver] = demoFacts.leavers.slice(Math.floor(random() * demoFacts.leavers.length))
      const [words] = changes[Math.floor(random() * changes.length)]
      return {
        before: isPerson
          ? ['offboard', leaver, '--tenant', tenant, '--only', 'kaseyaone', '--only', 'scim:huddle', '--yes']
          : words,
        words: ['runs', 'undo', 'last', '--yes', '--json'],
        async open(stage) {
          const people = isPerson ? await openPeople(stage) : []
          return [...(await openSettings(stage, {})), ...people]
        },
      }
    },
    async prepare(stage) {
      stage.before = await settingsOf(stage)
      stage.peopleBefore = await peopleOf(stage)
    },
  }
}

async function openSettings(stage, different) {
  const now = await settingsOf(stage)
  const expected = merged(stage.before, different)
  return modules.flatMap(id =>
    Object.keys(expected[id])
      .filter(at => !isDeepStrictEqual(now[id][at], expected[id][at]))
      .map(at => `${id} of ${at} is ${JSON.stringify(now[id][at])}, not ${JSON.stringify(expected[id][at])}`),
  )
}

/** By module and tenant, without times and who changed it. */
async function settingsOf(stage) {
  const [bms, ...others] = await Promise.all(modules.map(id => stage.control(`${id}/state`)))
  const companies = bms.companies.map(({ tenantId, organizationId, settings, mappings }) => {
    const { created: _, modified: __, requireLogInBy: ___, ...rest } = settings
    const inOrder = { userExceptionIds: rest.userExceptionIds.sort(), roleExceptionIds: rest.roleExceptionIds.sort() }
    return [tenantId, { organizationId, mappings, ...rest, ...inOrder }]
  })
  return Object.fromEntries([
    ['bms', Object.fromEntries(companies)],
    ...others.map(({ settings }, i) => [modules[i + 1], settings]),
  ])
}

async function openPeople(stage) {
  const now = await peopleOf(stage)
  return stage.peopleBefore.filter((one, i) => one !== now[i]).map((one, i) => `${one} is ${now[i]}`)
}

/** What undo gives back: whether they may sign in, their groups and roles. */
async function peopleOf(stage) {
  const all = await Promise.all(['kaseyaone', 'scim'].map(async id => Object.values(await stage.people(id)).flat()))
  return all
    .flat()
    .map(({ id, active, groups, roles }) => JSON.stringify({ id, active, groups: groups.sort(), roles: roles.sort() }))
}

function merged(base, different) {
  if (typeof different !== 'object' || different === null || Array.isArray(different)) return different
  const keys = [...new Set([...Object.keys(base), ...Object.keys(different)])]
  return Object.fromEntries(
    keys.map(key => [key, key in different ? merged(base[key] ?? {}, different[key]) : base[key]]),
  )
}
