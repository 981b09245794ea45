import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import { failureOf } from '../http/loopback.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { goalOf, theOne } from './people-stage.ts'
import type { TriedGoal as AccountGoal } from './tried-goal.ts'

const stage = setGraphStage()

async function released(who: string, options: Partial<AccountGoalOptions> = {}): Promise<AccountGoal> {
  const people = await stage.open()
  const account = await theOne(people, who)
  return goalOf(await people.goals(account, { ...plain, ...options }), 'devices-released')
}

/** `retire`, of what was asked of devices since the last time. */
async function orders(): Promise<string[]> {
  return (await stage.writes())
    .filter(call => call.includes('managedDevices'))
    .map(call => call.split('/').at(-1) ?? '')
}

describe('devices', () => {
  it('are retired, waited for, and disabled in Entra', async () => {
    const goal = await released(estate.cloud)
    expect([goal.effect, goal.repeatable]).toEqual(['irreversible', true])
    expect(goal.differences.map(({ what, before }) => `${what}: ${before}`)).toEqual([
      'Devices in Intune: emma.suzuki Surface',
      'Devices in Entra: emma.suzuki Surface',
    ])
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({
      state: 'holds',
      reading: { managed: [], registered: [{ enabled: false }] },
    })
    expect((await stage.writes()).map(call => call.split('/').at(-1)?.slice(0, 6) ?? '')[0]).toBe('retire')
  })

  it('that are offline are pending, named with their last contact, and not asked twice', async () => {
    const goal = await released(estate.owner)
    expect(goal.later).toContain('checks in')
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({
      state: 'not-yet',
      reading: {
        managed: [
          { name: 'quentin.jackson Tablet', lastContact: '2026-10-30T07:12:00Z', actions: ['retire: pending'] },
        ],
      },
    })
    expect(await orders()).toEqual(['retire', 'retire'])
    // The Surface is waited for, the tablet is not.
    expect(stage.clock.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(5_000)
    const again = await released(estate.owner)
    await again.bring?.()
    expect(await orders()).toEqual([])
    await stage.control('devices/contact')
    expect((await goal.look()).state).toBe('holds')
  })

  it('are locked, too, where Intune can lock them', async () => {
    await stage.control('devices', { email: estate.cloud, name: 'Emma iPad', os: 'iPadOS', online: false })
    const goal = await released(estate.cloud, { devices: 'lock' })
    expect(goal.residual?.join()).toContain('Intune cannot lock "emma.suzuki Surface"')
    await goal.bring?.()
    expect((await orders()).sort()).toEqual(['remoteLock', 'retire', 'retire'])
    await (await released(estate.cloud, { devices: 'lock' })).bring?.()
    expect(await orders()).toEqual([])
  })

  it('that are Macs are locked and not retired, for the PIN would be lost with the next command', async () => {
    await stage.control('devices', { email: estate.cloud, name: 'Emma Mac', os: 'macOS' })
    const goal = await released(estate.cloud, { devices: 'lock' })
    expect(goal.residual?.join()).toContain('The Mac "Emma Mac" is locked and stays in Intune')
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({
      state: 'holds',
      reading: { managed: [{ name: 'Emma Mac', actions: ['remoteLock: done'] }] },
    })
    expect((await orders()).sort()).toEqual(['remoteLock', 'retire'])
    await (await released(estate.cloud, { devices: 'lock' })).bring?.()
    expect(await orders()).toEqual([])
  })

  it('are erased, but never a personal one', async () => {
    await stage.control('devices', { email: estate.cloud, name: 'Emma phone', personal: true })
    const goal = await released(estate.cloud, { devices: 'erase' })
    expect([goal.repeatable, goal.warnings.join()]).toEqual([false, expect.stringContaining('not erased')])
    await goal.bring?.()
    expect((await orders()).sort()).toEqual(['retire', 'wipe'])
    expect((await goal.look()).state).toBe('holds')
  })

  it('are not wiped again after a lost answer: the device shows that it was asked', async () => {
    await stage.control('devices', { email: estate.other, name: 'Carla iPad', online: false })
    const goal = await released(estate.other, { devices: 'erase' })
    await stage.fault({ method: 'POST', path: '/wipe', drop: 'after', skip: 1 })
    await goal.bring?.()
    await (await released(estate.other, { devices: 'erase' })).bring?.()
    const wipes = (await stage.calls()).filter(({ path }) => path.endsWith('/wipe'))
    expect(wipes.length).toBe(2)
    expect(new Set(wipes.map(({ path }) => path)).size).toBe(2)
  })

  it.each([
    ['failed', ['wipe']],
    ['canceled', ['wipe']],
    ['active', []],
    ['done', []],
  ])('with a wipe that is %s are asked accordingly', async (actionState, asked) => {
    const goal = await released(estate.cloud, { devices: 'erase', waitMs: 0 })
    await stage.control('devices/results', { email: estate.cloud, results: [{ actionName: 'wipe', actionState }] })
    await goal.bring?.()
    expect(await orders()).toEqual(asked)
  })

  it('that did what they were told are not told again, because another one was told hours later', async () => {
    const hoursAgo = (hours: number) => new Date(stage.clock.now().getTime() - hours * 3_600_000).toISOString()
    const results = [{ actionName: 'wipe', actionState: 'done' }]
    await stage.control('devices/results', { email: estate.cloud, results, at: hoursAgo(3) })
    const earlier = { sentAt: { 'devices-released': hoursAgo(1) } } as const
    const takenAt = { 'devices-released': { 'one wipe': hoursAgo(3), 'another wipe': hoursAgo(1) } }
    const told = async (options: Partial<AccountGoalOptions>) =>
      (await released(estate.cloud, { devices: 'erase', ...options })).differences.map(({ what }) => what)
    expect(await told({ ...earlier, takenAt })).not.toContain('Devices in Intune')
    expect(await told(earlier)).toContain('Devices in Intune')
  })

  it('of other people are left alone, should Intune list them', async () => {
    const goal = await released(estate.cloud)
    const { managedDevices } = z
      .object({ managedDevices: z.array(z.object({ id: z.string(), userId: z.string(), deviceName: z.string() })) })
      .parse(await stage.state())
    const foreign = managedDevices.find(({ deviceName }) => deviceName === 'carla.bell Surface')
    expect(foreign).toBeDefined()
    const path = '/users/[^/]+/managedDevices'
    await stage.fault({ method: 'GET', path, status: 200, body: { value: [foreign] }, times: 0 })
    await goal.bring?.()
    expect(await orders()).toEqual([])
  })

  it('are none in a tenant without Intune', async () => {
    const body = { error: { code: 'BadRequest', message: 'Request not applicable to target tenant.' } }
    await stage.fault({ method: 'GET', path: '/users/[^/]+/managedDevices', status: 400, body, times: 0 })
    const goal = await released(estate.cloud)
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { managed: [] } })
    expect(await orders()).toEqual([])
  })

  it('are not said to be none where there is no Intune and Entra shows nothing', async () => {
    const body = { error: { code: 'BadRequest', message: 'Request not applicable to target tenant.' } }
    await stage.fault({ method: 'GET', path: '/users/[^/]+/managedDevices', status: 400, body, times: 0 })
    await stage.control('quirks', { registeredHidden: true })
    const goal = await released(estate.cloud)
    expect((await failureOf(goal.look())).kind).toBe('forbidden')
  })

  it('that may not be read in Entra are not said to be disabled; what Intune shows is retired', async () => {
    await stage.control('quirks', { registeredHidden: true })
    const goal = await released(estate.cloud)
    expect(await goal.look()).toMatchObject({ state: 'not-yet', reading: { registered: null } })
    await goal.bring?.()
    expect(await orders()).toEqual(['retire'])
    expect((await failureOf(goal.look())).kind).toBe('forbidden')
  })
})
