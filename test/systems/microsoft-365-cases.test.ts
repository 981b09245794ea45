import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { everyRight } from '../../src/sandbox/microsoft-365/app-rights.ts'
import { failureOf } from '../http/loopback.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { triesOn } from './microsoft-365-tries.ts'
import { goalOf, theOne } from './people-stage.ts'
import type { TriedPeople } from './tried-goal.ts'

/** Where Graph shows less than there is, refuses one thing of many, or is out of order beside the account. */

const stage = setGraphStage()
const { goalFor, bring, group, reading } = triesOn(stage)
const refusalOf = (status: number) => ({ status, body: { error: { code: 'Denied', message: 'Not this one.' } } })

describe('absent is not none', () => {
  it('leaves no group of which only the id is shown: it may be one that licenses', async () => {
    await stage.control('quirks', { hiddenGroups: true })
    const goal = await goalFor(estate.synced, 'groups-left')
    const error = await failureOf(goal.look())
    expect([error.kind, error.hint]).toEqual(['forbidden', expect.stringContaining('Directory.Read.All')])
    expect(await stage.writes()).toEqual([])
  })

  it('does the same where the right is missing, and doctor says so', async () => {
    const granted = ['User.ReadWrite.All', 'GroupMember.ReadWrite.All', 'RoleManagement.ReadWrite.Directory']
    await stage.control('rights', { granted })
    const { missing } = await (await stage.session()).check()
    expect(missing.join('\n')).toContain('Directory.Read.All (or Directory.ReadWrite.All) is missing, to see what')
    expect((await failureOf((await goalFor(estate.synced, 'groups-left')).look())).kind).toBe('forbidden')
  })

  it('never takes for left a group that hides its members, where it may not see them', async () => {
    const granted = everyRight.filter(right => right !== 'Member.Read.Hidden')
    await stage.control('rights', { granted })
    const before = await goalFor(estate.cloud, 'groups-left')
    await bring(before)
    // No group hides anything: all is seen.
    expect((await before.look()).state).toBe('holds')
    await group({ name: 'Merger', members: [estate.cloud], hidden: true })
    const error = await failureOf((await goalFor(estate.cloud, 'groups-left')).look())
    expect([error.kind, error.message, error.hint]).toEqual([
      'forbidden',
      `Whether ${estate.cloud} is in "Merger" is not shown: they hide their members.`,
      expect.stringContaining('Grant Member.Read.Hidden'),
    ])
    await stage.control('rights', { granted: everyRight })
    const seen = await goalFor(estate.cloud, 'groups-left')
    expect(seen.differences).toMatchObject([{ before: 'Merger' }])
    await bring(seen)
    expect((await seen.look()).state).toBe('holds')
  })

  it('knows the last Global Administrator through a group of which only the id is shown', async () => {
    const id = await group({ name: 'Admins', members: [estate.cloud], roleAssignable: true })
    await stage.control('roles', { to: id, role: 'globalAdministrator' })
    await stage.control('people/change', { email: estate.breakGlass, accountEnabled: false })
    await stage.control('quirks', { hiddenGroups: true })
    const account = await theOne(await stage.open(), estate.cloud)
    expect(account.untouchable).toBe('the last Global Administrator')
  })

  it('counts members of a role group by an advanced query', async () => {
    const id = await group({ name: 'Admins', members: [estate.other], roleAssignable: true })
    await stage.control('roles', { to: id, role: 'globalAdministrator' })
    expect((await theOne(await stage.open(), estate.breakGlass)).untouchable).toBeUndefined()
  })

  it('does not take licences that are not shown for freed', async () => {
    await stage.control('quirks', { licencesHidden: true })
    const goal = await goalFor(estate.cloud, 'licences-freed', {}, { licences: 'remove' })
    expect((await failureOf(goal.look())).facts.field).toBe('licenseAssignmentStates')
  })

  it.each(['memberOf', 'ownedObjects'])(
    'takes nothing in %s that does not say what it is for something else',
    async list => {
      const bare = { status: 200, body: { value: [{ id: 'a1', displayName: 'Sales' }] } }
      await stage.fault({ method: 'GET', path: list, ...bare, times: 0 })
      const goal = await goalFor(estate.synced, 'groups-left')
      if (list === 'ownedObjects') expect(goal.residual.join()).toContain('own alone could not be read')
      else expect((await failureOf(goal.look())).facts.field).toBe('value.0.@odata.type')
    },
  )

  it('takes no device without its owner for somebody else’s', async () => {
    const body = { value: [{ id: 'd1', userId: null }] }
    await stage.fault({ method: 'GET', path: '/users/[^/]+/managedDevices', status: 200, body, times: 0 })
    const goal = await goalFor(estate.cloud, 'devices-released')
    expect(await goal.look()).toMatchObject({ state: 'not-yet', reading: { managed: null } })
    await bring(goal)
    expect((await failureOf(goal.look())).kind).toBe('contract')
  })

  it('takes a 404 that is not of Graph for no answer', async () => {
    await stage.fault({ method: 'GET', path: '/drive', status: 404, body: '<html>Not Found</html>', times: 0 })
    const goal = await goalFor(estate.cloud, 'data-handed-over', { successor: estate.other })
    expect((await failureOf(goal.look())).facts.status).toBe(404)
  })

  it('writes down null for what was not seen', async () => {
    await stage.fault({ path: 'appRoleAssignments', status: 403, times: 0 })
    const goal = await goalFor(estate.cloud, 'access-freed')
    expect(await goal.look()).toMatchObject({ state: 'not-yet', reading: { appRoles: null } })
    const { state, reading: before } = { reading: undefined, ...(await goal.look()) }
    expect(state).toBe('not-yet')
    expect((await goal.undo?.(before).look())?.state).toBe('holds')
  })
})

