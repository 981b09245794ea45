import { afterEach, describe, expect, it } from 'vitest'
import { scim } from '../../src/systems/scim/index.ts'
import { createTestClock, failureOf } from '../http/loopback.ts'
import { bringAll, goalOf, here, theOne } from './people-stage.ts'
import { type Oddities, type OddServer, startOddServer } from './scim-odd-server.ts'
import { openTried, type TriedPeople, type TriedSession } from './tried-goal.ts'

/** Situations of public reports in which an earlier k1ctl said what was not so, or left somebody in. */

let server: OddServer
let session: TriedSession

async function open(odd: Oddities = {}): Promise<TriedPeople> {
  server = await startOddServer(odd)
  const deps = { clock: createTestClock(), http: { env: {} } }
  session = await openTried(scim, { url: server.url, token: 'odd-token-1' }, deps)
  if (session.people === undefined) throw new Error('no people')
  return session.people
}

afterEach(async () => {
  await session.close()
  await server.close()
})

const ada = 'ada@northwind.example'
const isActive = () => server.people.get('ada')?.active
const membersOf = (team: string) => server.teams.get(team)?.members.map(({ value }) => value)
const goalsOf = async (people: TriedPeople) => people.goals(await theOne(people, ada), here)

describe('absent is not none', () => {
  it('finds the groups whose list shows no members, where the filter by member is refused', async () => {
    const people = await open({ listsEmptyMembers: true, unfilterable: ['members.value'] })
    const brought = await bringAll(await goalsOf(people))
    expect(brought.get('groups-left')).toMatchObject({ before: { state: 'not-yet' }, after: { state: 'holds' } })
    expect([membersOf('all'), membersOf('pair')]).toEqual([['bob', 'cleo', 'dan'], ['bob']])
  })

  it('does not take a group for gone that answers 404, and that the list still shows', async () => {
    const people = await open({ losesGroups: true, listsWithoutMembers: true, groupsOnUsers: true })
    const goal = goalOf(await goalsOf(people), 'groups-left')
    expect((await failureOf(goal.look())).facts.status).toBe(404)
  })

  it('says of nobody that they lost a group which a proxy hides meanwhile', async () => {
    const odd: Oddities = {}
    const people = await open(odd)
    const goal = goalOf(await goalsOf(people), 'groups-left')
    expect((await goal.look()).state).toBe('not-yet')
    odd.noGroups = true
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect(error.message).not.toMatch(/took others out/)
    expect((await failureOf(goal.look())).facts.status).toBe(404)
  })

  it('puts nobody into a group whose members are hidden, where that would put everybody else out', async () => {
    const people = await open({ hidesMembersOver: 2, patchStatus: 501 })
    const goal = goalOf(await goalsOf(people), 'groups-left')
    const all = server.teams.get('all')
    if (all) all.members = [{ value: 'bob' }, { value: 'cleo' }, { value: 'dan' }]
    const undo = goal.undo?.({ groups: [{ id: 'all', name: 'Team all' }] })
    const error = await failureOf(Promise.resolve(undo?.bring?.()))
    expect([error.kind, error.facts.field]).toEqual(['contract', 'members'])
    expect(membersOf('all')).toEqual(['bob', 'cleo', 'dan'])
  })
})

describe('what is given back', () => {
  it('is a role as it was, with its type and whether it is the first', async () => {
    const people = await open()
    const roles = [
      { value: 'owner', display: 'Owner', type: 'workspace', primary: true },
      { value: 'author', display: 'Author', type: 'site' },
    ]
    const person = server.people.get('ada')
    if (person) person.roles = roles
    const goal = goalOf(await goalsOf(people), 'admin-roles-dropped')
    const before = await goal.look()
    await goal.bring?.()
    expect(server.people.get('ada')?.roles).toEqual([roles[1]])
    const reading = before.state === 'not-yet' ? JSON.parse(JSON.stringify(before.reading)) : undefined
    await goal.undo?.(reading).bring?.()
    expect(server.people.get('ada')?.roles).toEqual(roles)
  })
})

describe('losing others', () => {
  const harmed = { clearsGroups: true } as const

  it('is told, and nothing more is asked for', async () => {
    const goal = goalOf(await goalsOf(await open(harmed)), 'groups-left')
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.message, error.facts.harm]).toEqual([expect.stringContaining('3 other members had to stay'), true])
    expect(membersOf('pair')).toEqual(['ada', 'bob'])
  })

  it('is told where the answer to the change was a refusal', async () => {
    const goal = goalOf(await goalsOf(await open({ ...harmed, doesAndAnswers: 500 })), 'groups-left')
    expect((await failureOf(Promise.resolve(goal.bring?.()))).facts.harm).toBe(true)
  })

  it('is not ruled out where nobody could look', async () => {
    const people = await open(harmed)
    const goal = goalOf(await goalsOf(people), 'groups-left')
    server.blind('Groups', 'PATCH')
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.message, error.facts.harm]).toEqual([
      expect.stringContaining('left the other members of the group Team all in it could not be seen'),
      'unseen',
    ])
  })
})

