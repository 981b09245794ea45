import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { failureOf } from '../http/loopback.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { bringAll, goalOf, theOne } from './people-stage.ts'
import type { TriedPeople as PeopleAccess } from './tried-goal.ts'

/** What surprises in Microsoft Graph, one test each. */

const stage = setGraphStage()

async function goalFor(people: PeopleAccess, who: string, kind: AccountGoalKind, options: AccountGoalOptions = plain) {
  return goalOf(await people.goals(await theOne(people, who), options), kind)
}

const groups = z.object({ groups: z.array(z.object({ name: z.string() })), stay: z.array(z.string()) })

describe('who is synced from Active Directory', () => {
  const withSource = { ...plain, present: new Set(['active-directory']) }

  it('is waited for, and never written where the next sync would undo it', async () => {
    const people = await stage.open()
    const account = await theOne(people, estate.synced)
    expect(account.masteredIn).toBe('active-directory')
    const goals = await people.goals(account, { ...withSource, delete: true })
    const block = goalOf(goals, 'sign-in-blocked')
    expect(block.follows).toMatchObject({ system: 'active-directory' })
    expect(goalOf(goals, 'deleted').follows).toMatchObject({ system: 'active-directory' })
    await block.bring?.()
    expect((await block.look()).state).toBe('not-yet')
    expect(stage.clock.waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(19_000)
    await stage.control('people/change', { email: estate.synced, accountEnabled: false })
    await block.bring?.()
    expect(await block.look()).toMatchObject({ state: 'holds', reading: { syncedFrom: 'active-directory' } })
    expect(await stage.writes()).toEqual([])
  })

  it('loses sessions and sign-in methods at once, before the sync is waited for; the password stays', async () => {
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, estate.synced), withSource)
    const kinds = goals.map(({ kind }) => kind)
    expect(kinds.slice(0, 4)).toEqual([
      'admin-roles-dropped',
      'sessions-ended',
      'credentials-revoked',
      'sign-in-blocked',
    ])
    const revoked = goalOf(goals, 'credentials-revoked')
    expect(revoked.residual?.join()).toContain('Active Directory')
    await revoked.bring?.()
    expect((await revoked.look()).state).toBe('holds')
    await goalOf(goals, 'sessions-ended').bring?.()
    expect((await goalOf(goals, 'sessions-ended').look()).state).toBe('holds')
    expect((await stage.writes()).filter(call => call.startsWith('PATCH'))).toEqual([])
  })

  it('is left to a person where Active Directory is not connected', async () => {
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, estate.synced), { ...plain, delete: true })
    for (const kind of ['sign-in-blocked', 'deleted'] as const) {
      const goal = goalOf(goals, kind)
      expect(goal.bring).toBeUndefined()
      expect(goal.byHand?.join('\n')).toContain(estate.synced)
      expect((await goal.look()).state).toBe('not-yet')
    }
  })
})

