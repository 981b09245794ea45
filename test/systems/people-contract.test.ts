import { describe, expect, it } from 'vitest'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { demoFacts } from '../../src/sandbox/index.ts'
import { findSystem, systems } from '../../src/systems/index.ts'
import { failureOf } from '../http/loopback.ts'
import { alsoDelete, bringAll, goalOf, here, setPeopleStage, theOne } from './people-stage.ts'
import type { TriedGoal as AccountGoal, TriedPeople as PeopleAccess } from './tried-goal.ts'

/** What every system with people keeps, tried against the sandbox. The tenant has deprovisioning off everywhere. */

const stage = setPeopleStage()
const [apostrophe, plus] = demoFacts.leavers
const leaver = 'dominic.morgan@northwind-dental.example'
const admin = 'eric.hansen@northwind-dental.example'

interface Case {
  system: string
  /** In the order in which they are brought about, deletion asked for. */
  kinds: AccountGoalKind[]
  /** Where one account is read, and where accounts are looked up. */
  userPath: string
  listPath: string
  /** The member that a list cannot do without, and the one that the proof hangs on. */
  idMember: string
  activeMember: string
  reads: boolean
}

const scimMembers = { idMember: 'Resources.userName', activeMember: 'active', reads: false }
const scimPaths = { userPath: '/Users/', listPath: '/Users\\?' }
const withGroups: AccountGoalKind[] = ['admin-roles-dropped', 'sign-in-blocked', 'groups-left', 'deleted']

const cases: Case[] = [
  { system: 'kaseyaone', kinds: withGroups, ...scimPaths, ...scimMembers },
  { system: 'graphus', kinds: ['sign-in-blocked', 'deleted'], ...scimPaths, ...scimMembers },
  { system: 'datto-partner-portal', kinds: ['sign-in-blocked', 'deleted'], ...scimPaths, ...scimMembers },
  { system: 'scim', kinds: withGroups, ...scimPaths, ...scimMembers },
  {
    system: 'bms',
    kinds: ['sign-in-blocked'],
    userPath: 'searchselect.*Ids',
    listPath: 'searchselect',
    idMember: 'Result.Id',
    activeMember: 'Result.IsActive',
    reads: true,
  },
]
const writing = cases.filter(one => !one.reads)

async function goalsFor(people: PeopleAccess, word: string, options: AccountGoalOptions): Promise<AccountGoal[]> {
  return people.goals(await theOne(people, word), options)
}

describe.each(cases)('$system', ({ system, kinds, userPath, listPath, idMember, activeMember }) => {
  it.each([
    ['an apostrophe', apostrophe],
    ['a plus sign', plus],
    ['capitals, and space around', `  ${leaver.toUpperCase()} `],
  ])('finds somebody by an e-mail with %s, and only them', async (_, word) => {
    const people = await stage.open(system)
    const account = await theOne(people, word)
    expect(account.email.toLowerCase()).toBe(word.trim().toLowerCase())
    expect(account).toMatchObject({ active: true })
    expect(account.name).toMatch(/^\S+ \S+/)
    expect(await people.account(account.id)).toEqual(account)
  })

  it('has the goals that its facts promise, and no other', async () => {
    const people = await stage.open(system)
    const goals = await goalsFor(people, leaver, alsoDelete)
    expect(goals.map(goal => goal.kind)).toEqual(kinds)
    const about = findSystem(system)?.about
    const promised = about?.accountGoals?.filter(goal => goal.how !== 'not-here').map(goal => goal.kind)
    expect(promised).toEqual(kinds)
    expect((await goalsFor(people, leaver, here)).map(goal => goal.kind)).toEqual(kinds.filter(k => k !== 'deleted'))
    for (const goal of goals) {
      for (const kind of goal.after) expect(kinds.indexOf(kind)).toBeLessThan(kinds.indexOf(goal.kind))
    }
    expect(await stage.writes(system)).toEqual([])
  })

  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i on looking means', async (status, kind) => {
    const people = await stage.open(system)
    const goal = goalOf(await goalsFor(people, leaver, here), 'sign-in-blocked')
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    await stage.fault(system, { method: 'GET', path: userPath, status, headers, body: {}, times: 0 })
    expect((await failureOf(goal.look())).kind).toBe(kind)
  })

  it('names a member that is missing from a list', async () => {
    const people = await stage.open(system)
    await stage.fault(system, { method: 'GET', path: listPath, omit: [idMember] })
    const error = await failureOf(people.find(leaver))
    expect(error.kind).toBe('contract')
    expect(String(error.facts.field).toLowerCase()).toBe(idMember.replace('.', '.0.').toLowerCase())
  })

  it('proves nothing when the account does not say whether it is active', async () => {
    const people = await stage.open(system)
    const goal = goalOf(await goalsFor(people, leaver, here), 'sign-in-blocked')
    await stage.fault(system, { method: 'GET', path: userPath, omit: [activeMember] })
    if (system === 'scim') {
      // The standard lets a service leave it out; the module admin contract and BMS do not.
      expect(await goal.look()).toEqual({ state: 'unobservable', why: expect.stringContaining('active') })
      return
    }
    const error = await failureOf(goal.look())
    expect([error.kind, String(error.facts.field).toLowerCase()]).toEqual([
      'contract',
      activeMember.replace('Result.', '').toLowerCase(),
    ])
  })
})

