import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureOf } from '../http/loopback.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { triesOn } from './microsoft-365-tries.ts'
import { goalOf, theOne } from './people-stage.ts'

/** What a sentence about Microsoft 365 promises, and what is history. */

const stage = setGraphStage()
const { goalFor, bring, group, reading } = triesOn(stage)

describe('old results are not new ones', () => {
  const orders = async () => (await stage.writes()).filter(call => call.includes('/retire'))

  it('retires a device that was retired last year and enrolled again', async () => {
    await stage.control('quirks', { oldResults: true })
    const goal = await goalFor(estate.cloud, 'devices-released')
    expect((await goal.look()).state).toBe('not-yet')
    await bring(goal)
    expect(await orders()).toHaveLength(1)
    expect((await goal.look()).state).toBe('holds')
  })

  it('says where nothing tells when it was', async () => {
    const results = [{ actionName: 'retire', actionState: 'done' }]
    await stage.control('devices/results', { email: estate.cloud, results, at: '' })
    const goal = await goalFor(estate.cloud, 'devices-released', { waitMs: 0 })
    expect(goal.residual.join()).toContain('and that it was done, but not when')
    await bring(goal)
    expect(await orders()).toEqual([])
    expect((await goal.look()).state).toBe('not-yet')
  })
})

describe('gone is not nothing left', () => {
  it('looks in Intune for the phone of somebody whose account is gone', async () => {
    await stage.control('devices', { email: estate.cloud, name: 'Emma phone', online: false })
    const people = await stage.open()
    const account = await theOne(people, estate.cloud)
    await stage.control('people/delete', { email: estate.cloud })
    const goal = goalOf(await people.goals(account, plain), 'devices-released')
    expect(await goal.look()).toMatchObject({ state: 'not-yet', reading: { accountGone: true } })
    expect(goal.residual.join()).toContain('The account is gone')
    await bring(goal)
    expect((await goal.look()).state).toBe('not-yet')
    await stage.control('devices/contact')
    expect((await goal.look()).state).toBe('holds')
    expect((await goalOf(await people.goals(account, plain), 'groups-left').look()).state).toBe('holds')
  })
})

describe('a promise binds every goal', () => {
  it('keeps a licence that comes with a role, and says what stays', async () => {
    const id = await group({ name: 'Admins', members: [estate.cloud], roleAssignable: true, licensing: true })
    await stage.control('roles', { to: id, role: 'userAdministrator' })
    await stage.control('roles', { to: estate.cloud, role: 'directoryReaders' })
    const goal = await goalFor(estate.cloud, 'admin-roles-dropped')
    const error = await failureOf(bring(goal))
    expect([error.kind, error.message]).toEqual(['refused', expect.stringContaining('"Admins" gives a licence')])
    expect(await reading(goal, z.object({ roles: z.array(z.unknown()), groups: z.array(z.unknown()) }))).toMatchObject({
      roles: [],
      groups: [{ name: 'Admins' }],
    })
    const removing = await goalFor(estate.cloud, 'admin-roles-dropped', {}, { licences: 'remove' })
    await bring(removing)
    expect((await removing.look()).state).toBe('holds')
  })

  it('does not call a licence freed that a mail-enabled group gives', async () => {
    await group({ name: 'Sales list', members: [estate.cloud], licensing: true, mail: true })
    await bring(await goalFor(estate.cloud, 'mailbox-shared'))
    const goal = await goalFor(estate.cloud, 'licences-freed', {}, { licences: 'remove' })
    const error = await failureOf(bring(goal))
    expect([error.kind, error.message]).toEqual(['refused', expect.stringContaining('Exchange admin center')])
    expect(await goal.look()).toMatchObject({ state: 'not-yet', reading: { licenceGroups: [{ name: 'Sales list' }] } })
  })

  it('warns of a licence that goes with a group in Active Directory', async () => {
    await group({ name: 'AD licences', members: [estate.synced], licensing: true, synced: true })
    const goal = await goalFor(estate.synced, 'access-freed', { present: new Set(['active-directory']) })
    expect(goal.warnings.join()).toContain('"AD licences" is not kept')
    expect((await goalFor(estate.synced, 'access-freed')).warnings).toEqual([])
  })

  it('removes the methods of an outside provider, where the cloud knows them', async () => {
    const methods = [{ id: 'e', type: 'external', displayName: 'Outside' }]
    await stage.control('people/change', { email: estate.cloud, methods, defaultMethod: null })
    const goal = await goalFor(estate.cloud, 'credentials-revoked')
    expect(goal.differences.map(({ before }) => before)).toContain('external')
    await bring(goal)
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { methods: [] } })
    await stage.control('quirks', { noExternalMethods: true })
    expect((await goal.look()).state).toBe('holds')
  })

  it('is not kept by a list that was refused', async () => {
    await stage.fault({ path: 'externalAuthenticationMethods', status: 403, times: 0 })
    const goal = await goalFor(estate.cloud, 'credentials-revoked')
    await bring(goal)
    expect((await failureOf(goal.look())).kind).toBe('forbidden')
  })
})

describe('a refusal for rate is no refusal', () => {
  it('waits for a part that is throttled again and again', async () => {
    await stage.fault({ method: 'DELETE', path: 'members', status: 429, times: 12 })
    const goal = await goalFor(estate.cloud, 'groups-left')
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
  })

  it('waits for a call that is throttled again and again, without being told for how long', async () => {
    const goal = await goalFor(estate.cloud, 'sign-in-blocked')
    await stage.fault({ method: 'PATCH', path: '/users/', status: 429, body: {}, times: 6 })
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
  })

  it.each([500, 502, 409, 423])('repeats a part that met %i', async status => {
    await stage.fault({ method: 'DELETE', path: 'members', status, times: 1 })
    const goal = await goalFor(estate.cloud, 'groups-left')
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
  })

  it('gives up one part that has to wait too long, and no other', async () => {
    await group({ name: 'Slow', members: [estate.cloud] })
    const goal = await goalFor(estate.cloud, 'groups-left')
    await stage.fault({ method: 'DELETE', path: 'members', status: 429, headers: { 'Retry-After': '7200' } })
    expect((await failureOf(bring(goal))).kind).toBe('rate-limited')
    const { groups } = await reading(goal, z.object({ groups: z.array(z.unknown()) }))
    expect(groups).toHaveLength(1)
  })
})

describe('beside these', () => {
  it('lets an app disable Windows devices only, and names the others', async () => {
    await stage.control('devices', { email: estate.cloud, name: 'Emma iPhone', registered: true })
    const goal = await goalFor(estate.cloud, 'devices-released')
    expect(goal.residual.join()).toContain('"Emma iPhone" (IPhone)')
    expect(goal.warnings.join()).toContain('local accounts only')
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    expect((await stage.writes()).filter(call => call.startsWith('PATCH /devices'))).toHaveLength(1)
  })

  it('finds a guest who has no mail here by their mail, and says whose the password is', async () => {
    const email = 'gus@supplier.example'
    await stage.control('people', { key: 'guest', givenName: 'Gus', surname: 'Guest', email, guest: true })
    await stage.control('people/change', { email, mail: null, proxyAddresses: [] })
    const people = await stage.open()
    const account = await theOne(people, 'Gus@Supplier.example')
    expect(account).toMatchObject({ email, login: 'gus_supplier.example#EXT#@ironbridge.example' })
    const goal = goalOf(await people.goals(account, plain), 'credentials-revoked')
    expect(goal.residual.join()).toContain('belongs to their home tenant')
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    expect((await stage.writes()).filter(call => call.startsWith('PATCH'))).toEqual([])
  })
})