describe('administrators', () => {
  it('are not touched when the last Global Administrator would go', async () => {
    const people = await stage.open()
    const account = await theOne(people, estate.breakGlass)
    expect(account.untouchable).toBe('the last Global Administrator')
    const goals = await people.goals(account, plain)
    for (const kind of ['admin-roles-dropped', 'sign-in-blocked', 'credentials-revoked'] as const) {
      expect((await failureOf(Promise.resolve(goalOf(goals, kind).bring?.()))).kind).toBe('refused')
    }
    expect(await stage.writes()).toEqual([])
  })

  it.each([
    ['another one is there', true],
    ['the other one is blocked', false],
  ])('are counted anew: %s', async (_, enabled) => {
    await stage.control('roles', { to: estate.other, role: 'globalAdministrator' })
    await stage.control('people/change', { email: estate.other, accountEnabled: enabled })
    const account = await theOne(await stage.open(), estate.breakGlass)
    expect(account.untouchable).toBe(enabled ? undefined : 'the last Global Administrator')
  })

  it('do not both leave because the other one was still there', async () => {
    await stage.control('roles', { to: estate.other, role: 'globalAdministrator' })
    const people = await stage.open()
    const both = await Promise.all(
      [estate.breakGlass, estate.other].map(who => goalFor(people, who, 'sign-in-blocked')),
    )
    // The engine gives them turns (execute.test.ts); each guard looks anew.
    await both[0]?.bring?.()
    expect((await failureOf(Promise.resolve(both[1]?.bring?.()))).kind).toBe('refused')
  })

  it('lose roles that a group gives, and what they may activate, and get both back', async () => {
    const { id } = z
      .object({ id: z.string() })
      .parse(await stage.control('groups', { name: 'Admins', members: [estate.cloud], roleAssignable: true }))
    await stage.control('roles', { to: id, role: 'userAdministrator' })
    await stage.control('eligible', { to: estate.cloud, role: 'globalAdministrator' })
    await stage.control('eligible-groups', { to: estate.cloud, group: id })
    const people = await stage.open()
    expect((await theOne(people, estate.cloud)).roles).toEqual([{ name: 'User Administrator', admin: true }])
    const goal = await goalFor(people, estate.cloud, 'admin-roles-dropped')
    const may = goal.differences.find(({ what }) => what === 'May activate')
    expect(may?.before).toBe('Global Administrator, member of Admins')
    const before = await goal.look()
    expect(before.state).toBe('not-yet')
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { eligibleRoles: [], eligibleGroups: [] } })
    await goal.undo?.(before.state === 'not-yet' ? before.reading : undefined).bring?.()
    expect(await goal.look()).toEqual(before)
  })

  it('are not said to have no role that they may activate where that cannot be read', async () => {
    await stage.fault({ path: 'Eligib|eligib', status: 403, times: 0 })
    const goal = await goalFor(await stage.open(), estate.cloud, 'admin-roles-dropped')
    expect(goal.residual?.join()).toContain('could not be read')
  })

  it('need an app with a higher role, which is said before, and when Graph refuses', async () => {
    const people = await stage.open()
    const goal = await goalFor(people, estate.admin, 'sign-in-blocked')
    expect(goal.warnings.join()).toContain('Privileged Authentication Administrator')
    const body = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } }
    await stage.fault({ method: 'PATCH', path: '/users/', status: 403, body })
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.kind, error.hint]).toEqual(['forbidden', expect.stringContaining('Privileged Authentication')])
  })
})

describe('sessions and credentials', () => {
  it('of a guest cannot be ended here, and it is said', async () => {
    const email = 'gus@supplier.example'
    await stage.control('people', { key: 'guest', givenName: 'Gus', surname: 'Guest', email, guest: true })
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, email), plain)
    const ended = goalOf(goals, 'sessions-ended')
    expect(ended.residual?.join()).toContain('home tenant')
    expect(ended.after).toEqual(['sign-in-blocked'])
    await ended.bring?.()
    expect((await ended.look()).state).toBe('not-yet')
    expect(await stage.writes()).toEqual([])
    await goalOf(goals, 'sign-in-blocked').bring?.()
    expect((await ended.look()).state).toBe('holds')
  })

  it('takes any 2xx of revokeSignInSessions, and believes only the time that counts', async () => {
    const people = await stage.open()
    const goal = await goalFor(people, estate.cloud, 'sessions-ended')
    await stage.fault({ method: 'POST', path: 'revoke', status: 204 })
    await goal.bring?.()
    expect((await goal.look()).state).toBe('not-yet')
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
  })

  it('deletes the default method last, whichever it is', async () => {
    const people = await stage.open()
    const goal = await goalFor(people, estate.cloud, 'credentials-revoked')
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { methods: [] } })
    const deleted = (await stage.writes()).filter(call => call.startsWith('DELETE'))
    // Together, and what is refused as the default again by itself.
    expect(deleted.map(call => call.split('/')[4])).toEqual([
      'phoneMethods',
      'microsoftAuthenticatorMethods',
      'phoneMethods',
    ])
  })

  it('removes the methods also where Graph refuses the password', async () => {
    const people = await stage.open()
    const goal = await goalFor(people, estate.cloud, 'credentials-revoked')
    const body = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } }
    await stage.fault({ method: 'PATCH', path: '/users/', status: 403, body })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('forbidden')
    expect(await goal.look()).toMatchObject({ state: 'not-yet', reading: { methods: [] } })
  })

  it('names a method that Graph cannot delete, and deletes the others', async () => {
    const methods = [
      { id: 'p', type: 'password', displayName: '' },
      { id: 'q', type: 'qrCodePin', displayName: '' },
      { id: 'f', type: 'fido2', displayName: 'Key' },
    ]
    await stage.control('people/change', { email: estate.cloud, methods, defaultMethod: null })
    const people = await stage.open()
    const goal = await goalFor(people, estate.cloud, 'credentials-revoked')
    expect(goal.residual?.join()).toContain('qrCodePin')
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { methods: ['qrCodePin'] } })
  })
})

