import { afterEach, describe, expect, it } from 'vitest'
import { scim } from '../../src/systems/scim/index.ts'
import { createTestClock, failureOf } from '../http/loopback.ts'
import { alsoDelete, bringAll, goalOf, here, theOne } from './people-stage.ts'
import { type Oddities, type OddServer, startOddServer } from './scim-odd-server.ts'
import type { TriedPeople as PeopleAccess, TriedSession as Session } from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

/** Servers as they are: each differs in one thing, and the account must come out right, or the truth be told. */

let server: OddServer
let session: Session

async function open(odd: Oddities = {}): Promise<PeopleAccess> {
  server = await startOddServer(odd)
  session = await openTried(
    scim,
    { url: server.url, token: 'odd-token-1' },
    { clock: createTestClock(), http: { env: {} } },
  )
  if (session.people === undefined) throw new Error('no people')
  return session.people
}

afterEach(async () => {
  await session.close()
  await server.close()
})

const ada = 'ada@northwind.example'
const alias = 'ADA.alias@northwind.example'
const membersOf = (team: string) => server.teams.get(team)?.members.map(({ value }) => value)

/** Everything but deletion, as the engine does it; then how it is. */
async function offboard(people: PeopleAccess): Promise<[string, string][]> {
  const brought = await bringAll(await people.goals(await theOne(people, ada), here))
  return [...brought].map(([kind, { after }]) => [kind, after.state])
}
const allHold = [
  ['sign-in-blocked', 'holds'],
  ['groups-left', 'holds'],
]

describe('whatever the server is like, somebody who leaves', () => {
  const servers: [string, Oddities][] = [
    ['is as the standard says', {}],
    ['has no configuration to show', { config: 'none' }],
    ['says that it has no PATCH', { config: { patch: false, filter: true } }],
    ['says that it has PATCH, and answers 501', { patchStatus: 501 }],
    ['says that it has PATCH, and answers 405', { patchStatus: 405 }],
    ['says that it has PATCH, and answers 404 as a web framework does', { patchStatus: 404 }],
    ['has no PATCH, and wants the version with a PUT', { patchStatus: 501, versions: { moves: 0 } }],
    ['has no PATCH, and others write at the same time', { patchStatus: 501, versions: { moves: 2 } }],
    ['says that it cannot filter', { config: { patch: true, filter: false } }],
    ['cannot filter by e-mail', { unfilterable: ['emails.value'] }],
    ['cannot filter at all, and answers 501', { unfilterable: all(), unfilterableStatus: 501 }],
    ['takes no personal data in a URL', { unfilterable: all(), unfilterableStatus: 403, scimType: 'sensitive' }],
    ['cannot do "or"', { noOr: true }],
    ['ignores filters', { ignoresFilters: true }],
    ['compares to the letter', { caseExact: true }],
    ['cannot filter groups by members', { unfilterable: ['members.value'] }],
    ['cannot filter groups, and shows them on users', { unfilterable: ['members.value'], groupsOnUsers: true }],
    ['finds no group by a member, and shows them on users', { findsNothingBy: ['members.value'], groupsOnUsers: true }],
    [
      'cannot filter groups, and lists them without members',
      { unfilterable: ['members.value'], listsWithoutMembers: true },
    ],
    ['does not understand a filter in a path', { noPathFilters: true }],
    ['spells active as "True" and "False"', { activeAsText: true }],
    ['spells active as text, and has no PATCH', { activeAsText: true, patchStatus: 501 }],
    ['sends two at a time, whatever is asked', { mostAPage: 2, config: { patch: true, filter: false } }],
  ]

  it.each(servers)('is found and offboarded where it %s; twice changes nothing', async (_, odd) => {
    const people = await open(odd)
    const account = await theOne(people, alias)
    expect(account).toMatchObject({ id: 'ada', login: ada, active: true })
    expect(await people.find('nobody@northwind.example')).toEqual([])
    expect(await offboard(people)).toEqual(allHold)
    expect(server.people.get('ada')?.active).toBe(false)
    expect(server.people.get('bob')?.active).toBe(true)
    expect([membersOf('all'), membersOf('pair'), membersOf('other')]).toEqual([
      ['bob', 'cleo', 'dan'],
      ['bob'],
      ['bob', 'cleo'],
    ])

    server.writes()
    expect(await offboard(people)).toEqual(allHold)
    expect(server.writes()).toEqual([])
    expect((await theOne(people, ada)).active).toBe(false)
  })

  it.each(servers)('is given everything back where it %s', async (_, odd) => {
    const people = await open(odd)
    const goals = await people.goals(await theOne(people, ada), here)
    const brought = await bringAll(goals)
    for (const goal of goals) {
      const before = brought.get(goal.kind)?.before
      const undo = goal.undo?.(before?.state === 'not-yet' ? before.reading : undefined)
      await undo?.bring?.()
      expect([goal.kind, (await undo?.look())?.state]).toEqual([goal.kind, 'holds'])
    }
    expect(server.people.get('ada')?.active).toBe(true)
    expect(membersOf('all')?.sort()).toEqual(['ada', 'bob', 'cleo', 'dan'])
    expect(membersOf('pair')?.sort()).toEqual(['ada', 'bob'])
  })

  function all() {
    return ['userName', 'emails.value', 'members.value']
  }
})

