import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { smallWorld } from './small-world.ts'

/** The answer to a change is lost: nobody knows whether it took effect, until somebody looks. */
const own = 'k1ctl-api@northwind-dental.example'
const breakGlass = 'amy.breakglass@northwind-dental.example'
const changes = [
  { module: 'graphus', method: 'PATCH', words: ['unified-login', 'enable', 'graphus'] },
  { module: 'datto-partner-portal', method: 'PATCH', words: ['require-log-in', 'enable', 'dpp'] },
  { module: 'bms', method: 'PUT', words: ['require-log-in', 'enable', 'bms', '--except', own, '--except', breakGlass] },
  { module: 'bms', method: 'POST', words: ['access-groups', 'map', 'bms', 'Finance', '--role', 'Finance'] },
]

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const settings = /unified-login|accesscontrol/
/** Calls with these paths before the answer is lost: BMS has its settings in several, and reads again before it writes. */
const looksBefore: Readonly<Record<string, number>> = { bms: 6 }

describe.each(changes)('$method in $module', ({ module, method, words }) => {
  const sent = async () => (await ground.calls(module)).filter(c => c.method === method && settings.test(c.path))

  it('lost after the change: looked at once more, found done, and sent once', async () => {
    await ground.fault(module, { method, path: settings.source, drop: 'after' })
    const ran = await ground.k1ctl([...words, '--yes'])
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('· changed (read back')])
    expect(await sent()).toHaveLength(1)
    expect(await ground.writes(module)).toHaveLength(1)
    const { stdout } = await ground.k1ctl(['runs', 'show', 'last', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'proved', open: [], results: [{ end: 'changed' }] })
    expect((await ground.k1ctl(['runs', 'verify', 'last'])).code).toBe(0)
  })

  it('lost after the change, and nobody can look: unknown; resume finds it done without sending it again', async () => {
    await ground.fault(module, { method, path: settings.source, drop: 'after' })
    const looks = { method: 'GET', path: settings.source, skip: looksBefore[module] ?? 1, times: 0, drop: 'before' }
    await ground.fault(module, looks)
    const ran = await ground.k1ctl([...words, '--yes', '--timeout', '2'])
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('· unknown')
    expect(ran.stdout).toContain('but no answer came')
    expect(ran.stderr).toMatch(/→ k1ctl runs resume \d{8}-\d{6}-/)
    const shown = await ground.k1ctl(['runs', 'show', 'last', '--json'])
    expect(JSON.parse(shown.stdout)).toMatchObject({ verdict: 'incomplete', open: [expect.stringContaining(module)] })

    await ground.control(module, 'faults', { method: 'DELETE' })
    const resumed = await ground.k1ctl(['runs', 'resume', 'last'])
    expect(resumed.code).toBe(0)
    expect(resumed.stdout).toContain('· changed (read back')
    expect(resumed.stdout).toContain('Found done: the earlier request had taken effect.')
    expect(await sent()).toHaveLength(1)
    expect(await ground.writes(module)).toHaveLength(1)
    const { stdout } = await ground.k1ctl(['runs', 'show', 'last', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'proved', open: [], results: [{ end: 'changed' }] })
    expect((await ground.k1ctl(['runs', 'verify', 'last'])).code).toBe(0)
  })

  it('lost before the change: resume sends it once', async () => {
    await ground.fault(module, { method, path: settings.source, drop: 'before' })
    const ran = await ground.k1ctl([...words, '--yes', '--json'])
    expect(ran.code).toBe(3)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      verdict: 'incomplete',
      results: [{ end: 'unknown', proved: false }],
    })
    expect(await ground.writes(module)).toEqual([])

    const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
    expect(resumed.code).toBe(0)
    expect(JSON.parse(resumed.stdout)).toMatchObject({ verdict: 'proved', results: [{ end: 'changed', proved: true }] })
    expect(await sent()).toHaveLength(2)
    expect(await ground.writes(module)).toHaveLength(1)
    expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(0)
    expect(await sent()).toHaveLength(2)
  })
})

it('an answer that never comes counts as lost, too', async () => {
  await ground.fault('graphus', { method: 'PATCH', delayMs: 2500 })
  const ran = await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes', '--timeout', '1'])
  expect(ran.code).toBe(3)
  expect(ran.stdout).toContain('no answer came within 1 second')
  await new Promise(resolve => setTimeout(resolve, 2000))
  expect(await ground.k1ctl(['runs', 'resume', 'last'])).toMatchObject({ code: 0 })
  expect(await ground.writes('graphus')).toHaveLength(1)
})

it('a change that was taken but cannot be read back is unknown, not done', async () => {
  // The reading after the change is the second: the change is made on what the plan read.
  await ground.fault('graphus', { method: 'GET', path: 'unified-login$', skip: 1, times: 0, drop: 'before' })
  const ran = await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes', '--timeout', '3'])
  expect(ran.code).toBe(3)
  expect(ran.stdout).toContain('Sent and accepted, but it could not be read back.')
  await ground.control('graphus', 'faults', { method: 'DELETE' })
  expect(await ground.k1ctl(['runs', 'resume', 'last'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Found done'),
  })
  expect(await ground.writes('graphus')).toHaveLength(1)
})

it('a change that the module says it made and did not make is failed, not done', async () => {
  await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
  const [{ stdout }] = [await ground.k1ctl(['runs', 'show', 'last', '--json'])]
  const { on } = JSON.parse(stdout).results[0].reading
  expect(on['log-in']).toBe(true)
  await ground.fault('graphus', {
    method: 'PATCH',
    status: 200,
    headers: { etag: '"x"' },
    body: { organization: null, isLogInWithKaseyaOneEnabled: false },
  })
  const ran = await ground.k1ctl(['deprovisioning', 'enable', 'graphus', '--yes'])
  expect(ran.code).toBe(3)
  expect(ran.stdout).toContain('accepted the change, but reading it back shows that it does not hold')
})
