import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { demoWorld } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'
import { smallWorld, tenantName } from './small-world.ts'

interface Row {
  tenant: string
  system: string
  feature: string
  title: string
  state: string
  reach: string
  detail: string | null
  next: string | null
  readAt: string | null
}

const members = ['tenant', 'system', 'feature', 'title', 'readAt', 'state', 'reach', 'detail', 'next']
const features = ['log-in', 'require-log-in', 'user-creation', 'deprovisioning', 'access-groups']

describe('the whole demo fleet', () => {
  let ground: Ground
  let rows: Row[]
  beforeAll(async () => {
    ground = await openGround('demo')
    const ran = await ground.k1ctl(['status', '--all-tenants', '--json'])
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    rows = JSON.parse(ran.stdout)
  }, 60_000)
  afterAll(() => ground.close())

  it('has one object a tenant, system and feature', () => {
    expect(rows).toHaveLength(800)
    expect(new Set(rows.map(r => `${r.tenant}/${r.system}/${r.feature}`)).size).toBe(800)
    expect(new Set(rows.map(r => r.tenant)).size).toBe(40)
    expect(new Set(rows.map(r => r.feature))).toEqual(new Set(features))
  })

  it('has exactly the members that `k1ctl help output` documents', async () => {
    const { stdout } = await ground.k1ctl(['help', 'output'])
    const documented = /status {3}\[\{([^}]+)\}\]/.exec(stdout)?.[1]?.split(', ')
    expect(documented?.sort()).toEqual([...members].sort())
    for (const row of rows) expect(Object.keys(row).sort()).toEqual([...members].sort())
    for (const { state, reach } of rows) {
      expect(['on', 'off', 'by-hand', 'unsupported', 'unreachable']).toContain(state)
      expect(['api', 'contract', 'by-hand']).toContain(reach)
    }
  })

  it('says of each row what there is to know, and what to do next', () => {
    const find = (tenant: string, system: string, feature: string) =>
      rows.find(r => r.tenant === tenant && r.system === system && r.feature === feature)
    expect(find(tenantName('everythingOn'), 'bms', 'require-log-in')).toMatchObject({
      state: 'on',
      reach: 'api',
      detail: 'excepted roles: API Employee',
      next: null,
      readAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
    expect(find(tenantName('graphusUnconnected'), 'graphus', 'deprovisioning')).toMatchObject({
      state: 'by-hand',
      reach: 'by-hand',
      readAt: null,
    })
    expect(find(tenantName('withoutBms'), 'bms', 'log-in')).toMatchObject({
      state: 'unreachable',
      detail: 'Not connected.',
      next: expect.stringContaining('k1ctl connect bms --tenant'),
    })
    expect(find(tenantName('neverConfigured'), 'bms', 'user-creation')).toMatchObject({
      state: 'off',
      detail: expect.stringContaining('no default for department'),
      next: expect.stringContaining('k1ctl jit defaults set bms'),
    })
    expect(find(tenantName('notLinked'), 'bms', 'deprovisioning')?.next).toContain('unified-login enable bms')
    expect(find('Northwind Dental', 'graphus', 'require-log-in')).toMatchObject({ state: 'unsupported' })
    for (const row of rows.filter(r => r.system === 'kaseyaone')) expect(row.state).toBe('unsupported')
  })

  it('gives the same as one object a line', async () => {
    const { code, stdout } = await ground.k1ctl(['status', '--all-tenants', '--output', 'ndjson'])
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    const read = (row: Row) => ({ ...row, readAt: row.readAt === null ? null : 'then' })
    expect(lines.map(line => read(JSON.parse(line)))).toEqual(rows.map(read))
  })

  it('shows a person a row a tenant and system, without the system that keeps no features', async () => {
    const { code, stdout, stderr } = await ground.k1ctl(['status', '--all-tenants'])
    expect(code).toBe(0)
    const [head, ...lines] = stdout.trimEnd().split('\n')
    expect(head?.split(/\s{2,}/)).toEqual(['TENANT', 'SYSTEM', 'LOG IN', 'REQUIRE', 'JIT', 'DEPROVISION', 'GROUPS'])
    expect(lines).toHaveLength(120)
    expect(stdout).not.toContain('kaseyaone')
    expect(stdout).toMatch(/Northwind Dental {2,}bms {2,}on {2,}off {2,}off {2,}off {2,}off/)
    expect(stderr).toContain('Next: k1ctl')
  })
})

describe('a few tenants', () => {
  const formula = '=1+2'
  let ground: Ground
  beforeAll(async () => {
    const world = smallWorld('first', 'everythingOn')
    const [first, second] = world.tenants
    if (!first || !second) throw new Error('The demo world has too few tenants.')
    ground = await openGround({ ...world, tenants: [first, { ...second, name: `${formula}, "Ltd"` }] })
  })
  afterAll(() => ground.close())
  afterEach(() => ground.reset())

  it('a name like a formula stays text in CSV', async () => {
    const { code, stdout } = await ground.k1ctl(['status', 'bms', '--all-tenants', '--output', 'csv'])
    expect(code).toBe(0)
    const [head, ...lines] = stdout.trimEnd().split('\r\n')
    expect(head).toBe('Tenant,System,Feature,State,Reach,Detail,Next,Read at')
    expect(lines).toHaveLength(10)
    expect(lines.filter(l => l.startsWith(`"'${formula}, ""Ltd""",bms,`))).toHaveLength(5)
  })

  it('names systems, by alias too', async () => {
    const { stdout } = await ground.k1ctl(['status', 'vorex', 'dpp', '--json'])
    const rows: Row[] = JSON.parse(stdout)
    expect(rows.map(r => r.system)).toEqual([...Array(5).fill('bms'), ...Array(5).fill('datto-partner-portal')])
    expect(rows.map(r => r.feature)).toEqual([...features, ...features])
  })

  it('refuses an unknown system, with the nearest', async () => {
    const ran = await ground.k1ctl(['status', 'grapus'])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean graphus?') })
    expect(await ground.k1ctl(['status', 'qqq'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There are: bms, graphus'),
    })
  })

  it.each([['--json'], ['-o', 'json'], ['-ojson'], ['--output', 'json'], ['--output=json']])(
    'tells an error as JSON with %s',
    async (...words) => {
      const ran = await ground.k1ctl(['status', 'grapus', ...words])
      expect(JSON.parse(ran.stdout).error).toMatchObject({ kind: 'usage', exitCode: 2, near: ['graphus'] })
    },
  )

  it('a system that does not answer hides none of the others', async () => {
    await ground.fault('graphus', { times: 0, drop: 'before' })
    const ran = await ground.k1ctl(['status', '--json', '--timeout', '2'])
    expect(ran.code).toBe(3)
    const rows: Row[] = JSON.parse(ran.stdout)
    const of = (system: string) => rows.filter(r => r.system === system && r.state !== 'unsupported')
    expect(of('graphus').map(r => r.state)).toEqual(['unreachable', 'unreachable', 'unreachable'])
    for (const row of of('graphus')) {
      expect(row).toMatchObject({
        detail: expect.stringContaining('cannot be reached'),
        next: "k1ctl doctor --tenant 'Northwind Dental'",
      })
      expect(row.readAt).toBeNull()
    }
    expect(of('bms').map(r => r.state)).toEqual(['on', 'off', 'off', 'off', 'off'])
    const { stdout, stderr } = await ground.k1ctl(['status', '--timeout', '2'])
    expect(stdout).toMatch(/graphus\s+no answer\s+-\s+no answer/)
    expect(stderr).toContain('! Northwind Dental · graphus: Graphus at http://127.0.0.1')
  })

  it('one tenant that cannot sign in does not stop the fleet', async () => {
    await ground.fault('bms', { path: 'authenticate', times: 1, error: { Code: 401, Message: 'Invalid credentials.' } })
    const ran = await ground.k1ctl(['status', 'bms', '--all-tenants', '--json'])
    expect(ran.code).toBe(3)
    const rows: Row[] = JSON.parse(ran.stdout)
    const states = new Set(rows.filter(r => r.state !== 'unreachable').map(r => r.tenant))
    expect(states.size).toBe(1)
    expect(rows.filter(r => r.state === 'unreachable')).toHaveLength(5)
    expect(rows.find(r => r.state === 'unreachable')?.next).toContain('k1ctl connect bms --tenant')
  })

  it('looks and changes nothing', async () => {
    await ground.k1ctl(['status', '--all-tenants'])
    for (const system of ['bms', 'graphus', 'datto-partner-portal', 'kaseyaone']) {
      expect(await ground.writes(system)).toEqual([])
    }
    expect(await ground.calls('kaseyaone')).toEqual([])
  })
})

it('the demo world is as large as it says', () => {
  const world = demoWorld()
  expect(world.tenants).toHaveLength(40)
  expect(world.tenants.flatMap(t => t.people)).toHaveLength(2000)
})