describe('groups', () => {
  it('that Graph takes nobody out of are named and left alone', async () => {
    const people = await stage.open()
    const goal = await goalFor(people, estate.synced, 'groups-left')
    const words = goal.residual?.join('\n') ?? ''
    expect(words).toMatch(/"Everyone" is dynamic/)
    // What has mail is left in Exchange.
    expect(words).not.toContain('Orders')
    expect(words).toMatch(/"Workshop, CNC \+ lathes" is synced/)
    expect(words).toMatch(/"Licences: Business Premium" gives a licence/)
    expect(words).toMatch(/The only owner of the group "VPN users"/)
    await goal.bring?.()
    const standing = await goal.look()
    expect(standing.state).toBe('holds')
    const reading = groups.parse(standing.state === 'unobservable' ? {} : standing.reading)
    expect(reading.stay.sort()).toEqual(['Everyone', 'Licences: Business Premium', 'Workshop, CNC + lathes'])
    const memberships = /^DELETE \/groups\/[^/]+\/members\/[^/]+\/\$ref$/
    const calls = (await stage.writes()).filter(call => !memberships.test(call))
    expect(calls).toEqual([expect.stringMatching(/^POST .*InvokeCommand$/)])
  })

  it('are left twenty at a time, and each that was throttled is asked again by itself', async () => {
    for (let n = 1; n <= 24; n++) await stage.control('groups', { name: `Team ${n}`, members: [estate.cloud] })
    await stage.fault({ path: 'members', status: 429, headers: { 'Retry-After': '11' }, times: 3 })
    const people = await stage.open()
    const goal = await goalFor(people, estate.cloud, 'groups-left')
    await stage.writes()
    stage.exchanges.length = 0
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
    expect(stage.clock.waits.some(ms => ms >= 11_000)).toBe(true)
    const sent = (await stage.calls()).filter(({ method, path }) => method === 'DELETE' && path.includes('/members/'))
    expect(sent.length).toBe(26 + 3)
    expect(stage.exchanges.filter(({ url }) => url.includes('batch')).length).toBe(3)
  })

  it('are all tried where one is refused, and that one is named', async () => {
    await stage.control('groups', { name: 'Locked', members: [estate.cloud] })
    const people = await stage.open()
    const goal = await goalFor(people, estate.cloud, 'groups-left')
    await stage.fault({ path: 'members', status: 403, times: 1 })
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect(error.kind).toBe('forbidden')
    const standing = await goal.look()
    expect(groups.parse(standing.state === 'unobservable' ? {} : standing.reading).groups).toHaveLength(1)
  })
})