describe('keeping out needs only its own readings', () => {
  async function isBlocked(people: TriedPeople) {
    const account = await theOne(people, estate.cloud)
    const goals = await people.goals(account, plain)
    await bring(goalOf(goals, 'sign-in-blocked'))
    expect((await goalOf(goals, 'sign-in-blocked').look()).state).toBe('holds')
    return goals
  }

  it.each([
    ['intuneUnauthorized', 'forbidden'],
    ['intuneTimesOut', 'server'],
    ['intuneThrottled', 'rate-limited'],
  ])(
    'blocks with %s; what Entra shows of devices is done, and the goal says why it is not whole',
    async (name, kind) => {
      await stage.control('quirks', { [name]: true })
      const goals = await isBlocked(await stage.open())
      const devices = goalOf(goals, 'devices-released')
      expect(await devices.look()).toMatchObject({ state: 'not-yet', reading: { managed: null } })
      expect(devices.warnings.join()).toContain('What is enrolled in Intune could not be read')
      await bring(devices)
      expect((await failureOf(devices.look())).kind).toBe(kind)
      const { error = '' } = { error: (await failureOf(devices.look())).message }
      expect(error).not.toContain('{')
    },
  )

  it('blocks where roles cannot be read, and says that nobody knows', async () => {
    await stage.control('quirks', { rolesForbidden: true })
    const goals = await isBlocked(await stage.open())
    expect((await failureOf(goalOf(goals, 'admin-roles-dropped').look())).kind).toBe('forbidden')
    const block = await goalFor(estate.other, 'sign-in-blocked')
    expect(block.warnings.join()).toContain('nobody knows whether this is the last Global Administrator')
  })

  it('has a block to send where not even the account can be read', async () => {
    const goal = await goalFor(estate.cloud, 'sign-in-blocked')
    await stage.fault({ method: 'GET', path: '/users/', status: 503, body: {}, times: 0 })
    expect((await failureOf(goal.look())).kind).toBe('server')
    expect(await goal.anyway?.()).toEqual([{ id: 'sign-in' }])
    expect((await stage.writes()).map(call => call.split(' ')[0])).toEqual(['PATCH'])
    expect((await goalFor(estate.synced, 'sign-in-blocked')).anyway).toBeUndefined()
  })

  it('does not delete where roles cannot be read', async () => {
    await stage.control('quirks', { rolesForbidden: true })
    const goal = await goalFor(estate.cloud, 'deleted', { delete: true })
    expect((await failureOf(bring(goal))).kind).toBe('forbidden')
    expect(await stage.writes()).toEqual([])
  })

  it('does not need the name of the tenant', async () => {
    await stage.fault({ method: 'GET', path: 'organization', status: 500, body: {}, times: 0 })
    const { tenant, missing } = await (await stage.session()).check()
    expect(tenant).toMatch(/^[0-9a-f-]{36}$/)
    expect(missing.join()).toContain('The tenant was not shown')
  })

  it('names what is owned alone, or that it could not be read', async () => {
    await stage.fault({ method: 'GET', path: 'ownedObjects', status: 403, body: {}, times: 0 })
    expect((await goalFor(estate.synced, 'groups-left')).residual.join()).toContain('own alone could not be read')
  })

  it('does not call somebody one of several owners where owners are not shown', async () => {
    await stage.fault({ method: 'GET', path: '/owners', status: 403, times: 0 })
    expect((await goalFor(estate.synced, 'groups-left')).residual.join()).toMatch(/"VPN users".*could not be read/)
  })
})