describe('a list is whole only when it says so', () => {
  it('does not say that nobody is there who is behind the end of a list that was cut', async () => {
    const people = await open({ mostAPage: 5, ignoresStartIndex: true, totals: 'of the page', noOr: true })
    server.people.get('hal')?.emails.push({ value: 'h.alt@northwind.example' })
    // By the log-in the server knows them.
    expect((await theOne(people, 'hal@northwind.example')).id).toBe('hal')
    await session.close()
    await server.close()
    const cut = await open({
      ...{ mostAPage: 5, ignoresStartIndex: true, totals: 'of the page' as const, noOr: true },
      unfilterable: ['emails.value'],
    })
    const error = await failureOf(cut.find('Hal.Alias@northwind.example'))
    expect([error.kind, error.message]).toEqual(['contract', expect.stringContaining('nobody knows')])
  })

  it('does not call groups left of which only the first page ever comes', async () => {
    const people = await open({ mostAPage: 1, ignoresStartIndex: true, unfilterable: ['members.value'] })
    const goal = goalOf(await goalsOf(people), 'groups-left')
    expect((await failureOf(goal.look())).kind).toBe('contract')
  })

  it('takes a total that is written as text', async () => {
    const people = await open({ totals: 'as text', config: { patch: true, filter: false } })
    expect((await theOne(people, ada)).id).toBe('ada')
    expect(await people.count()).toBe(8)
  })
})

describe('keeping out needs only its own readings', () => {
  it.each<[string, Oddities]>([
    ['/Groups answers 403', { groupsStatus: 403 }],
    ['/Groups answers 500', { groupsStatus: 500 }],
    ['ServiceProviderConfig answers 500', { configStatus: 500 }],
    ['somebody else has no log-in', { nullUserName: 'bob' }],
    ['somebody else has no log-in, and everybody is read', { nullUserName: 'bob', ignoresFilters: true }],
  ])('%s', async (_, odd) => {
    const people = await open(odd)
    const goals = await goalsOf(people)
    await goalOf(goals, 'sign-in-blocked').bring?.()
    expect(isActive()).toBe(false)
    const seen = await goalOf(goals, 'groups-left')
      .look()
      .catch((error: unknown) => error)
    expect(seen).toMatchObject(odd.groupsStatus ? { kind: expect.any(String) } : { state: 'not-yet' })
  })
})

describe('after any refusal, look', () => {
  it.each([403, 409, 500] as const)('%i, and yet it was done', async doesAndAnswers => {
    const people = await open({ doesAndAnswers })
    const brought = await bringAll(await goalsOf(people))
    expect(brought.get('sign-in-blocked')?.after.state).toBe('holds')
    expect(isActive()).toBe(false)
  })
})

describe('a refusal for rate is no refusal', () => {
  it('is tried again, without being told for how long', async () => {
    const people = await open()
    const goals = await goalsOf(people)
    await session.close()
    await server.close()
    expect(goals.length).toBeGreaterThan(1)
    const slow = await open({ rateRefusals: 6 })
    await goalOf(await goalsOf(slow), 'sign-in-blocked').bring?.()
    expect(isActive()).toBe(false)
  })

  it('waits for a server that shows the change a little later', async () => {
    const people = await open({ staleReads: 3 })
    const brought = await bringAll(await goalsOf(people))
    expect(brought.get('sign-in-blocked')?.after.state).toBe('holds')
  })
})

describe('beside these', () => {
  it.each<[Oddities, number]>([
    [{ patchType: 'application/json' }, 2],
    [{ noPaths: true }, 2],
  ])('blocks with a PATCH in the form that the server takes, and with no PUT: %j', async (odd, sent) => {
    const goals = await goalsOf(await open(odd))
    server.writes()
    await goalOf(goals, 'sign-in-blocked').bring?.()
    expect([isActive(), server.writes()]).toEqual([false, Array(sent).fill('PATCH /Users/ada')])
  })

  it.each([400, 404, 405, 415, 501])(
    'blocks and joins with a PUT where PATCH is refused with %i',
    async patchStatus => {
      const people = await open({ patchStatus })
      const goals = await goalsOf(people)
      const brought = await bringAll(goals)
      expect([isActive(), membersOf('pair')]).toEqual([false, ['bob']])
      for (const goal of goals) {
        const before = brought.get(goal.kind)?.before
        await goal.undo?.(before?.state === 'not-yet' ? before.reading : undefined).bring?.()
      }
      expect([isActive(), membersOf('pair')?.sort()]).toEqual([true, ['ada', 'bob']])
    },
  )
})