describe('two who leave at once', () => {
  it('empty a group of two, and neither is taken for a lost member', async () => {
    const people = await open()
    const goals = await Promise.all(
      ['ada', 'bob'].map(async id =>
        goalOf(await people.goals(await theOne(people, `${id}@northwind.example`), here), 'groups-left'),
      ),
    )
    await Promise.all(goals.map(goal => goal.bring?.()))
    expect([membersOf('all'), membersOf('pair'), membersOf('other')]).toEqual([['cleo', 'dan'], [], ['cleo']])
  })
})

describe('what is learned is learned once', () => {
  it('asks with a refused filter once a session, and sends a missing PATCH once', async () => {
    const people = await open({ unfilterable: ['emails.value', 'members.value'], patchStatus: 501 })
    for (const id of ['ada', 'bob', 'cleo']) {
      await bringAll(await people.goals(await theOne(people, `${id}@northwind.example`), here))
    }
    const sent = (pattern: RegExp) =>
      server.received.filter(({ method, url }) => pattern.test(`${method} ${url}`)).length
    // `or`, and by e-mail, once; by user name for each of them.
    expect(sent(/GET .*\/Users\?filter=/)).toBe(5)
    expect(sent(/GET .*\/Groups\?filter=/)).toBe(1)
    expect(sent(/PATCH/)).toBe(1)
    expect(sent(/ServiceProviderConfig/)).toBe(1)
    // Who is found by one filter is found: nobody has to read everybody.
    expect(sent(/GET .*\/Users\?startIndex/)).toBe(0)
  })

  it('goes on filtering after a word that the server stumbled over', async () => {
    const people = await open({ noQuotes: true })
    server.people.get('bob')?.emails.push({ value: '"bob"@northwind.example' })
    expect((await theOne(people, '"Bob"@northwind.example')).id).toBe('bob')
    server.writes()
    await theOne(people, ada)
    expect(server.received.map(({ url }) => url.includes('?filter='))).toEqual([true])
  })

  it('writes false as false, never as text', async () => {
    await offboard(await open({ activeAsText: true, patchStatus: 501 }))
    const bodies = server.received.filter(({ method, url }) => method === 'PUT' && url.includes('/Users/'))
    expect(bodies.map(({ body }) => JSON.parse(body).active)).toEqual([false])
  })

  it('gives back with a PUT all that it did not mean to change', async () => {
    await offboard(await open({ patchStatus: 501 }))
    const body = server.received.findLast(({ method, url }) => method === 'PUT' && url.includes('/Users/'))?.body
    expect(JSON.parse(body ?? '{}')).toMatchObject({
      userName: ada,
      emails: [{ value: 'Ada.Alias@northwind.example' }],
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Help desk' },
    })
  })
})