describe('one thing refused stops one thing', () => {
  it('of three devices', async () => {
    for (const name of ['One', 'Two']) await stage.control('devices', { email: estate.cloud, name, os: 'iOS' })
    const goal = await goalFor(estate.cloud, 'devices-released')
    await stage.fault({ method: 'POST', path: '/retire', ...refusalOf(403) })
    expect((await failureOf(bring(goal))).kind).toBe('forbidden')
    await stage.clock.sleep(5000)
    const { managed } = await reading(goal, z.object({ managed: z.array(z.object({ name: z.string() })) }))
    expect(managed).toHaveLength(1)
  })

  it('of two roles', async () => {
    for (const role of ['userAdministrator', 'directoryReaders'])
      await stage.control('roles', { to: estate.cloud, role })
    const goal = await goalFor(estate.cloud, 'admin-roles-dropped')
    await stage.fault({ method: 'DELETE', path: 'roleAssignments', ...refusalOf(403) })
    expect((await failureOf(bring(goal))).kind).toBe('forbidden')
    const { roles } = await reading(goal, z.object({ roles: z.array(z.object({ role: z.string() })) }))
    expect(roles).toHaveLength(1)
  })

  it('of sign-in methods; a mobile number goes behind its alternate one', async () => {
    const methods = [
      { id: '3179e48a-750b-4051-897c-87b9720928f7', type: 'phone', displayName: '' },
      { id: 'b6332ec1-7057-4abe-9331-3d72feddfe41', type: 'phone', displayName: '' },
      { id: 'k', type: 'fido2', displayName: 'Key' },
      { id: 'e', type: 'external', displayName: 'Outside' },
    ]
    await stage.control('people/change', { email: estate.cloud, methods, defaultMethod: 'k' })
    const goal = await goalFor(estate.cloud, 'credentials-revoked')
    await stage.fault({ method: 'DELETE', path: 'fido2', ...refusalOf(403) })
    expect((await failureOf(bring(goal))).kind).toBe('forbidden')
    expect(await reading(goal, z.object({ methods: z.array(z.string()) }))).toEqual({ methods: ['fido2'] })
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
  })

  it('of what somebody may use', async () => {
    const goal = await goalFor(estate.cloud, 'access-freed', {}, { autoReply: 'Gone.' })
    await stage.fault({ method: 'PATCH', path: 'mailboxSettings', ...refusalOf(403) })
    expect((await failureOf(bring(goal))).kind).toBe('forbidden')
    expect(await goal.look()).toMatchObject({ reading: { appRoles: [], consents: [], automaticReply: false } })
  })

  it('of groups that are given back: one that was deleted meanwhile', async () => {
    const goal = await goalFor(estate.cloud, 'groups-left')
    const before = await goal.look()
    await bring(goal)
    const undo = goal.undo?.(before.state === 'not-yet' ? before.reading : undefined)
    await stage.fault({ method: 'POST', path: 'members', status: 404, times: 1 })
    expect((await failureOf(Promise.resolve(undo?.bring?.()))).facts.status).toBe(404)
    const { groups } = await reading(goal, z.object({ groups: z.array(z.unknown()) }))
    expect(groups).toHaveLength(1)
  })

  it('of what is owned', async () => {
    const goal = await goalFor(estate.synced, 'data-handed-over', { successor: estate.other })
    await stage.fault({ method: 'POST', path: '/applications/.*/owners', ...refusalOf(403) })
    expect((await failureOf(bring(goal))).kind).toBe('forbidden')
    const { owned } = await reading(goal, z.object({ owned: z.array(z.object({ name: z.string() })) }))
    expect(owned).toEqual([{ name: 'Tool crib' }])
  })
})

describe('after any refusal, look', () => {
  it('drops a role once when two want to, and waits until a replica that lags knows', async () => {
    await stage.control('roles', { to: estate.cloud, role: 'userAdministrator' })
    const [mine, theirs] = [
      await goalFor(estate.cloud, 'admin-roles-dropped'),
      await goalFor(estate.cloud, 'admin-roles-dropped'),
    ]
    await stage.control('lag', { ms: 4000 })
    // Whoever is second waits for the turn, and finds it done.
    await Promise.all([bring(theirs), bring(mine)])
    expect((await mine.look()).state).toBe('holds')
    const dropped = (await stage.calls()).filter(({ method, path }) => method === 'DELETE' && path.includes('roleAss'))
    expect(dropped).toHaveLength(1)
  })

  it('hands over to who is an owner already, where owners are not shown', async () => {
    const goal = await goalFor(estate.synced, 'data-handed-over', { successor: estate.breakGlass })
    await stage.fault({ method: 'GET', path: '/owners', status: 403, times: 0 })
    await bring(goal)
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { owned: [] } })
    const joined = (await stage.calls()).filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/owners/$ref'),
    )
    expect(joined.length).toBe(3)
  })
})
