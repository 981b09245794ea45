import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Account, AccountGoalOptions } from '../../src/core/account.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { jumpcloud } from '../../src/systems/jumpcloud/index.ts'
import { createTestClock, failureOf } from '../http/loopback.ts'
import { emails, goalsFor, leaver, other, readingOf, setJumpcloudStage } from './jumpcloud-stage.ts'
import { goalOf, here, theOne } from './people-stage.ts'
import type { TriedGoal as AccountGoal, TriedPeople as PeopleAccess } from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

/** Devices of a leaver: released, and locked or erased where asked for. */

const { stage, open, contact } = setJumpcloudStage()

describe('devices', () => {
  const lock: AccountGoalOptions = { ...here, devices: 'lock' }
  const erase: AccountGoalOptions = { ...here, devices: 'erase' }
  const device = z.object({ devices: z.array(z.looseObject({ name: z.string(), bound: z.boolean() })) })

  async function devicesOf(account: Account, options: AccountGoalOptions): Promise<AccountGoal> {
    return goalOf(await (await open()).goals(account, options), 'devices-released')
  }

  it('count once their agents called in; one that is off is pending, and named', async () => {
    const account = await theOne(await open(), leaver)
    const goal = await devicesOf(account, here)
    expect(goal.later).toContain('has not called in')
    await goal.bring?.()
    const standing = await goal.look()
    expect(standing).toMatchObject({
      state: 'not-yet',
      waitsFor: expect.stringMatching(/^\S+, last heard of 2026-11-12T20:00:00/),
    })
    const off = device.parse(await readingOf(goal)).devices.filter(one => one.calledInSince === false)
    expect(off).toEqual([
      expect.objectContaining({ os: 'Ubuntu', lastContact: expect.stringContaining('2026-11-12T20:00:00') }),
    ])

    // In another process, from the account as it was kept and the moment at which it was sent.
    const sentAt = { 'devices-released': stage.clock.now().toISOString() }
    const later = await devicesOf(account, { ...here, sentAt })
    await stage.writes('jumpcloud')
    expect((await later.look()).state).toBe('not-yet')
    await stage.clock.sleep(60_000)
    await contact()
    expect((await later.look()).state).toBe('holds')
    expect(await stage.writes('jumpcloud')).toEqual([])
  })

  it('prove nothing by having called in before', async () => {
    const account = await theOne(await open(), leaver)
    await (await devicesOf(account, here)).bring?.()
    await contact()
    const sentAt = { 'devices-released': new Date(stage.clock.now().getTime() + 5000).toISOString() }
    expect((await (await devicesOf(account, { ...here, sentAt })).look()).state).toBe('not-yet')
    // Nobody knows when it was sent: calling in says nothing yet.
    expect((await (await devicesOf(account, here)).look()).state).toBe('not-yet')
  })

  it('are locked after they are released: by command, by MDM, and later where they are off', async () => {
    const account = await theOne(await open(), leaver)
    const goal = await devicesOf(account, lock)
    await goal.bring?.()
    const writes = (await stage.writes('jumpcloud')).map(call => call.replace(/(?:mdm-)?[0-9a-f]{24}/g, 'ID'))
    expect(writes.slice(0, 3)).toEqual(Array(3).fill('POST /api/v2/users/ID/associations'))
    expect(writes.slice(3).sort()).toEqual([
      'POST /api/systems/ID/command/builtin/lock',
      'POST /api/systems/ID/command/builtin/lock',
      'POST /api/v2/applemdms/ID/devices/ID/lock',
    ])
    expect((await goal.look()).state).toBe('not-yet')
    await stage.clock.sleep(5000)
    await contact()
    expect(await goal.look()).toEqual({ state: 'unobservable', why: expect.stringContaining('IRON-02-M2') })
    const state = z.object({ organizations: z.array(z.object({ systems: z.array(z.looseObject({})) })) })
    const locked = state
      .parse(await stage.control('jumpcloud', 'GET', 'state'))
      .organizations.flatMap(one => one.systems)
      .filter(one => one.locked === true)
    expect(locked.map(one => one.localAccounts)).toEqual(Array(3).fill([{ user: account.id, enabled: false }]))
  })

  it('of Windows and Linux are erased once, and only when that is asked for', async () => {
    const [, , , , fifth = ''] = emails
    const account = await theOne(await open(), fifth)
    expect(await devicesOf(account, lock)).toMatchObject({ effect: 'reversible', repeatable: true })
    const goal = await devicesOf(account, erase)
    expect(goal).toMatchObject({ effect: 'irreversible', repeatable: false })
    expect(goal).not.toHaveProperty('undo')
    await goal.bring?.()
    // Its agent called in since, which says nothing of what it did.
    expect(await goal.look()).toMatchObject({
      state: 'unobservable',
      why: expect.stringMatching(/took the order to erase .+, and does not show what came of it/),
    })
    expect((await stage.writes('jumpcloud')).filter(call => call.includes('erase'))).toHaveLength(1)
    const again = goalOf(await goalsFor(await open(), fifth, erase), 'devices-released')
    expect((await again.look()).state).toBe('holds')
    await again.bring?.()
    expect(await stage.writes('jumpcloud')).toEqual([])
  })

  it('do not hear of an erasure again when a run is resumed, though nobody can read what a Mac did', async () => {
    const account = await theOne(await open(), leaver)
    const { applied } = await erasedOnce(account)
    await stage.clock.sleep(5000)
    await contact()
    const later = await devicesOf(account, { ...erase, sentAt: { 'devices-released': applied } })
    expect((await later.look()).state).toBe('unobservable')
    await later.bring?.()
    expect(await stage.writes('jumpcloud')).toEqual([])
  })

  it('are silent since their own erasure, not since that of another one hours later', async () => {
    const account = await theOne(await open(), leaver)
    const { applied } = await erasedOnce(account)
    await stage.clock.sleep(5000)
    await contact()
    await stage.clock.sleep(5 * 3_600_000)
    const ids = (account.asFound?.devices ?? '').split(',')
    const earlier = {
      ...{ ...erase, sentAt: { 'devices-released': stage.clock.now().toISOString() } },
      takenThen: { 'devices-released': ids.flatMap(id => [`release ${id}`, id]) },
    }
    const takenAt = { 'devices-released': Object.fromEntries(ids.map(id => [id, applied])) }
    expect((await (await devicesOf(account, { ...earlier, takenAt })).look()).state).toBe('unobservable')
    expect((await (await devicesOf(account, earlier)).look()).state).toBe('not-yet')
  })

  it('are erased by a later run where one was killed after the unbinding, and by no third one', async () => {
    const account = await theOne(await open(), leaver)
    await (await devicesOf(account, here)).bring?.()
    await contact()
    await stage.writes('jumpcloud')
    const sentAt = { 'devices-released': stage.clock.now().toISOString() }
    const taken = (ids: string[]) => ({ ...erase, sentAt, takenThen: { 'devices-released': ids } })
    const ids = (account.asFound?.devices ?? '').split(',')
    const later = await devicesOf(account, taken(ids.map(id => `release ${id}`)))
    expect(later.differences).toHaveLength(3)
    expect(later.differences[0]).toMatchObject({ before: 'released', after: 'released and erased' })
    await later.bring?.()
    const writes = await stage.writes('jumpcloud')
    expect([writes.length, writes.filter(call => call.includes('erase')).length]).toEqual([3, 3])
    await (await devicesOf(account, taken([...ids.map(id => `release ${id}`), ...ids]))).bring?.()
    expect(await stage.writes('jumpcloud')).toEqual([])
  })

  it('hear of their order only once each that is on has called in, and it was looked anew who else uses it', async () => {
    const account = await theOne(await open(), leaver)
    const goal = await devicesOf(account, lock)
    const from = (await stage.calls('jumpcloud')).length
    await goal.bring?.()
    const calls = (await stage.calls('jumpcloud')).slice(from).map(({ method, path }) => `${method} ${path}`)
    const unbound = calls.findLastIndex(call => /^POST .*associations/.test(call))
    const ordered = calls.findIndex(call => /^POST .*lock$/.test(call))
    const between = calls.slice(unbound, ordered)
    const devices = (account.asFound?.devices ?? '').split(',')
    for (const id of devices) {
      // The first look shows where each stands, a later one that it has called in since.
      expect(between.filter(call => call === `GET /api/systems/${id}`).length).toBeGreaterThan(1)
      expect(between.filter(call => call.includes(`/systems/${id}/users`)).length).toBeGreaterThan(0)
    }
  })

  async function erasedOnce(account: Account) {
    const goal = await devicesOf(account, erase)
    await goal.bring?.()
    const writes = (await stage.writes('jumpcloud')).filter(call => call.includes('erase'))
    expect(writes).toHaveLength(3)
    return { applied: stage.clock.now().toISOString() }
  }

  it('do not hear of an erasure twice when its answer is lost', async () => {
    const [, , , , fifth = ''] = emails
    const goal = await devicesOf(await theOne(await open(), fifth), erase)
    await stage.fault('jumpcloud', { method: 'POST', path: 'erase', drop: 'after' })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('lost-answer')
    expect((await goal.look()).state).toBe('not-yet')
    expect((await stage.calls('jumpcloud')).filter(call => call.path.includes('erase'))).toHaveLength(1)
  })

  it('that others use are unbound, and neither locked nor erased', async () => {
    const [, , , , fifth = ''] = emails
    const people = await open()
    const account = await theOne(people, fifth)
    const mate = await theOne(people, other)
    const undo = goalOf(await people.goals(mate, here), 'devices-released').undo
    await undo?.({ devices: [{ id: account.asFound?.devices ?? '', name: 'shared', bound: true }] }).bring?.()
    await stage.writes('jumpcloud')
    const goal = await devicesOf(account, erase)
    expect(goal.residual).toEqual([expect.stringContaining('one other person uses it')])
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
    expect((await stage.writes('jumpcloud')).map(call => call.replace(/[0-9a-f]{24}/g, 'ID'))).toEqual([
      'POST /api/v2/users/ID/associations',
    ])
  })

  it('are all unbound where one is hidden, of which nobody can say whether its agent called in', async () => {
    const [, , , , fifth = ''] = emails
    const account = await theOne(await open(), fifth)
    const id = account.asFound?.devices ?? ''
    await stage.fault('jumpcloud', { method: 'GET', path: `/systems/${id}$`, status: 403, body: {}, times: 0 })
    const goal = await devicesOf(account, here)
    expect(goal.warnings.join()).toContain('could not be read')
    await goal.bring?.()
    expect(await goal.look()).toEqual({ state: 'unobservable', why: expect.stringContaining('its record is hidden') })
    expect(await stage.writes('jumpcloud')).toHaveLength(1)
  })

  it.each([
    ['its record is', lock, 'systems/ID$', 'record'],
    ['its record is', erase, 'systems/ID$', 'record'],
    ['its users are', lock, 'systems/ID/users', 'who else uses it'],
    ['its users are', erase, 'systems/ID/users', 'who else uses it'],
  ])('are unbound, and get no order, while %s hidden: that is not done', async (_, options, path, what) => {
    const [, , , , fifth = ''] = emails
    const account = await theOne(await open(), fifth)
    const hidden = path.replace('ID', account.asFound?.devices ?? '')
    await stage.fault('jumpcloud', { method: 'GET', path: hidden, status: 403, body: {}, times: 0 })
    const goal = await devicesOf(account, options)
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.kind, error.message]).toEqual(['rejected', expect.stringContaining(what)])
    expect((await goal.look()).state).toBe('unobservable')
    expect((await stage.writes('jumpcloud')).map(call => call.replace(/[0-9a-f]{24}/g, 'ID'))).toEqual([
      'POST /api/v2/users/ID/associations',
    ])
  })

  it('are not unbound because a proxy answers that there is no such thing', async () => {
    const [, , , , fifth = ''] = emails
    const account = await theOne(await open(), fifth)
    const lost = { status: 404, body: '<html><h1>Not Found</h1></html>' }
    await stage.fault('jumpcloud', { method: 'POST', path: '/associations', ...lost, times: 0 })
    const goal = await devicesOf(account, here)
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.kind, error.facts.status]).toEqual(['rejected', 404])
    expect((await goal.look()).state).toBe('not-yet')
  })

  it('of Apple need a PIN that somebody knows', async () => {
    const people = await withoutPin()
    const goal = goalOf(await goalsFor(people, leaver, lock), 'devices-released')
    expect(goal.warnings.join()).toContain('no applePin')
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.kind, error.facts.setting]).toEqual(['not-set-up', 'applePin'])
    // The others have theirs all the same.
    const state = JSON.stringify(await (await fetch(`${alone?.systems.jumpcloud?.control}/calls`)).json())
    expect(state.match(/builtin\/lock/g)).toHaveLength(2)
    expect((await goal.look()).state).toBe('not-yet')
  })

  it('that refused their order are told again by a later run, and are not said to have had it', async () => {
    const people = await withoutPin()
    const account = await theOne(people, leaver)
    const goal = goalOf(await people.goals(account, lock), 'devices-released')
    await failureOf(Promise.resolve(goal.bring?.()))
    const state = device.parse(await readingOf(goal))
    const mac = state.devices.find(one => one.os === 'Mac OS X')
    const sentAt = { 'devices-released': new Date().toISOString() }
    const later = (refused: string[]) =>
      people.goals(account, { ...lock, sentAt, refusedThen: { 'devices-released': refused } })
    const again = goalOf(await later([String(mac?.id)]), 'devices-released')
    expect(again.differences).toEqual([{ what: mac?.name, before: 'released', after: 'released and locked' }])
    expect(await again.look()).toMatchObject({ state: 'not-yet' })
    expect((await failureOf(Promise.resolve(again.bring?.()))).facts.setting).toBe('applePin')
    const calls = JSON.stringify(await (await fetch(`${alone?.systems.jumpcloud?.control}/calls`)).json())
    expect(calls.match(/builtin\/lock/g)).toHaveLength(2)
    expect(goalOf(await later([]), 'devices-released').differences).toEqual([])
  })

  it('say whether a recovery key is held', async () => {
    const reading = device.parse(await readingOf(await devicesOf(await theOne(await open(), leaver), here)))
    expect(reading.devices.map(one => one.recoveryKey).sort()).toEqual(['disk not encrypted', 'held', 'held'])
  })

  let alone: Sandbox | undefined
  afterEach(() => alone?.close())

  async function withoutPin(): Promise<PeopleAccess> {
    alone = await startSandbox({ seed: 'demo' })
    const { applePin: _, ...known } = alone.systems.jumpcloud?.credentials ?? {}
    const session = await openTried(jumpcloud, known, { clock: createTestClock(), http: { env: {} } })
    if (session.people === undefined) throw new Error('JumpCloud reaches people')
    return session.people
  }
})
