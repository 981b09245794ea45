import { rmSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { checkFile, openFolder } from './posture-ground.ts'
import { smallWorld, tenantName } from './small-world.ts'

const northwind = 'Northwind Dental'
const [second, third] = [tenantName('ambiguousDepartments'), tenantName('severalResellers')]
const { folder, fileOf } = openFolder()
const everywhere = fileOf('defaults:\n  datto-partner-portal: { log-in: on, deprovisioning: on }\n')

interface Result {
  tenant: string
  system: string
  end: string
  proved: boolean
  steps?: string[]
}

describe('posture apply over a fleet', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(smallWorld('first', 'ambiguousDepartments', 'severalResellers'))
  })
  afterAll(async () => {
    await ground.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => ground.reset())

  const apply = async (file: string, ...more: string[]) => {
    const ran = await ground.k1ctl(['posture', 'apply', '-f', file, '--all-tenants', '--yes', '--json', ...more])
    const report = ran.stdout === '' ? undefined : JSON.parse(ran.stdout)
    return { ...ran, report, results: (report?.results ?? []) as Result[] }
  }
  const portal = 'datto-partner-portal'
  const failing = (tenant: number, times: number) => ({
    method: 'PATCH',
    path: `/tenants/t-0${tenant === 1 ? '01' : tenant === 2 ? '04' : '10'}/`,
    status: 403,
    body: { code: 'forbidden', detail: 'no' },
    times,
  })

  it('one tenant that fails stops no other, and a resume finishes it, with no second write', async () => {
    await ground.fault(portal, failing(2, 1))
    const { code, results, report } = await apply(everywhere)
    expect(code).toBe(3)
    expect(results.map(({ tenant, end }) => [tenant, end])).toEqual([
      [northwind, 'changed'],
      [second, 'failed'],
      [third, 'changed'],
    ])
    const writes = (await ground.writes(portal)).length
    const resumed = await ground.k1ctl(['runs', 'resume', report.run, '--json'])
    expect(resumed.code).toBe(0)
    expect(JSON.parse(resumed.stdout).results.every((one: Result) => one.proved)).toBe(true)
    expect(await ground.writes(portal)).toHaveLength(writes + 1)
    expect((await checkFile(ground, everywhere, ['--exit-code'])).code).toBe(0)
    expect((await ground.k1ctl(['runs', 'verify', report.run])).code).toBe(0)
  })

  it('the canary goes first; when it fails, no other is begun, and a resume takes all up', async () => {
    await ground.fault(portal, failing(3, 1))
    const { code, results, report, stderr } = await apply(everywhere, '--canary', third)
    expect(code).toBe(3)
    expect(results.map(({ tenant, end }) => [tenant, end])).toEqual([[third, 'failed']])
    expect(stderr).toContain('2 other tenants were not begun')
    expect((await ground.writes(portal)).every(({ path }) => path.includes('t-010'))).toBe(true)
    expect((await ground.k1ctl(['runs', 'resume', report.run, '--json'])).code).toBe(0)
    expect((await checkFile(ground, everywhere)).rows).toEqual([])
  })

  it('a canary that holds lets the others follow, in one run', async () => {
    const { code, results } = await apply(everywhere, '--canary', second)
    expect({ code, count: results.length }).toEqual({ code: 0, count: 3 })
    const [first] = await ground.writes(portal)
    expect(first?.path).toContain('t-004')
  })

  it('refuses more tenants than --max-tenants before the first change', async () => {
    const { code, stderr } = await apply(everywhere, '--max-tenants', '2')
    expect(code).toBe(1)
    expect(stderr).toContain('3 tenants, more than --max-tenants 2')
    expect(await ground.writes(portal)).toEqual([])
    expect((await ground.k1ctl(['runs', 'list', '--json'])).stdout).toBe('[]\n')
    expect((await apply(everywhere, '--max-tenants', '3')).code).toBe(0)
  })

  it('judges the guards on the state that will be: Require without a way back in is refused', async () => {
    const locked = fileOf('defaults:\n  bms: { require-log-in: on, deprovisioning: on }\n', 'locked.yaml')
    const { code, results } = await apply(locked, '--only', 'bms')
    expect(code).toBe(3)
    const ends = results.filter(({ tenant }) => tenant === northwind).map(({ end }) => end)
    expect(ends).toEqual(['refused', 'changed'])
    const open = fileOf(
      'tenants:\n  Northwind Dental:\n    bms: { require-log-in: { state: on, except: [k1ctl-api, amy.breakglass@northwind-dental.example] } }\n',
      'open.yaml',
    )
    expect((await apply(open, '--only', 'bms')).code).toBe(0)
  })

  it('a dry run shows before and after, and changes nothing', async () => {
    const ran = await ground.k1ctl(['posture', 'apply', '-f', everywhere, '--all-tenants', '--dry-run', '--exit-code'])
    expect(ran.code).toBe(5)
    expect(ran.stdout).toContain('Automatic User Deprovisioning  off  →  on')
    expect(await ground.writes(portal)).toEqual([])
  })

  it('asks nobody off a terminal, and says so', async () => {
    const ran = await ground.k1ctl(['posture', 'apply', '-f', everywhere, '--all-tenants'])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody can be asked') })
  })

  it('tells step by step what only a person can do, and exits 3', async () => {
    const byHand = fileOf('defaults:\n  datto-rmm: { log-in: on, require-log-in: on }\n', 'by-hand.yaml')
    const { code, results, report } = await apply(byHand, '--only', 'datto-rmm')
    expect(code).toBe(3)
    expect(results).toHaveLength(6)
    expect(results.every(({ end, steps = [] }) => end === 'by-hand' && steps.length > 2)).toBe(true)
    const shown = await ground.k1ctl(['runs', 'show', report.run])
    expect(shown.stdout).toContain('Datto RMM')
  })
})
