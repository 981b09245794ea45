import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { smallWorld, tenantName } from './small-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'k1ctl-posture-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Writes a posture and answers its path. */
function fileOf(text: string, name = 'posture.yaml'): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

interface Row {
  deviation: string
  state: string
  wanted: string
  found: string | null
  why: string | null
  next: string | null
}

const northwind = 'Northwind Dental'
const everythingOn = tenantName('everythingOn')

describe('two tenants', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(smallWorld('first', 'everythingOn', 'withoutBms', 'graphusUnconnected'))
  })
  afterAll(() => ground.close())
  beforeEach(() => ground.reset())

  const check = async (file: string, ...more: string[]): Promise<{ code: number; rows: Row[] }> => {
    const ran = await ground.k1ctl([
      'posture',
      'check',
      '-f',
      file,
      ...(more.includes('--tenant') ? [] : ['--all-tenants']),
      '--json',
      ...more,
    ])
    return { code: ran.code, rows: ran.stdout === '' ? [] : JSON.parse(ran.stdout) }
  }
  it('a file about one tenant alone is about that one: nobody is asked which', async () => {
    const config = join(ground.home, 'config.json')
    const { current: _, ...rest } = JSON.parse(readFileSync(config, 'utf8'))
    writeFileSync(config, JSON.stringify(rest))
    const one = fileOf(`tenants:\n  ${everythingOn}:\n    bms: { log-in: on }\n`)
    const ran = await ground.k1ctl(['posture', 'check', '-f', one, '--all', '--json'])
    expect(ran.code, ran.stderr).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject([{ tenant: everythingOn, state: 'holds' }])
    // What is said of all is not meant of one.
    const all = fileOf(`defaults:\n  bms: { log-in: on }\ntenants:\n  ${everythingOn}:\n    bms: { log-in: on }\n`)
    expect((await ground.k1ctl(['posture', 'check', '-f', all])).code).toBe(4)
  })

  const exported = async (name: string) => {
    const { stdout } = await ground.k1ctl(['posture', 'export', '--all-tenants'])
    return { file: fileOf(stdout, name), text: stdout }
  }
  const plant = async (...words: string[]) => {
    const ran = await ground.elsewhere([...words, '--yes', '--json'])
    expect({ words, code: ran.code, stderr: ran.stderr }).toMatchObject({ code: 0 })
  }

  it('prints the same rows one by one as all together', async () => {
    const { file } = await exported('same.yaml')
    await plant('deprovisioning', 'disable', 'graphus', '--tenant', everythingOn)
    const words = ['posture', 'check', '-f', file, '--all-tenants', '--format', 'ndjson', '--all']
    const ran = await ground.k1ctl(words)
    const { code, rows } = await check(file, '--all')
    const undated = (row: Row) => ({ ...row, readAt: null })
    const printed = ran.stdout.trimEnd().split('\n')
    expect(ran.code).toBe(code)
    expect(printed.map(line => undated(JSON.parse(line)))).toEqual(rows.map(undated))
    const filtered = await ground.k1ctl([...words, '--jq', '.state'])
    expect(filtered.stdout.trimEnd().split('\n')).toEqual(rows.map(({ state }) => state))
  })

  it('finds ten planted deviations and only they; apply closes them, and then finds nothing', async () => {
    const { file } = await exported('ten.yaml')
    const on = ['--tenant', everythingOn]
    const extra = smallWorld('everythingOn').tenants[0]?.people.find(p => p.active && p.bmsEmployeeId)?.email ?? ''
    await plant('jit', 'enable', 'bms', '--tenant', northwind)
    await plant('jit', 'defaults', 'set', 'bms', '--department', 'Projects', '--tenant', northwind)
    await plant('deprovisioning', 'enable', 'datto-partner-portal', '--tenant', northwind)
    await plant('unified-login', 'enable', 'graphus', '--tenant', northwind)
    await plant('deprovisioning', 'disable', 'graphus', ...on)
    await plant('jit', 'defaults', 'set', 'graphus', '--role', 'Admin', ...on)
    await plant('deprovisioning', 'disable', 'bms', ...on)
    await plant('require-log-in', 'exceptions', 'add', 'bms', extra, ...on)
    const [{ group } = { group: '' }] = JSON.parse(
      (await ground.k1ctl(['access-groups', 'list', 'bms', ...on, '--json'])).stdout,
    ).filter((one: { roles: unknown[] }) => one.roles.length > 0)
    await plant('access-groups', 'map', 'bms', group, '--role', 'Manager', ...on)
    await plant('require-log-in', 'disable', 'datto-partner-portal', ...on)

    const { rows, code } = await check(file, '--exit-code')
    expect(code).toBe(5)
    expect(rows.map(({ deviation, state, found, wanted }) => [deviation, state, found, wanted])).toEqual([
      [`${northwind}/bms/user-creation`, 'deviates', 'on', 'off'],
      [`${northwind}/bms/user-creation/defaults/department`, 'deviates', 'Projects', 'Service Desk'],
      [`${northwind}/graphus/log-in`, 'deviates', 'on', 'off'],
      [`${northwind}/datto-partner-portal/deprovisioning`, 'deviates', 'on', 'off'],
      [`${everythingOn}/bms/require-log-in/except`, 'deviates', extra, 'none'],
      [`${everythingOn}/bms/deprovisioning`, 'deviates', 'off', 'on'],
      [`${everythingOn}/bms/access-groups/groups/${group}`, 'deviates', 'Manager', expect.any(String)],
      [`${everythingOn}/graphus/user-creation/defaults/role`, 'deviates', 'Admin', 'Analyst'],
      [`${everythingOn}/graphus/deprovisioning`, 'deviates', 'off', 'on'],
      [`${everythingOn}/datto-partner-portal/require-log-in`, 'deviates', 'off', 'on'],
    ])
    expect(rows[4]?.why).toBe(
      `It would hold if the file also named ${extra}. The file does not except ${extra}: posture apply ends that at once.`,
    )

    const applied = await ground.k1ctl(['posture', 'apply', '-f', file, '--all-tenants', '--yes', '--json'])
    expect(applied.stderr).not.toContain('error')
    const report = JSON.parse(applied.stdout)
    expect(report.results.filter((one: { proved: boolean }) => !one.proved)).toEqual([])
    expect(applied.code).toBe(0)
    expect(await check(file, '--exit-code')).toEqual({ code: 0, rows: [] })
    const again = await ground.k1ctl(['posture', 'apply', '-f', file, '--all-tenants', '--yes', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ run: null })
    expect(again.code).toBe(0)
    const undone = await ground.k1ctl(['runs', 'undo', report.run, '--yes', '--json'])
    expect(undone.code).toBe(0)
    expect((await check(file)).rows.map(row => row.deviation)).toEqual(rows.map(row => row.deviation))
  }, 60_000)

  it('brings one tenant from nothing to all features of three modules, with fifteen lines and one command', async () => {
    const text = `tenants:
  Northwind Dental:
    bms:
      require-log-in: { state: on, except: [amy.breakglass@northwind-dental.example, k1ctl-api] }
      user-creation: on
      deprovisioning: on
      access-groups: { state: on, groups: { Front Office: [Technician] } }
    graphus:
      log-in: on
      user-creation: { state: on, defaults: { role: Analyst } }
      deprovisioning: on
    datto-partner-portal:
      require-log-in: { state: on, except: [amy.breakglass@northwind-dental.example] }
      user-creation: { state: on, defaults: { role: Tech } }
      deprovisioning: on
`
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(15)
    const file = fileOf(text, 'fifteen.yaml')
    const ran = await ground.k1ctl(['posture', 'apply', '-f', file, '--yes', '--json'])
    const report = JSON.parse(ran.stdout)
    expect(report.results.filter((one: { proved: boolean }) => !one.proved)).toEqual([])
    expect(ran.code).toBe(0)
    expect((await check(file, '--exit-code')).rows).toEqual([])
  })

  it('costs at most 1.5 calls a module and tenant beside the sign-in', async () => {
    const file = fileOf(
      `defaults:
  bms: { log-in: on, require-log-in: { state: on, except: [k1ctl-api] }, user-creation: { defaults: { department: Projects } } }
  graphus: { log-in: on, user-creation: { state: on, defaults: { role: Analyst } } }
  datto-partner-portal: { log-in: on, require-log-in: on, deprovisioning: on }
`,
      'calls.yaml',
    )
    for (const system of systems) await ground.control(system, 'calls', { method: 'DELETE' })
    const { rows } = await check(file, '--tenant', northwind, '--tenant', everythingOn)
    expect(rows.length).toBeGreaterThan(0)
    const all = (await Promise.all(systems.map(system => ground.calls(system)))).flat()
    const signIn = /authenticate|token|log-in(\/|$)|userinfo|\/tenants$/
    const beyond = all.filter(({ method, path }) => method !== 'POST' && !signIn.test(path))
    expect(beyond.length / (2 * systems.length)).toBeLessThanOrEqual(1.5)
  })
})

const systems = ['bms', 'graphus', 'datto-partner-portal']

describe('the whole demo', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround('demo')
  })
  afterAll(() => ground.close())

  it('export | check finds nothing, in any order, with few calls', async () => {
    const made = await ground.k1ctl(['posture', 'export', '--all-tenants'])
    expect(made.stderr).toBe('')
    expect(made.code).toBe(0)
    for (const system of ['bms', 'graphus', 'datto-partner-portal']) {
      await ground.control(system, 'calls', { method: 'DELETE' })
    }
    const checked = await ground.k1ctl(['posture', 'check', '-f', '-', '--all-tenants', '--exit-code', '--json'], {
      stdin: made.stdout,
    })
    expect(checked.stderr).toBe('')
    expect(JSON.parse(checked.stdout)).toEqual([])
    expect(checked.code).toBe(0)
  })
})
