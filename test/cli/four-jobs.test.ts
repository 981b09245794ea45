import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround, type Ran } from './harness.ts'
import { smallWorld } from './small-world.ts'

/** The four jobs that an MSP admin has, each by one command, in the module that has it. */
const breakGlass = 'amy.breakglass@northwind-dental.example'
const own = 'k1ctl-api@northwind-dental.example'
const allSeven = ['department', 'location', 'manager', 'job-title', 'employment-type', 'security-role', 'employee-role']
const byName = ['Projects', 'Remote', "Sean O'Malley", 'Dispatcher', '2', 'Technician', 'Consultant']
const byId = ['3', '3', '1004', '3', '2', '3', '2']

function settingAll(values: readonly string[]): string[] {
  return ['jit', 'defaults', 'set', 'bms', ...allSeven.flatMap((key, i) => [`--${key}`, values[i] ?? ''])]
}

interface Job {
  name: string
  module: string
  /** Commands that come first. */
  first?: string[][]
  words: string[]
  summary: string
  /** What it shows before and after. */
  differences: { what: string; before: string; after: string }[]
}

const jobs: Job[] = [
  {
    name: 'unified login in Graphus',
    module: 'graphus',
    words: ['unified-login', 'enable', 'graphus'],
    summary: 'Log In with KaseyaOne is on',
    differences: [{ what: 'Log In with KaseyaOne', before: 'off', after: 'on' }],
  },
  {
    name: 'Require Log In with an exception in Datto Partner Portal',
    module: 'datto-partner-portal',
    words: ['require-log-in', 'enable', 'datto-partner-portal', '--except', breakGlass],
    summary: 'Require Log In with KaseyaOne is on, except for 1 user',
    differences: [
      { what: 'Require Log In with KaseyaOne', before: 'off', after: 'on' },
      { what: 'Excepted users', before: 'none', after: breakGlass },
    ],
  },
  {
    name: 'Require Log In with users and a role excepted in BMS',
    module: 'bms',
    words: ['require-log-in', 'enable', 'bms', '--except', breakGlass, '--except', own, '--role', 'Manager'],
    summary: 'Require Log In with KaseyaOne is on, except for 2 users and 1 role',
    differences: [
      { what: 'Require Log In with KaseyaOne', before: 'off', after: 'on' },
      { what: 'Excepted users', before: 'none', after: `${breakGlass}, ${own}` },
      { what: 'Excepted roles', before: 'none', after: 'Manager' },
    ],
  },
  ...[byName, byId].map(values => ({
    name: `all seven JIT defaults in BMS, by ${values === byName ? 'name' : 'id'}`,
    module: 'bms',
    words: settingAll(values),
    summary:
      "Defaults for created users: department Projects, location Remote, manager Sean O'Malley, job-title Dispatcher, " +
      'employment-type #2, security-role Technician, employee-role Consultant',
    differences: [
      { what: 'Default department', before: 'Service Desk', after: 'Projects' },
      { what: 'Default location', before: 'Main Office', after: 'Remote' },
      { what: 'Default manager', before: 'Amy Breakglass', after: "Sean O'Malley" },
      { what: 'Default job title', before: 'Technician', after: 'Dispatcher' },
      { what: 'Default employment type', before: 'Full Time', after: '#2' },
      { what: 'Default security role', before: 'Employee', after: 'Technician' },
      { what: 'Default employee role', before: 'Engineer', after: 'Consultant' },
    ],
  })),
  {
    name: 'deprovisioning in Graphus',
    module: 'graphus',
    first: [['unified-login', 'enable', 'graphus', '--yes']],
    words: ['deprovisioning', 'enable', 'graphus'],
    summary: 'Automatic User Deprovisioning is on',
    differences: [{ what: 'Automatic User Deprovisioning', before: 'off', after: 'on' }],
  },
]

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

async function prepare(job: Job): Promise<void> {
  for (const words of job.first ?? []) expect((await ground.k1ctl(words)).code).toBe(0)
  await ground.control(job.module, 'calls', { method: 'DELETE' })
}

function json(ran: Ran) {
  return JSON.parse(ran.stdout)
}

