import { describe, expect, it } from 'vitest'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { findSystem } from '../../src/systems/index.ts'
import { failureOf } from '../http/loopback.ts'
import {
  acting,
  everybody,
  leaver,
  open,
  secondAdmin,
  system,
  userState,
  withAll,
  withData,
} from './google-workspace-stage.ts'
import { alsoDelete, bringAll, goalOf, here, setPeopleStage, theOne } from './people-stage.ts'

/** What every system with people keeps, for Google Workspace. */

const stage = setPeopleStage()
const kinds: AccountGoalKind[] = [
  'admin-roles-dropped',
  'credentials-revoked',
  'sign-in-blocked',
  'sessions-ended',
  'groups-left',
  'data-handed-over',
  'access-freed',
  'devices-released',
  'deleted',
]
const written = kinds.filter(kind => kind !== 'admin-roles-dropped' && kind !== 'sessions-ended')

describe('finding', () => {
  it.each(everybody.slice(0, 5))('finds %s, and only them', async email => {
    const people = await open(stage)
    const account = await theOne(people, `  ${email.toUpperCase()} `)
    expect(account).toMatchObject({ email, login: email, active: true })
    expect(account.name).toMatch(/^\S+ \S+/)
    expect(await people.account(account.id)).toEqual(account)
  })

  it('finds by an alias', async () => {
    const people = await open(stage)
    expect((await theOne(people, `Alias.${leaver}`)).email).toBe(leaver)
  })

  it.each([
    'nobody@ironbridge.example',
    'x@elsewhere.example',
    'diego',
    '*',
    '"',
    "o'neill'@",
    '',
    '%',
    'a b@c.example',
  ])('knows nobody by %j, which is no error', async word => {
    expect(await (await open(stage)).find(word)).toEqual([])
  })

  it('does not take an id for an address', async () => {
    const people = await open(stage)
    const { id } = await theOne(people, leaver)
    expect(await people.find(id)).toEqual([])
    expect(await people.account('99999999')).toBeNull()
  })

  it('lists everybody once, over many pages', async () => {
    await stage.control(system, 'POST', 'quirks', { pageSize: 2 })
    const people = await open(stage)
    const emails: string[] = []
    for await (const account of people.list()) emails.push(account.email)
    expect(emails).toEqual(everybody)
    expect(await people.count()).toBeNull()
    expect(await stage.writes(system)).toEqual([])
  })

  it('marks roles of administrators, and says whom it does not touch', async () => {
    const people = await open(stage)
    expect(await theOne(people, acting)).toMatchObject({
      roles: expect.arrayContaining([{ name: 'Super Admin', admin: true }]),
      untouchable: expect.stringContaining('k1ctl itself'),
    })
    const second = await theOne(people, secondAdmin)
    expect(second.roles.map(role => role.name)).toContain('_HELP_DESK_ADMIN_ROLE')
    expect(second.untouchable).toBeUndefined()
  })
})

