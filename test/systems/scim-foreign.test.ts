import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { scim } from '../../src/systems/scim/index.ts'
import { createTestClock, failureOf } from '../http/loopback.ts'
import { alsoDelete, bringAll, goalOf, here, theOne } from './people-stage.ts'
import { type ForeignServer, startForeignServer } from './scim-foreign-server.ts'
import type { TriedPeople as PeopleAccess, TriedSession as Session } from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

/** The whole offboarding of a person at a SCIM server that is not ours. */

let server: ForeignServer
let session: Session
let people: PeopleAccess

async function connect(token = server.token): Promise<Session> {
  return openTried(scim, { url: server.url, token }, { clock: createTestClock(), http: { env: {} } })
}

/** Over HTTP, as a directory would: what the server makes of it is its own affair. */
async function create(endpoint: string, body: Record<string, unknown>): Promise<string> {
  const response = await fetch(`${server.url}/${endpoint}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify({ schemas: [`urn:ietf:params:scim:schemas:core:2.0:${endpoint.slice(0, -1)}`], ...body }),
  })
  return z.object({ id: z.string() }).parse(await response.json()).id
}

const email = "Priya.O'Neil+chat@northwind.example"
let priya: string
let others: string[]

beforeAll(async () => {
  server = await startForeignServer()
})
afterAll(() => server.close())

beforeEach(async () => {
  server.users.clear()
  server.groups.clear()
  priya = await create('Users', {
    userName: 'priya',
    name: { givenName: 'Priya', familyName: "O'Neil" },
    emails: [{ value: email, primary: true }, { value: 'p.oneil@northwind.example' }],
    roles: [
      { value: 'workspace-admin', display: 'Workspace Admin' },
      { value: 'member', display: 'Member' },
    ],
    active: true,
  })
  others = []
  for (let n = 0; n < 45; n++) others.push(await create('Users', { userName: `u${n}@northwind.example`, active: true }))
  const members = [priya, ...others.slice(0, 3)].map(value => ({ value }))
  await create('Groups', { displayName: 'General', members })
  await create('Groups', { displayName: 'Just Priya', members: [{ value: priya }] })
  await create('Groups', { displayName: 'Others', members: members.slice(1) })
  server.writes()
  session = await connect()
  if (session.people === undefined) throw new Error('no people')
  people = session.people
})
afterEach(() => session.close())

describe('a SCIM server that is not ours', () => {
  it.each(['priya', 'PRIYA', email, email.toLowerCase(), 'P.Oneil@northwind.example'])(
    'finds her by %s',
    async word => {
      const account = await theOne(people, word)
      expect(account).toEqual({
        id: priya,
        login: 'priya',
        email,
        name: "Priya O'Neil",
        active: true,
        roles: [
          { name: 'Workspace Admin', admin: true },
          { name: 'Member', admin: false },
        ],
      })
    },
  )

  it('lists everybody, though it sends twenty at a time when nothing is asked', async () => {
    const ids: string[] = []
    for await (const account of people.list()) ids.push(account.id)
    expect(ids.sort()).toEqual([priya, ...others].sort())
    expect(await people.count()).toBe(46)
  })

  it('offboards her, and a second time writes nothing', async () => {
    const account = await theOne(people, email)
    const goals = await people.goals(account, alsoDelete)
    const brought = await bringAll(goals)
    expect([...brought].map(([kind, { before, after }]) => [kind, before.state, after.state])).toEqual([
      ['admin-roles-dropped', 'not-yet', 'holds'],
      ['sign-in-blocked', 'not-yet', 'holds'],
      ['groups-left', 'not-yet', 'holds'],
      ['deleted', 'not-yet', 'holds'],
    ])
    expect(server.users.has(priya)).toBe(false)
    expect(membersOf('General')).toEqual(others.slice(0, 3))
    expect(membersOf('Just Priya')).toEqual([])
    expect(membersOf('Others')).toEqual(others.slice(0, 3))
    const writes = server.writes().map(call => call.replace(/[^ /]+ (\d+)$/, 'id $1'))
    expect(writes).toEqual([
      'PATCH /Users/id 200',
      'PATCH /Users/id 200',
      'PATCH /Groups/id 200',
      'PATCH /Groups/id 200',
      'DELETE /Users/id 204',
    ])

    const again = await bringAll(await people.goals(account, alsoDelete))
    expect([...again.values()].map(({ before }) => before.state)).toEqual(['holds', 'holds', 'holds', 'holds'])
    expect(server.writes()).toEqual([])
    expect(await people.find(email)).toEqual([])
    expect(await people.account(priya)).toBeNull()
  })

  it('gives everything back', async () => {
    const account = await theOne(people, email)
    const goals = await people.goals(account, here)
    const brought = await bringAll(goals)
    expect(server.users.get(priya)).toMatchObject({ active: false, roles: [{ value: 'member' }] })
    expect(membersOf('General')).toEqual(others.slice(0, 3))
    for (const goal of goals) {
      const before = brought.get(goal.kind)?.before
      const undo = goal.undo?.(before?.state === 'not-yet' ? before.reading : undefined)
      expect((await undo?.look())?.state).toBe('not-yet')
      await undo?.bring?.()
      expect((await undo?.look())?.state).toBe('holds')
    }
    expect(await theOne(people, email)).toEqual(account)
    expect(membersOf('General')).toEqual([...others.slice(0, 3), priya])
    expect(membersOf('Just Priya')).toEqual([priya])
  })

  it('does not take back what nobody gave: an account that was blocked before stays blocked', async () => {
    const account = await theOne(people, email)
    await goalOf(await people.goals(account, here), 'sign-in-blocked').bring?.()
    server.writes()
    const undo = goalOf(await people.goals(account, here), 'sign-in-blocked').undo?.({ active: false })
    expect((await undo?.look())?.state).toBe('holds')
    const broken = goalOf(await people.goals(account, here), 'sign-in-blocked')
    expect(() => broken.undo?.({ nonsense: true })).toThrow(/cannot be given back/)
    expect(server.writes()).toEqual([])
  })

  it('cannot bring back who was deleted', async () => {
    const account = await theOne(people, email)
    const goals = await people.goals(account, alsoDelete)
    await bringAll(goals)
    const undo = goalOf(goals, 'sign-in-blocked').undo?.({ active: true })
    expect((await failureOf(Promise.resolve(undo?.bring?.()))).kind).toBe('refused')
    expect(goalOf(goals, 'deleted').undo).toBeUndefined()
  })

  it('is told that the token is wrong', async () => {
    const stranger = await connect('another token')
    expect((await failureOf(stranger.check())).kind).toBe('sign-in')
    const error = await failureOf(Promise.resolve(stranger.people?.find(email)))
    expect([error.kind, JSON.stringify([error.message, error.facts])]).toEqual([
      'sign-in',
      expect.not.stringContaining('another token'),
    ])
    await stranger.close()
  })
})

function membersOf(name: string): string[] {
  const group = [...server.groups.values()].find(one => one.displayName === name)
  if (group === undefined) throw new Error(`no group ${name}`)
  const members: unknown[] = Array.isArray(group.members) ? group.members : []
  return members.flatMap(one => (typeof one === 'object' && one !== null && 'value' in one ? [String(one.value)] : []))
}
