import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { demoWorld } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'

const named = ['Northwind Dental', 'Kestrel Law Group', 'Copperline Electric']
let ground: Ground
beforeAll(async () => {
  ground = await openGround({ ...demoWorld(), tenants: demoWorld().tenants.filter(({ name }) => named.includes(name)) })
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

interface Result {
  goal: string
  tenant: string
  end: string
}
const resultsOf = (text: string) => JSON.parse(text) as { results: Result[]; unreached: { tenant: string }[] }

it('a tenant that did not answer is asked again by the resume of a run over the fleet', async () => {
  const copperline = ['--tenant', 'Copperline Electric']
  const url = ground.sandbox.systems.bms?.url ?? ''
  await ground.k1ctl(['connections', 'set', 'bms', 'url=http://127.0.0.1:1', ...copperline])
  const ran = await ground.k1ctl(['jit', 'enable', 'bms', '--all-tenants', '--yes', '--json', '--timeout', '1'])
  expect(ran.code).toBe(3)
  expect(resultsOf(ran.stdout).unreached.map(u => u.tenant)).toEqual(['Copperline Electric'])
  const still = await ground.k1ctl(['runs', 'resume', 'last', '--json', '--timeout', '1'])
  expect(still.code).toBe(3)
  await ground.k1ctl(['connections', 'set', 'bms', `url=${url}`, ...copperline])
  const before = (await ground.calls('bms')).length
  const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
  expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0)
  expect((await ground.calls('bms')).length).toBeGreaterThan(before)
  const { results, unreached } = resultsOf(resumed.stdout)
  expect(unreached).toEqual([])
  expect(results.map(r => r.tenant).sort()).toEqual([...named].sort())
  for (const { end } of results) expect(['changed', 'already']).toContain(end)
})

it('a feature without an endpoint is attested in its run, and status shows it', async () => {
  const tenant = ['--tenant', 'Kestrel Law Group']
  const ran = await ground.k1ctl(['unified-login', 'enable', 'graphus', ...tenant, '--yes', '--json'])
  expect(ran.code).toBe(3)
  const [result] = resultsOf(ran.stdout).results
  expect(result?.end).toBe('by-hand')
  const attested = await ground.k1ctl(['runs', 'attest', 'last', result?.goal ?? '', '--note', 'Turned on at 17:10'])
  expect(attested.code, attested.stderr).toBe(0)
  const status = JSON.parse((await ground.k1ctl(['status', 'graphus', ...tenant, '--json'])).stdout) as {
    feature: string
    detail: string
  }[]
  expect(JSON.stringify(status.find(s => s.feature === 'log-in'))).toContain('Attested on by tester@here')
})