describe.each(jobs)('$name', job => {
  it('is done and read back, and the second time already there: one write in all', async () => {
    await prepare(job)
    const once = await ground.k1ctl([...job.words, '--yes'])
    expect(once).toMatchObject({ code: 0 })
    expect(once.stdout).toContain(job.summary)
    expect(once.stdout).toMatch(/· changed \(read back \d{4}-\d\d-\d\dT[\d:.]+Z\)/)
    expect(once.stderr).toContain('Tenant: Northwind Dental')
    expect(once.stderr).toContain('proved: every change was read back')
    expect(await ground.writes(job.module)).toHaveLength(1)

    const twice = await ground.k1ctl([...job.words, '--yes'])
    expect(twice.code).toBe(0)
    expect(twice.stdout).toContain('already')
    expect(await ground.writes(job.module)).toHaveLength(1)
  })

  it('says as JSON what changed, and the second time that nothing had to', async () => {
    await prepare(job)
    const once = await ground.k1ctl([...job.words, '--yes', '--json'])
    expect(once.code).toBe(0)
    const report = json(once)
    expect(report).toMatchObject({ run: expect.stringMatching(/^\d{8}-\d{6}-/), verdict: 'proved', unreached: [] })
    expect(report.results).toEqual([
      expect.objectContaining({ end: 'changed', proved: true, summary: job.summary, differences: job.differences }),
    ])
    const twice = json(await ground.k1ctl([...job.words, '--yes', '--json']))
    expect(twice).toMatchObject({ run: null, verdict: 'proved', unreached: [] })
    expect(Object.keys(twice)).toEqual(Object.keys(report))
    expect(twice.results).toEqual([
      expect.objectContaining({ end: 'already', proved: true, at: expect.stringMatching(/Z$/), differences: [] }),
    ])
  })

  it('shows before and after side by side in a dry run, and writes nothing', async () => {
    await prepare(job)
    const dry = await ground.k1ctl([...job.words, '--dry-run'])
    expect(dry.code).toBe(0)
    for (const { what, before, after } of job.differences) {
      const line = dry.stdout.split('\n').find(text => text.includes('→') && text.trim().startsWith(`${what} `))
      expect(line?.trim().split(/\s{2,}/)).toEqual([what, before, '→', after])
    }
    expect((await ground.k1ctl([...job.words, '--dry-run', '--exit-code'])).code).toBe(5)
    const [goal] = json(await ground.k1ctl([...job.words, '--dry-run', '--json'])).goals
    expect(goal).toMatchObject({ action: 'change', standing: 'not-yet', differences: job.differences })
    expect(await ground.writes(job.module)).toEqual([])
    expect(json(await ground.k1ctl(['runs', 'list', '--json']))).toHaveLength(job.first?.length ?? 0)

    await ground.k1ctl([...job.words, '--yes'])
    expect((await ground.k1ctl([...job.words, '--dry-run', '--exit-code'])).code).toBe(0)
  })
})

const toggles = [
  { noun: 'unified-login', feature: 'log-in', module: 'graphus', first: [], rest: [] },
  { noun: 'require-log-in', feature: 'require-log-in', module: 'datto-partner-portal', first: [], rest: [] },
  {
    noun: 'require-log-in',
    feature: 'require-log-in',
    module: 'bms',
    first: [],
    rest: ['--except', own, '--except', breakGlass],
  },
  { noun: 'jit', feature: 'user-creation', module: 'bms', first: [], rest: [] },
  {
    noun: 'deprovisioning',
    feature: 'deprovisioning',
    module: 'graphus',
    first: [['unified-login', 'enable', 'graphus', '--yes']],
    rest: [],
  },
]

describe.each(toggles)('$noun in $module', ({ noun, feature, module, first, rest }) => {
  it('is turned on, shown, turned off, and off already the second time', async () => {
    for (const words of first) await ground.k1ctl(words)
    const state = async () => json(await ground.k1ctl([noun, 'show', module, '--json']))[0]
    expect(await state()).toMatchObject({ system: module, feature, state: 'off', next: expect.stringContaining(noun) })
    expect((await ground.k1ctl([noun, 'enable', module, ...rest, '--yes'])).code).toBe(0)
    expect(await state()).toMatchObject({ state: 'on', next: null })
    expect((await ground.k1ctl([noun, 'show', module])).stdout).toMatch(/\son\s/)

    const writes = (await ground.writes(module)).length
    const off = await ground.k1ctl([noun, 'disable', module, '--yes'])
    expect(off).toMatchObject({ code: 0, stdout: expect.stringContaining('is off · changed') })
    expect(await state()).toMatchObject({ state: 'off' })
    const again = await ground.k1ctl([noun, 'disable', module, '--yes'])
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('already') })
    expect(await ground.writes(module)).toHaveLength(writes + 1)
  })
})

it('keeps what it was not asked to change: one switch of BMS leaves defaults and exceptions as they were', async () => {
  await ground.k1ctl(['require-log-in', 'enable', 'bms', '--except', own, '--role', 'Manager', '--yes'])
  const settings = async () => json(await ground.k1ctl(['runs', 'show', 'last', '--json'])).results[0].reading
  const before = await settings()
  await ground.k1ctl(['jit', 'enable', 'bms', '--yes'])
  expect(await settings()).toEqual({
    ...before,
    version: expect.not.stringMatching(before.version),
    on: { ...before.on, 'user-creation': true },
  })
})

it('takes the aliases of a module, ignoring case', async () => {
  for (const alias of ['dpp', 'partner-portal', 'DATTO-Partner-Portal', 'Datto Partner Portal']) {
    expect((await ground.k1ctl(['unified-login', 'show', alias])).stdout).toContain('datto-partner-portal')
  }
  expect((await ground.k1ctl(['unified-login', 'show', 'vorex'])).stdout).toContain('bms')
})
