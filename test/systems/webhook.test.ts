import { describe, expect, it } from 'vitest'
import { type AccountGoalKind, accountGoalKinds } from '../../src/core/account-kinds.ts'
import { demoWorld, estateLeaver, estatePeople } from '../../src/sandbox/index.ts'
import { webhook } from '../../src/systems/webhook/index.ts'
import { failureOf } from '../http/loopback.ts'
import { alsoDelete, bringAll, goalOf, here, theOne } from './people-stage.ts'
import { setBadges } from './webhook-badges.ts'
import { goalsFor } from './webhook-stage.ts'

/** The contract of every system with people, and the webhook's own, tried against the sandbox's badge system. */

const badges = setBadges()
const world = demoWorld()
const leaver = estateLeaver(world).person.email
const [guard, secondGuard] = estatePeople(world)
const kinds: AccountGoalKind[] = [
  'admin-roles-dropped',
  'sign-in-blocked',
  'sessions-ended',
  'credentials-revoked',
  'groups-left',
  'access-freed',
  'devices-released',
  'deleted',
]

describe('looking', () => {
  it.each([
    ['e-mail', leaver],
    ['e-mail in capitals, with space around', `  ${leaver.toUpperCase()} `],
    ['log-in', estateLeaver(world).login],
    ['alias', 'badge-0003'],
  ])('finds somebody by %s, and only them', async (_, word) => {
    const people = await badges.open()
    const account = await theOne(people, word)
    expect(account).toMatchObject({ id: 'B-0003', email: leaver, active: true, roles: [] })
    expect(await people.account(account.id)).toEqual(account)
  })

  it.each(['nobody@ironwood.example', leaver.split('@')[0]?.slice(0, -1) ?? '', '*', '"', '', '%', ' '])(
    'knows nobody by %j, which is no error',
    async word => {
      expect(await (await badges.open()).find(word)).toEqual([])
      expect(await badges.writes()).toEqual([])
    },
  )

  it('knows no account with an id that nobody has', async () => {
    expect(await (await badges.open()).account('B-9999')).toBeNull()
  })

  it('lists everybody once over several pages, and counts them', async () => {
    const people = await badges.open()
    const ids: string[] = []
    for await (const { id } of people.list()) ids.push(id)
    expect(ids).toHaveLength(estatePeople(world).length)
    expect(ids.length).toBeGreaterThan(10)
    expect(new Set(ids).size).toBe(ids.length)
    expect(await people.count()).toBe(ids.length)
  })

  it('has the goals that its facts promise and kinds names', async () => {
    const people = await badges.open()
    expect((await goalsFor(people, leaver, alsoDelete)).map(goal => goal.kind)).toEqual(kinds)
    expect((await goalsFor(people, leaver, here)).map(goal => goal.kind)).toEqual(kinds.slice(0, -1))
    const told = new Set<string>([...kinds, 'data-handed-over'])
    expect(webhook.about.accountGoals?.map(goal => goal.kind)).toEqual(accountGoalKinds.filter(kind => told.has(kind)))
    expect(webhook.about.accountGoals?.filter(goal => goal.how === 'reached').map(goal => goal.kind)).toEqual(kinds)
    const few = await badges.open({ kinds: ' Groups-left , sign-in-blocked' })
    expect((await goalsFor(few, leaver, alsoDelete)).map(goal => goal.kind)).toEqual(['sign-in-blocked', 'groups-left'])
    const one = await badges.open({ kinds: '' })
    expect((await goalsFor(one, leaver, alsoDelete)).map(goal => goal.kind)).toEqual(['sign-in-blocked'])
    expect(await badges.writes()).toEqual([])
  })

  it('shows what there is, and asks once for all goals of a moment', async () => {
    const people = await badges.open()
    const goals = await goalsFor(people, leaver, here)
    expect(goalOf(goals, 'groups-left').differences).toEqual([
      { what: 'Groups', before: 'doors: Staff; VPN users; Workshop, CNC + lathes', after: 'none' },
    ])
    await badges.control('DELETE', 'calls')
    const standings = await Promise.all(goals.map(goal => goal.look()))
    expect(await badges.calls()).toHaveLength(1)
    expect(standings[4]).toEqual({
      state: 'not-yet',
      reading: {
        id: 'B-0003',
        login: estateLeaver(world).login,
        active: true,
        holds: false,
        details: { doors: ['Staff', 'VPN users', 'Workshop, CNC + lathes'] },
      },
    })
  })
})