describe.each(writing)('$system, which is written', ({ system, kinds }) => {
  it('brings each goal from not yet to holds, and a second time writes nothing', async () => {
    const people = await stage.open(system)
    const account = await theOne(people, admin)
    if (system === 'scim') await giveRole(account.id)
    const goals = await people.goals(await theOne(people, admin), alsoDelete)
    for (const goal of goals) expect([goal.kind, goal.differences.length]).toEqual([goal.kind, 1])
    await stage.writes(system)

    const first = await bringAll(goals)
    expect([...first.keys()]).toEqual(kinds)
    for (const [kind, { before, after, written }] of first) {
      expect([kind, before.state, after.state, written]).toEqual([kind, 'not-yet', 'holds', true])
    }
    expect(first.get('deleted')?.after).toEqual({ state: 'holds', reading: { deleted: true } })
    expect((await stage.writes(system)).length).toBe(kinds.length)

    // As another process would: from the account as it was kept.
    const second = await bringAll(await people.goals(account, alsoDelete))
    for (const [kind, { before }] of second) expect([kind, before.state]).toEqual([kind, 'holds'])
    expect(await stage.writes(system)).toEqual([])
    expect(await people.find(admin)).toEqual([])
  })

  it('writes nothing where everything holds already', async () => {
    const people = await stage.open(system)
    await bringAll(await goalsFor(people, leaver, here))
    await stage.writes(system)
    const goals = await goalsFor(people, leaver, here)
    expect(goals.flatMap(goal => goal.differences)).toEqual([])
    for (const goal of goals) await goal.bring?.()
    expect(await stage.writes(system)).toEqual([])
  })

  it('gives back what it took', async () => {
    const people = await stage.open(system)
    const account = await theOne(people, leaver)
    const goals = await people.goals(account, here)
    const brought = await bringAll(goals)
    expect((await theOne(people, leaver)).active).toBe(false)

    const undo = goals.map(goal => goal.undo?.(readingOf(brought, goal.kind)))
    for (const goal of undo) {
      if (goal === undefined) throw new Error('every goal but deletion can be undone')
      if ((await goal.look()).state !== 'holds') await goal.bring?.()
      expect([goal.kind, (await goal.look()).state]).toEqual([goal.kind, 'holds'])
    }
    expect(await theOne(people, leaver)).toEqual(account)
    const again = await people.goals(account, here)
    for (const goal of again) expect(await goal.look()).toEqual(brought.get(goal.kind)?.before)
    await stage.writes(system)
    for (const goal of undo) if ((await goal?.look())?.state !== 'holds') await goal?.bring?.()
    expect(await stage.writes(system)).toEqual([])
  })

  it('lets a look decide when the answer to a write is lost', async () => {
    const people = await stage.open(system)
    const goals = await goalsFor(people, leaver, alsoDelete)
    const block = goalOf(goals, 'sign-in-blocked')
    await stage.writes(system)
    await stage.fault(system, { method: 'PATCH', path: '/Users/', drop: 'before' })
    expect((await failureOf(Promise.resolve(block.bring?.()))).kind).toBe('lost-answer')
    expect((await block.look()).state).toBe('not-yet')

    await stage.fault(system, { method: 'PATCH', path: '/Users/', drop: 'after' })
    await block.bring?.()
    expect((await block.look()).state).toBe('holds')

    await stage.fault(system, { method: 'DELETE', path: '/Users/', drop: 'after' })
    await goalOf(goals, 'deleted').bring?.()
    expect((await goalOf(goals, 'deleted').look()).state).toBe('holds')
    expect((await stage.writes(system)).map(call => call.split(' ')[0])).toEqual(['PATCH', 'DELETE'])
  })

  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [409, 'rejected'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i on writing means, and changes nothing', async (status, kind) => {
    const people = await stage.open(system)
    const goal = goalOf(await goalsFor(people, leaver, here), 'sign-in-blocked')
    await stage.writes(system)
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    await stage.fault(system, { method: 'PATCH', status, headers, body: {}, times: 0 })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe(kind)
    expect((await goal.look()).state).toBe('not-yet')
    expect(await stage.writes(system)).toEqual([])
  })

  it('does not take a 404 from a broken endpoint for a deleted account', async () => {
    const people = await stage.open(system)
    const goals = await goalsFor(people, leaver, alsoDelete)
    await stage.fault(system, { method: 'GET', path: '/Users', status: 404, body: {}, times: 0 })
    for (const kind of ['sign-in-blocked', 'deleted'] as const) {
      expect((await failureOf(goalOf(goals, kind).look())).facts.status).toBe(404)
    }
  })
})