describe('the truth is told about a server that', () => {
  it('answers 200 and ignores it', async () => {
    const people = await open({ ignoresActive: true })
    const goal = goalOf(await people.goals(await theOne(people, ada), here), 'sign-in-blocked')
    await goal.bring?.()
    expect(await goal.look()).toEqual({ state: 'not-yet', reading: { active: true, id: 'ada', login: ada } })
  })

  it('clears the whole group: it stops at the first', async () => {
    const people = await open({ clearsGroups: true })
    const goal = goalOf(await people.goals(await theOne(people, ada), here), 'groups-left')
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect(error.kind).toBe('contract')
    expect(error.message).toContain('Team all')
    expect(error.facts).toEqual({ group: 'all', name: 'Team all', lost: ['bob', 'cleo', 'dan'], harm: true })
    expect(membersOf('pair')).toEqual(['ada', 'bob'])
    expect(server.writes()).toEqual(['PATCH /Groups/all'])
  })

  it('loses somebody else who leaves, by another run at the same time: that is no harm', async () => {
    const people = await open()
    const goal = goalOf(await people.goals(await theOne(people, ada), here), 'groups-left')
    await goal.look()
    const [all, bob] = [server.teams.get('all'), server.people.get('bob')]
    if (!all || !bob) throw new Error('nobody there')
    bob.active = false
    all.members = all.members.filter(({ value }) => value !== 'bob')
    await goal.bring?.()
    expect(membersOf('all')).toEqual(['cleo', 'dan'])
  })

  it.each([404, 500] as const)('answers %i to the deletion of what is gone: a look decides', async status => {
    const people = await open({ goneOnDelete: status })
    const goals = await people.goals(await theOne(people, ada), alsoDelete)
    const goal = goalOf(goals, 'deleted')
    server.people.delete('ada')
    await goal.bring?.()
    expect(server.writes()).toEqual([])
    expect(await goal.look()).toEqual({ state: 'holds', reading: { deleted: true } })
    for (const one of goals) expect((await one.look()).state).toBe('holds')
    expect(await goalOf(goals, 'sign-in-blocked').look()).toEqual({ state: 'holds', reading: { gone: true } })
  })

  it.each([404, 500] as const)('loses the account while it is being deleted, and answers %i', async status => {
    const people = await open({ goneOnDelete: status })
    const goal = goalOf(await people.goals(await theOne(people, ada), alsoDelete), 'deleted')
    const { people: kept } = server
    const has = kept.has.bind(kept)
    // Somebody else deletes it after our look and before our request.
    kept.has = id => has(id) && !kept.delete(id)
    await goal.bring?.()
    expect(server.writes()).toEqual(['DELETE /Users/ada'])
    expect((await goal.look()).state).toBe('holds')
  })

  it('keeps changing what we put', async () => {
    const people = await open({ patchStatus: 501, versions: { moves: 99 } })
    const goal = goalOf(await people.goals(await theOne(people, ada), here), 'sign-in-blocked')
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('conflict')
    expect(server.people.get('ada')?.active).toBe(true)
  })

  it('has no groups: there is none to leave', async () => {
    const people = await open({ noGroups: true })
    expect(await offboard(people)).toEqual(allHold)
    expect(server.teams.get('all')?.members).toHaveLength(4)
  })

  it('has no groups to read, and still shows some on users: that is no proof', async () => {
    const people = await open({ noGroups: true, groupsOnUsers: true })
    const goal = goalOf(await people.goals(await theOne(people, ada), here), 'groups-left')
    expect(await goal.look()).toEqual({
      state: 'not-yet',
      reading: {
        groups: [
          { id: 'all', name: 'Team all' },
          { id: 'pair', name: 'Team pair' },
        ],
      },
    })
  })

  it('refuses one group: the others are left all the same', async () => {
    const people = await open({ noPathFilters: true, versions: { moves: 3 } })
    const goal = goalOf(await people.goals(await theOne(people, ada), here), 'groups-left')
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect(error.kind).toBe('conflict')
    expect([membersOf('all')?.includes('ada'), membersOf('pair')]).toEqual([true, ['bob']])
  })

  it('always sends the first page: an incomplete list proves nothing', async () => {
    const people = await open({ ignoresStartIndex: true, mostAPage: 3, config: { patch: true, filter: false } })
    const error = await failureOf(people.find(ada))
    expect([error.kind, error.facts]).toEqual(['contract', { method: 'GET', path: '/Users', got: 3, total: 8 }])
  })

  it('refuses a count of zero: it still says how many there are', async () => {
    expect(await (await open({ refusesCountZero: true })).count()).toBe(8)
  })

  it('has two accounts for one word: both are shown', async () => {
    const people = await open()
    server.people.get('bob')?.emails.push({ value: ada.toUpperCase() })
    expect((await people.find(ada)).map(({ id }) => id).sort()).toEqual(['ada', 'bob'])
  })
})