describe('bringing about', () => {
  it('brings each goal from not yet to holds, and a second run writes nothing', async () => {
    const word = guard?.person.email ?? ''
    const people = await badges.open()
    const account = await theOne(people, word)
    const wanted = kinds.filter(kind => kind !== 'access-freed')
    const goals = await people.goals(account, alsoDelete)
    const first = await bringAll(goals)
    for (const kind of wanted) {
      expect([kind, first.get(kind)?.before.state, first.get(kind)?.after.state]).toEqual([kind, 'not-yet', 'holds'])
    }
    expect(first.get('deleted')?.after).toEqual({ state: 'holds', reading: { deleted: true } })
    expect(await badges.writes()).toEqual(wanted)

    // As another process would: from the account as it was kept.
    const second = await bringAll(await (await badges.open()).goals(account, alsoDelete))
    for (const [kind, { before }] of second) expect([kind, before.state]).toEqual([kind, 'holds'])
    expect(await badges.writes()).toEqual([])
    expect(await people.find(word)).toEqual([])
  })

  it('writes nothing where everything holds already, even when told to', async () => {
    const people = await badges.open({ kinds: 'sign-in-blocked,groups-left' })
    await bringAll(await goalsFor(people, leaver, here))
    await badges.writes()
    const goals = await goalsFor(people, leaver, here)
    expect(goals.flatMap(goal => goal.differences)).toEqual([])
    for (const goal of goals) await goal.bring?.()
    expect(await badges.writes()).toEqual([])
  })

  it('leaves what is handed in later pending, and does not wait for tomorrow', async () => {
    const people = await badges.open()
    const goal = goalOf(await goalsFor(people, leaver, here), 'devices-released')
    const begun = badges.clock.waits.length
    await goal.bring?.()
    expect(badges.clock.waits.slice(begun)).toEqual([])
    expect(await goal.look()).toMatchObject({
      state: 'not-yet',
      reading: { details: { items: ['Garage opener 0003'], askedFor: ['Garage opener 0003'] } },
    })
    expect(goal.later).toContain('in its own time')
    await badges.control('POST', 'handed-in')
    expect((await goal.look()).state).toBe('holds')
  })

  it('names what is left of devices that should have been erased', async () => {
    const people = await badges.open()
    const goals = await goalsFor(people, leaver, { ...here, devices: 'erase' })
    expect(goalOf(goals, 'devices-released').residual?.[0]).toMatch(/released; it is not asked to erase them/)
  })

  it('does not touch the last one at the guard desk', async () => {
    const people = await badges.open()
    await bringAll(await goalsFor(people, guard?.person.email ?? '', here))
    await badges.writes()
    const last = await theOne(people, secondGuard?.person.email ?? '')
    expect(last.untouchable).toBe('the last one at the guard desk')
    const error = await failureOf(Promise.resolve((await people.goals(last, here))[1]?.bring?.()))
    expect([error.kind, error.message]).toEqual(['refused', expect.stringContaining('the last one at the guard desk')])
    expect(await badges.writes()).toEqual([])
  })
})

describe('giving back', () => {
  it('gives back what it took, once', async () => {
    const people = await badges.open()
    const account = await theOne(people, leaver)
    const goals = await people.goals(account, here)
    const before = new Map<AccountGoalKind, unknown>()
    for (const goal of goals) {
      const standing = await goal.look()
      if (standing.state === 'not-yet') before.set(goal.kind, standing.reading)
    }
    await bringAll(goals)
    await badges.control('POST', 'handed-in')
    expect((await theOne(people, leaver)).active).toBe(false)
    await badges.writes()

    // Of another process, with what the ledger kept.
    const later = await (await badges.open()).goals(account, here)
    const undo = later.flatMap(goal => (before.has(goal.kind) ? (goal.undo?.(before.get(goal.kind)) ?? []) : []))
    expect(undo.map(goal => goal.kind)).toEqual(['sign-in-blocked', 'groups-left', 'access-freed', 'devices-released'])
    for (const [, { before: was, after }] of await bringAll(undo)) {
      expect([was.state, after.state]).toEqual(['not-yet', 'holds'])
    }
    expect(await badges.writes()).toEqual(undo.map(goal => `undo ${goal.kind}`))
    expect(await theOne(people, leaver)).toEqual(account)
    for (const goal of undo) {
      const now = await goalOf(goals, goal.kind).look()
      expect(now).toEqual({ state: 'not-yet', reading: before.get(goal.kind) })
      await goal.bring?.()
    }
    expect(await badges.writes()).toEqual([])
  })

  it('leaves alone what held before, and cannot bring the dead back', async () => {
    const people = await badges.open()
    const goals = await goalsFor(people, leaver, alsoDelete)
    const block = goalOf(goals, 'sign-in-blocked')
    const reading = { id: 'B-0003', login: 'x', active: false, holds: true }
    expect(await block.undo?.(reading).look()).toMatchObject({ state: 'holds' })
    expect(goalOf(goals, 'credentials-revoked').undo).toBeUndefined()
    await expect(async () => block.undo?.('nonsense')).rejects.toMatchObject({ kind: 'storage' })
    await goalOf(goals, 'deleted').bring?.()
    const undo = block.undo?.({ holds: false })
    expect((await failureOf(Promise.resolve(undo?.look()))).kind).toBe('refused')
    expect((await failureOf(Promise.resolve(undo?.bring?.()))).kind).toBe('refused')
  })
})
