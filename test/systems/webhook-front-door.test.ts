import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { demoWorld, estateLeaver, estateTenant } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from '../cli/harness.ts'
import { sendJson } from '../http/loopback.ts'
import { secret, startReceiver } from './webhook-stage.ts'

/** Through the command line, as an operator does it. */

const world = demoWorld()
const leaver = estateLeaver(world).person.email
const tenant = estateTenant(world)?.name ?? ''
const badges = ['offboard', leaver, '--tenant', tenant, '--only', 'webhook:badges']
let ground: Ground

beforeEach(async () => {
  ground = await openGround('demo', tenant)
})
afterEach(() => ground.close())

async function goalsWritten(): Promise<string[]> {
  const calls = z.array(z.looseObject({ body: z.string() })).parse(await ground.writes('webhook'))
  return calls.map(({ body }) => z.looseObject({ goal: z.string() }).parse(JSON.parse(body)).goal)
}

it('waits for what is handed in later, and asks for it once', async () => {
  const first = await ground.k1ctl([...badges, '--yes'])
  expect([first.code, first.stdout]).toEqual([3, expect.stringContaining('devices released: pending')])
  expect(first.stdout).toMatch(/5 changed, 1 already, 1 pending/)
  const written = await goalsWritten()
  expect(written.filter(goal => goal === 'devices-released')).toHaveLength(1)

  const still = await ground.k1ctl(['runs', 'resume', 'last'])
  expect([still.code, await goalsWritten()]).toEqual([3, written])
  await ground.control('webhook', 'handed-in', { method: 'POST' })
  const resumed = await ground.k1ctl(['runs', 'resume', 'last'])
  expect([resumed.code, await goalsWritten()]).toEqual([0, written])

  const again = await ground.k1ctl([...badges, '--yes'])
  expect([again.code, await goalsWritten()]).toEqual([0, written])
  expect(JSON.stringify([first, still, resumed, again])).not.toContain('whsec_')
}, 30_000)

it('gives back, and takes once more in a run of its own', async () => {
  await ground.k1ctl([...badges, '--yes'])
  const undone = await ground.k1ctl(['runs', 'undo', 'last', '--yes'])
  // Sessions that were ended and codes that were revoked do not come back, and that is said.
  expect([undone.code, undone.stdout]).toEqual([3, expect.stringContaining('sign-in is allowed again')])
  expect(undone.stderr).toMatch(/credentials are revoked: it cannot be undone/)
  const { stdout } = await ground.k1ctl([...badges, '--yes'])
  expect(stdout).toMatch(/3 changed, 3 already, 1 pending/)
  expect((await goalsWritten()).filter(goal => goal === 'sign-in-blocked')).toHaveLength(3)
  const look = await ground.k1ctl([...badges, '--dry-run'])
  expect(look.stdout).toContain('sign-in blocked: already')
}, 30_000)

it('is connected by name, and a receiver that only takes messages proves nothing', async () => {
  const receiver = await startReceiver(({ message }, response) =>
    sendJson(response, {}, message.type === 'ping' ? 200 : 202),
  )
  try {
    const words = ['connect', 'webhook', '--name', 'desk', '--tenant', tenant, '--url', receiver.url]
    const connected = await ground.k1ctl([...words, '--set', 'reads=no', '--password-stdin', '--keep', 'plain'], {
      stdin: `${secret}\n`,
    })
    expect([connected.code, connected.stdout + connected.stderr]).toEqual([
      0,
      expect.stringContaining('desk (Webhook)'),
    ])
    const { code, stdout } = await ground.k1ctl([
      ...['offboard', leaver, '--tenant', tenant, '--only', 'webhook:desk', '--yes'],
    ])
    expect([code, stdout]).toEqual([3, expect.stringContaining('unproved')])
    expect(receiver.types()).toEqual(['ping', 'ping', 'person.ensure'])
    expect(receiver.received.every(({ genuine }) => genuine)).toBe(true)
  } finally {
    await receiver.close()
  }
}, 30_000)
