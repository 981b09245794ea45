import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { smallWorld, tenantName } from './small-world.ts'

/** One change over the fleet: some tenants have it, some cannot, some are set by hand. */
const northwind = 'Northwind Dental'
const everythingOn = tenantName('everythingOn')
const unconnected = tenantName('graphusUnconnected')
const never = tenantName('neverConfigured')
const withoutBms = tenantName('withoutBms')
const lastGraphusAdmin = tenantName('lastGraphusAdmin')

interface Result {
  tenant: string
  end: string
  proved: boolean
  why?: string
}

describe('a mixed fleet', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(
      smallWorld('first', 'everythingOn', 'lastGraphusAdmin', 'neverConfigured', 'graphusUnconnected', 'withoutBms'),
    )
  })
  afterAll(() => ground.close())
  beforeEach(() => ground.reset())

  const fleet = (...words: string[]) => ground.k1ctl([...words, '--all-tenants', '--yes', '--json'])
  const endsOf = (stdout: string) =>
    Object.fromEntries((JSON.parse(stdout).results as Result[]).map(r => [r.tenant, r.end]))

  it('unified login in Graphus: changed where it was off, by hand where nothing is connected', async () => {
    const ran = await fleet('unified-login', 'enable', 'graphus')
    expect(ran.code).toBe(3)
    expect(JSON.parse(ran.stdout)).toMatchObject({ verdict: 'pending', unreached: [] })
    const ends = endsOf(ran.stdout)
    expect(ends).toMatchObject({ [northwind]: 'changed', [everythingOn]: 'already', [unconnected]: 'by-hand' })
    expect(await ground.writes('graphus')).toHaveLength(Object.values(ends).filter(e => e === 'changed').length)
    const writes = (await ground.writes('graphus')).length
    const again = endsOf((await fleet('unified-login', 'enable', 'graphus')).stdout)
    expect(Object.values(again).filter(e => e === 'changed')).toEqual([])
    expect(await ground.writes('graphus')).toHaveLength(writes)
  })

  it('deprovisioning in BMS: refused with reasons, unreached with reasons, and one bad row is no success', async () => {
    const ran = await fleet('deprovisioning', 'enable', 'bms')
    expect(ran.code).toBe(3)
    const report = JSON.parse(ran.stdout)
    expect(report.verdict).toBe('incomplete')
    expect(report.unreached).toEqual([
      { tenant: withoutBms, system: 'bms', why: `BMS is not connected for ${withoutBms}.` },
    ])
    const byTenant = new Map((report.results as Result[]).map(r => [r.tenant, r]))
    expect(byTenant.get(northwind)).toMatchObject({ end: 'changed', proved: true })
    expect(byTenant.get(everythingOn)).toMatchObject({ end: 'already', proved: true })
    expect(byTenant.get(never)).toMatchObject({ end: 'refused', why: expect.stringContaining('no default yet') })
    expect(await ground.k1ctl(['runs', 'show', 'last'])).toMatchObject({
      stdout: expect.stringContaining(`! ${withoutBms} · BMS: BMS is not connected`),
    })
  })

  it('JIT defaults in all of Graphus; Require in all of Partner Portal, the same word for each tenant', async () => {
    await fleet('unified-login', 'enable', 'graphus')
    expect(endsOf((await fleet('jit', 'defaults', 'set', 'graphus', '--role', 'Analyst')).stdout)).toMatchObject({
      [northwind]: 'changed',
      [everythingOn]: 'already',
    })
    const portal = await fleet('require-log-in', 'enable', 'dpp')
    const ends = endsOf(portal.stdout)
    expect(ends).toMatchObject({ [northwind]: 'changed', [lastGraphusAdmin]: 'already' })
  })

  it('says what it would do in a dry run, and writes nothing', async () => {
    const ran = await ground.k1ctl(['deprovisioning', 'enable', 'bms', '--all-tenants', '--dry-run'])
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain(`~ ${northwind} · BMS`)
    expect(ran.stdout).toContain(`= ${everythingOn} · BMS`)
    expect(ran.stdout).toContain(`x ${never} · BMS`)
    expect(ran.stdout).toContain(`! ${withoutBms} · BMS: BMS is not connected for ${withoutBms}.`)
    expect(await ground.writes('bms')).toEqual([])
  })

  it('where nothing can be brought about, says so as JSON as well, and writes no run', async () => {
    await fleet('deprovisioning', 'enable', 'bms')
    const runs = (await ground.k1ctl(['runs', 'list', '--json'])).stdout
    const ran = await fleet('deprovisioning', 'enable', 'bms')
    expect(ran.code).toBe(1)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      run: null,
      verdict: 'incomplete',
      unreached: [{ tenant: withoutBms }],
      results: expect.arrayContaining([expect.objectContaining({ tenant: never, end: 'refused', proved: false })]),
    })
    expect((await ground.k1ctl(['runs', 'list', '--json'])).stdout).toBe(runs)
  })

  it('does not let one tenant of the fleet use a secret of the environment', async () => {
    const env = { K1CTL_BMS_USERNAME: 'nobody', K1CTL_BMS_PASSWORD: 'not-the-password' }
    const ran = await ground.k1ctl(['status', 'bms', '--all-tenants', '--json'], { env })
    expect(ran.code).toBe(0)
    expect((await ground.k1ctl(['status', 'bms', '--json'], { env })).code).toBe(3)
  })

  it('contradicts --tenant', async () => {
    const ran = await ground.k1ctl(['status', '--all-tenants', '--tenant', northwind])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('contradict each other') })
  })

  it('refuses a feature that the module does not have once, not once a tenant', async () => {
    const ran = await ground.k1ctl(['require-log-in', 'enable', 'graphus', '--all-tenants', '--yes'])
    expect(ran.code).toBe(1)
    expect(ran.stderr.match(/Graphus has no Require/g)).toHaveLength(1)
  })
})

it('works over all forty tenants of the demo at once', async () => {
  const ground = await openGround('demo')
  try {
    const ran = await ground.k1ctl(['deprovisioning', 'enable', 'dpp', '--all-tenants', '--yes', '--json'])
    const report = JSON.parse(ran.stdout)
    const results: Result[] = report.results
    expect(results).toHaveLength(40)
    expect(new Set(results.map(r => r.tenant)).size).toBe(40)
    const changed = results.filter(r => r.end === 'changed')
    expect(changed.length).toBeGreaterThan(5)
    expect(changed.every(r => r.proved)).toBe(true)
    expect(await ground.writes('datto-partner-portal')).toHaveLength(changed.length)
    const { stdout } = await ground.k1ctl(['runs', 'verify', 'last', '--json'])
    const looks: { goal: string; state: string }[] = JSON.parse(stdout).goals
    const held = results.filter(r => r.end === 'changed' || r.end === 'already').length
    expect(looks.filter(l => l.state === 'holds')).toHaveLength(held)
  } finally {
    await ground.close()
  }
}, 60_000)