describe('access and licences', () => {
  it('keeps licences unless told otherwise, for the mailbox would go with them', async () => {
    const people = await stage.open()
    const goal = await goalFor(people, estate.cloud, 'access-freed')
    expect([goal.effect, goal.residual?.join()]).toEqual(['reversible', expect.stringContaining('licences=keep')])
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { appRoles: [], consents: [] } })
    expect((await stage.writes()).filter(call => call.includes('assignLicense'))).toEqual([])
  })

  it('frees direct licences and leaves the group that gives one, when told to, once the mailbox is shared', async () => {
    const people = await stage.open({ settings: { licences: 'remove' } })
    const goal = await goalFor(people, estate.synced, 'licences-freed')
    expect([goal.effect, goal.after]).toEqual(['reversible', ['mailbox-shared']])
    const early = await failureOf(Promise.resolve(goal.bring?.()))
    expect([early.kind, early.message]).toEqual(['refused', expect.stringContaining('not a shared one yet')])
    await stage.control('mailboxes', { email: estate.synced, bytes: 1_000_000 })
    await (await goalFor(people, estate.synced, 'mailbox-shared')).bring?.()
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { licences: [], licenceGroups: [] } })
    const calls = await stage.writes()
    expect(calls.at(-1)).toContain('assignLicense')
    expect(calls.filter(call => call.includes('/members/')).length).toBe(1)
  })

  it('sets the automatic reply first, and does not mind that there is no mailbox', async () => {
    const people = await stage.open({ settings: { autoReply: 'I have left. Write to <office> & co.' } })
    const goal = await goalFor(people, estate.cloud, 'access-freed')
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { automaticReply: true } })
    expect((await stage.writes())[0]).toMatch(/^PATCH .*mailboxSettings$/)
    await stage.control('people/change', { email: estate.other, automaticReply: null })
    const without = await goalFor(people, estate.other, 'access-freed')
    await without.bring?.()
    expect((await without.look()).state).toBe('holds')
  })
})

describe('what somebody owns', () => {
  it('gets a new owner before the old one goes', async () => {
    const people = await stage.open()
    const goal = await goalFor(people, estate.synced, 'data-handed-over', { ...plain, successor: estate.other })
    expect(goal.differences[0]?.before).toContain('Tool crib')
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { owned: [] } })
    const calls = (await stage.writes()).map(call => call.replace(/[0-9a-f-]{36}/g, '*'))
    const deleting = calls.findIndex(call => call.startsWith('DELETE'))
    expect(calls.slice(0, deleting).sort()).toEqual([
      'POST /applications/*/owners/$ref',
      'POST /groups/*/owners/$ref',
      'POST /groups/*/owners/$ref',
    ])
    const again = await goalFor(people, estate.other, 'groups-left')
    expect(again.residual?.join()).toContain('The only owner of the application "Tool crib"')
  })

  it.each([
    ['nobody', 'nobody@ironbridge.example'],
    ['the leaver', 'diego.torres@ironbridge.example'],
  ])('is not handed over to %s', async (_, successor) => {
    const people = await stage.open()
    const goal = await goalFor(people, estate.synced, 'data-handed-over', { ...plain, successor })
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.kind, error.hint]).toEqual(['refused', expect.stringContaining('--successor')])
    expect(await stage.writes()).toEqual([])
  })
})

describe('reading', () => {
  it('waits for a replica that lags', async () => {
    await stage.control('lag', { ms: 8_000 })
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, estate.cloud), plain)
    const brought = await bringAll(goals.slice(0, 6))
    for (const [kind, { after }] of brought) expect([kind, after.state]).toEqual([kind, 'holds'])
    expect(stage.clock.waits.length).toBeGreaterThan(0)
  })

  it.each([
    'https://evil.example/microsoft-365/graph/v1.0/users?$skiptoken=1',
    'http://127.0.0.1:1/graph/v1.0/users',
    'next',
    '//x/y',
  ])('does not carry the token to another place for the next page: %s', async link => {
    const people = await stage.open()
    await stage.fault({ method: 'GET', path: '/users\\?', body: { value: [], '@odata.nextLink': link }, times: 0 })
    const error = await failureOf(people.find(estate.cloud))
    expect([error.kind, error.message]).toEqual(['contract', expect.stringContaining('another place')])
  })

  it('believes no answer that has more people than were asked for', async () => {
    const people = await stage.open()
    const { id } = await theOne(people, estate.other)
    const one = { id, userPrincipalName: estate.other, mail: estate.other, accountEnabled: true }
    await stage.fault({ method: 'GET', path: '/users\\?', body: { value: [one] }, times: 0 })
    expect(await people.find(estate.cloud)).toEqual([])
    expect((await people.find(estate.other)).length).toBe(1)
  })

  it('obeys Retry-After', async () => {
    const people = await stage.open()
    await stage.fault({ method: 'GET', path: '/users\\?', status: 429, headers: { 'retry-after': '9' }, body: {} })
    await theOne(people, estate.cloud)
    expect(stage.clock.waits.some(ms => ms >= 9_000)).toBe(true)
  })
})
