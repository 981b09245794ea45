import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { allWrites, forgetCalls } from './leavers.ts'
import { smallWorld, tenantName } from './small-world.ts'

/** A canary, where Require Log In needs somebody else's approval: in its tenant, in the others, or in both. */
const first = 'Northwind Dental'
const other = tenantName('ambiguousDepartments')
const portal = 'datto-partner-portal'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first', 'ambiguousDepartments'))
})
afterAll(() => ground.close())
beforeEach(async () => {
  await ground.reset()
  const logIn = await ground.k1ctl(['unified-login', 'enable', portal, '--all-tenants', '--yes'])
  expect([0, 3], logIn.stderr).toContain(logIn.code)
  await forgetCalls(ground)
})

const rule = async (...tenants: string[]) => {
  for (const tenant of tenants) await ground.k1ctl(['tenant', 'approval', tenant, '--for', 'require-log-in'])
}
const dates = async (): Promise<{ tenants: string[] }[]> =>
  JSON.parse((await ground.k1ctl(['schedule', 'list', '--all', '--json'])).stdout)
const waitingIn = async () => (await dates()).flatMap(({ tenants }) => tenants)

async function apply(text = `defaults:\n  ${portal}: { require-log-in: on }\n`) {
  const file = join(ground.home, 'posture.yaml')
  writeFileSync(file, text)
  const words = ['posture', 'apply', '-f', file, '--all-tenants', '--canary', first, '--yes', '--json']
  const ran = await ground.k1ctl([...words, '--timeout', '1'])
  return { ...ran, report: JSON.parse(ran.stdout) }
}

it('a canary that waits keeps the others from waiting, too', async () => {
  await rule(first, other)
  const { code, report, stderr } = await apply()
  expect(code, stderr).toBe(3)
  expect(report).toMatchObject({ waiting: [{ tenant: first }], notBegun: [other], results: [] })
  expect(stderr).toContain(
    `${first} goes first, and waits for an approval: 1 other tenant was not begun: ${other}.\n` +
      '→ Once it holds, for the others: k1ctl posture apply',
  )
  expect(await waitingIn()).toEqual([first])
  expect(await allWrites(ground)).toEqual([])
})

it('a canary that waits keeps those from beginning that need nobody', async () => {
  await rule(first)
  const { report } = await apply()
  expect(report).toMatchObject({ run: null, waiting: [{ tenant: first }], notBegun: [other] })
  expect(await allWrites(ground)).toEqual([])
})

it('a canary that failed keeps the others from being asked for', async () => {
  await rule(other)
  await ground.fault(portal, { status: 503, write: true, times: 0 })
  const { code, report, stderr } = await apply()
  await ground.control(portal, 'faults', { method: 'DELETE' })
  expect(code, stderr).toBe(3)
  expect(report).toMatchObject({ results: [{ tenant: first, end: 'unknown' }], notBegun: [other] })
  expect(stderr).toContain(`${first} goes first, and did not come to hold: 1 other tenant was not begun: ${other}.`)
  expect(await dates()).toEqual([])
})

it('a canary that is refused keeps the others from being asked for', async () => {
  await rule(first, other)
  const { code, report, stderr } = await apply(
    `tenants:\n  ${first}:\n    bms: { require-log-in: on }\n  ${other}:\n    ${portal}: { require-log-in: on }\n`,
  )
  expect(code, stderr).toBe(3)
  expect(report).toMatchObject({ results: [{ tenant: first, end: 'refused' }], notBegun: [other] })
  expect(stderr).toContain('did not come to hold: 1 other tenant was not begun')
  expect(await dates()).toEqual([])
})

it('a canary that does not answer keeps the others from beginning', async () => {
  await rule(first)
  await ground.fault(portal, { drop: 'before', times: 0, path: 't-001' })
  const { code, report, stderr } = await apply()
  await ground.control(portal, 'faults', { method: 'DELETE' })
  expect(code, stderr).toBe(3)
  expect(report).toMatchObject({
    run: null,
    verdict: 'incomplete',
    unreached: [{ tenant: first }],
    waiting: [],
    notBegun: [other],
  })
  expect(await allWrites(ground)).toEqual([])
})

it('a canary that holds lets the others be asked for', async () => {
  await rule(other)
  const { code, report, stderr } = await apply()
  expect(code, stderr).toBe(3)
  expect(report).toMatchObject({
    verdict: 'pending',
    results: [{ tenant: first, end: 'changed' }],
    waiting: [{ tenant: other }],
  })
  expect(report).not.toHaveProperty('notBegun')
  expect(await waitingIn()).toEqual([other])
})

it('a canary that holds already lets the others be asked for', async () => {
  const alone = await ground.k1ctl(['require-log-in', 'enable', portal, '--tenant', first, '--yes'])
  expect(alone.code, alone.stderr).toBe(0)
  await rule(first, other)
  expect((await apply()).report).toMatchObject({ run: null, waiting: [{ tenant: other }] })
  expect(await waitingIn()).toEqual([other])
})