describe('the goals', () => {
  it('are those that its facts promise, in the order of Google', async () => {
    const people = await open(stage)
    const account = await theOne(people, leaver)
    const goals = await people.goals(account, withAll)
    expect(goals.map(goal => goal.kind)).toEqual(kinds)
    const promised = findSystem(system)?.about.accountGoals?.filter(goal => goal.how !== 'not-here')
    expect(promised?.map(goal => goal.kind).sort()).toEqual([...kinds].sort())
    expect((await people.goals(account, here)).map(goal => goal.kind)).toEqual(
      kinds.filter(kind => kind !== 'deleted' && kind !== 'data-handed-over'),
    )
    for (const goal of goals) {
      for (const kind of [...goal.after, ...(goal.behind ?? [])]) {
        expect(kinds.indexOf(kind)).toBeLessThan(kinds.indexOf(goal.kind))
      }
    }
    expect(goalOf(goals, 'deleted').after).toEqual(kinds.slice(0, -1))
    expect(await stage.writes(system)).toEqual([])
  })

  it('go from not yet to holds, and a second run writes nothing', async () => {
    const people = await open(stage)
    const account = await theOne(people, leaver)
    const goals = await people.goals(account, withAll)
    const first = await bringAll(goals)
    for (const kind of written) {
      expect([kind, first.get(kind)?.before.state, first.get(kind)?.after.state]).toEqual([kind, 'not-yet', 'holds'])
    }
    expect(first.get('sessions-ended')?.before).toMatchObject({ state: 'holds', reading: { suspended: true } })
    expect(first.get('deleted')?.after).toEqual({ state: 'holds', reading: { deleted: true } })

    await stage.writes(system)
    const second = await bringAll(await people.goals(account, withAll))
    for (const [kind, { before }] of second) expect([kind, before.state]).toEqual([kind, 'holds'])
    expect(await stage.writes(system)).toEqual([])
    expect(await people.find(leaver)).toEqual([])
  })

  it('all hold for somebody who was suspended, in another process', async () => {
    const people = await open(stage)
    await bringAll(await people.goals(await theOne(people, leaver), withData))
    await stage.writes(system)
    const again = await open(stage)
    const goals = await again.goals(await theOne(again, leaver), { ...withData, waitMs: 0 })
    for (const goal of goals) expect([goal.kind, (await goal.look()).state]).toEqual([goal.kind, 'holds'])
    for (const goal of goals) await goal.bring?.()
    expect(await stage.writes(system)).toEqual([])
  })

  it('drop the roles of an administrator, and give them back', async () => {
    const people = await open(stage)
    const before = await theOne(people, secondAdmin)
    const goal = goalOf(await people.goals(before, here), 'admin-roles-dropped')
    expect(goal.differences[0]?.before).toContain('Super Admin')
    const { reading } = { reading: undefined, ...(await goal.look()) }
    await goal.bring?.()
    expect(await goal.look()).toEqual({ state: 'holds', reading: { superAdmin: false, roles: [] } })
    expect((await userState(stage, secondAdmin)).isAdmin).toBe(false)
    const undo = goal.undo?.(reading)
    expect((await undo?.look())?.state).toBe('not-yet')
    await undo?.bring?.()
    expect((await undo?.look())?.state).toBe('holds')
    expect((await theOne(people, secondAdmin)).roles).toEqual(before.roles)
  })

  it('give back what can be given back', async () => {
    const people = await open(stage)
    const account = await theOne(people, leaver)
    const goals = await people.goals(account, here)
    const brought = await bringAll(goals)
    for (const kind of ['sign-in-blocked', 'groups-left', 'access-freed'] as const) {
      const before = brought.get(kind)?.before
      const undo = goalOf(goals, kind).undo?.(before && 'reading' in before ? before.reading : undefined)
      expect((await undo?.look())?.state).toBe('not-yet')
      await undo?.bring?.()
      expect([kind, (await undo?.look())?.state]).toEqual([kind, 'holds'])
      expect(await goalOf(goals, kind).look()).toEqual(before)
      await stage.writes(system)
      if ((await undo?.look())?.state !== 'holds') await undo?.bring?.()
      expect(await stage.writes(system)).toEqual([])
    }
    for (const kind of ['credentials-revoked', 'devices-released'] as const) {
      expect(goalOf(goals, kind)).toMatchObject({ effect: 'irreversible' })
      expect(goalOf(goals, kind).undo).toBeUndefined()
    }
    expect(() => goalOf(goals, 'groups-left').undo?.({ rubbish: true })).toThrow(/does not say/)
  })
})