/** Nobody in the team chat has an administrator's role from the start. */
async function giveRole(id: string): Promise<void> {
  const people = await stage.open('scim')
  const account = await people.account(id)
  if (account === null) throw new Error('no account')
  const [goal] = await people.goals({ ...account, roles: [{ name: 'Admin', admin: true }] }, here)
  const undo = goal?.undo?.({ roles: [{ id: 'admin', name: 'Admin', admin: true }] })
  await undo?.bring?.()
}

function readingOf(brought: Awaited<ReturnType<typeof bringAll>>, kind: AccountGoalKind): unknown {
  const before = brought.get(kind)?.before
  return before === undefined || before.state === 'unobservable' ? undefined : before.reading
}

describe('the facts', () => {
  it.each(systems.map(({ about }) => about))('of $title say what it can do for a leaver', about => {
    expect(about.step).toBeDefined()
    // Mail and licences by themselves are there where a mailbox is.
    const ofMail = [
      ...['others-mailboxes-left', 'mail-kept-in', 'meetings-cancelled', 'mailbox-shared'],
      ...['successor-let-in', 'licences-freed'],
    ]
    const kinds: string[] = about.accountGoals?.map(goal => goal.kind) ?? []
    expect(kinds.filter(kind => ofMail.includes(kind))).toEqual(about.id === 'microsoft-365' ? ofMail : [])
    expect(kinds.filter(kind => !ofMail.includes(kind))).toEqual([
      'admin-roles-dropped',
      'sign-in-blocked',
      'sessions-ended',
      'credentials-revoked',
      'groups-left',
      'access-freed',
      'data-handed-over',
      'devices-released',
      'deleted',
    ])
    expect(about.residual?.length).toBeGreaterThan(0)
    expect(about.accountSteps?.join('\n')).toContain('{person}')
  })
})