describe('trouble', () => {
  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i on looking means', async (status, kind) => {
    const people = await open(stage)
    const goal = goalOf(await people.goals(await theOne(people, leaver), here), 'sign-in-blocked')
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    await stage.fault(system, { method: 'GET', path: '/users/', status, headers, body: {}, times: 0 })
    expect((await failureOf(goal.look())).kind).toBe(kind)
  })

  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [409, 'rejected'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i on writing means, and leaves the account open', async (status, kind) => {
    const people = await open(stage)
    const goal = goalOf(await people.goals(await theOne(people, leaver), here), 'sign-in-blocked')
    await stage.writes(system)
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    await stage.fault(system, { method: 'PUT', status, headers, body: {}, times: 0 })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe(kind)
    expect((await goal.look()).state).toBe('not-yet')
    expect(await stage.writes(system)).toEqual([expect.stringContaining('/signOut')])
  })

  it('repeats what may be repeated when an answer is lost', async () => {
    const people = await open(stage)
    const goals = await people.goals(await theOne(people, leaver), alsoDelete)
    await stage.fault(system, { method: 'PUT', path: '/users/', drop: 'before' })
    await stage.fault(system, { method: 'POST', path: 'signOut', drop: 'after' })
    await stage.fault(system, { method: 'DELETE', path: '/users/\\d+$', drop: 'after' })
    await goalOf(goals, 'sign-in-blocked').bring?.()
    expect((await goalOf(goals, 'sign-in-blocked').look()).state).toBe('holds')
    await goalOf(goals, 'deleted').bring?.()
    expect((await goalOf(goals, 'deleted').look()).state).toBe('holds')
  })

  it('reports a lost answer when no other comes, and the look decides', async () => {
    const people = await open(stage)
    const goal = goalOf(await people.goals(await theOne(people, leaver), here), 'sign-in-blocked')
    await stage.fault(system, { method: 'POST', path: 'signOut', drop: 'before', times: 0 })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('lost-answer')
    expect((await goal.look()).state).toBe('holds')
    expect(await userState(stage, leaver)).toMatchObject({ suspended: true, passwordChanges: 1, signOuts: 0 })
  })

  it.each(['primaryEmail', 'isAdmin', 'suspended', 'id'])('names %s when it is missing', async member => {
    const people = await open(stage)
    await stage.fault(system, { method: 'GET', path: '/users/', omit: [member] })
    expect((await failureOf(people.find(leaver))).facts).toMatchObject({ field: member })
  })

  it('does not mind members that it does not know', async () => {
    const people = await open(stage)
    const { id } = await theOne(people, leaver)
    const user = { id, primaryEmail: leaver, suspended: true, isAdmin: false, shoeSize: 44, nested: { any: [1] } }
    await stage.fault(system, { method: 'GET', path: `/users/${id}$`, body: user })
    expect(await people.account(id)).toMatchObject({ active: false, email: leaver })
  })

  it('does not take a 404 from a broken endpoint for a deleted account', async () => {
    const people = await open(stage)
    const goals = await people.goals(await theOne(people, leaver), alsoDelete)
    await stage.fault(system, { method: 'GET', path: '/users', status: 404, body: {}, times: 0 })
    for (const kind of ['sign-in-blocked', 'deleted'] as const) {
      expect((await failureOf(goalOf(goals, kind).look())).facts.status).toBe(404)
    }
    expect((await failureOf(people.find(leaver))).facts.status).toBe(404)
  })

  it('lets no secret out', async () => {
    const people = await open(stage)
    const account = await theOne(people, leaver)
    const goals = await people.goals(account, here)
    const shown: unknown[] = [account, goals]
    await goalOf(goals, 'credentials-revoked').bring?.()
    await stage.fault(system, { method: 'PUT', echo: true, times: 0 })
    const error = await failureOf(Promise.resolve(goalOf(goals, 'sign-in-blocked').bring?.()))
    shown.push(error.message, error.facts, error.hint)
    await stage.control(system, 'DELETE', 'faults')
    for (const { before, after } of (await bringAll(goals)).values()) shown.push(before, after)
    const text = JSON.stringify(shown)
    expect(text).toContain('[secret]')
    expect(text).not.toMatch(/PRIVATE KEY|Bearer [A-Za-z0-9_-]{20}|"password":"(?!\[secret\])/)
  })
})
