import { describe, expect, it } from 'vitest'
import { redact } from '../../src/core/redact.ts'
import { failureOf } from '../http/loopback.ts'
import { goalsFor, leaver, other, setJumpcloudStage } from './jumpcloud-stage.ts'
import { alsoDelete, goalOf } from './people-stage.ts'

/** What goes wrong between k1ctl and JumpCloud, and what is concluded from it. */

const { stage, open, session } = setJumpcloudStage()

describe('trouble with JumpCloud', () => {
  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i on looking means, in every goal', async (status, kind) => {
    const people = await open()
    const goals = await goalsFor(people, leaver, alsoDelete)
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    await stage.fault('jumpcloud', { method: 'GET', status, headers, body: {}, times: 0 })
    for (const goal of goals) expect([goal.kind, (await failureOf(goal.look())).kind]).toEqual([goal.kind, kind])
  })

  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [409, 'rejected'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i on writing means, and changes nothing', async (status, kind) => {
    const people = await open()
    const goals = await goalsFor(people, leaver, alsoDelete)
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    for (const method of ['PUT', 'POST', 'DELETE']) {
      await stage.fault('jumpcloud', { method, status, headers, body: {}, times: 0 })
    }
    for (const goal of goals) {
      if (goal.kind === 'admin-roles-dropped' || goal.kind === 'sessions-ended') continue
      expect([goal.kind, (await failureOf(Promise.resolve(goal.bring?.()))).kind]).toEqual([goal.kind, kind])
      expect((await goal.look()).state).toBe('not-yet')
    }
    expect(await stage.writes('jumpcloud')).toEqual([])
  })

  it('does not say that it is revoked, or unbound, while some of it is hidden; the rest is taken all the same', async () => {
    const goals = await goalsFor(await open(), leaver)
    await goalOf(goals, 'sign-in-blocked').bring?.()
    const path = 'pushendpoints|targets=radius_server'
    await stage.fault('jumpcloud', { method: 'GET', path, status: 403, body: {}, times: 0 })
    for (const kind of ['credentials-revoked', 'access-freed'] as const) {
      const goal = goalOf(goals, kind)
      expect([kind, (await goal.look()).state]).toEqual([kind, 'not-yet'])
      expect([kind, (await failureOf(Promise.resolve(goal.bring?.()).then(() => goal.look()))).kind]).toEqual([
        kind,
        'forbidden',
      ])
    }
    const sent = (await stage.writes('jumpcloud')).join('\n')
    expect(sent).toContain('sshkeys')
    expect(sent).toContain('associations')
  })

  it.each([
    ['activations', 'bulk/userstates', 403],
    ['push endpoints', 'pushendpoints', 500],
    ['one kind of association', 'targets=radius_server', 400],
    ['administrators', 'providers|administratorlinks|users/getSelf', 403],
    ['MDM', 'applemdms', 500],
    ['devices', 'targets=system&', 500],
    ['what the organization is called', 'organizations/', 500],
  ])('suspends, whatever becomes of reading the %s', async (_, path, status) => {
    await stage.fault('jumpcloud', { method: 'GET', path, status, body: {}, times: 0 })
    const opened = await session()
    await opened.check()
    const { people } = opened
    if (people === undefined) throw new Error('JumpCloud reaches people')
    await goalOf(await goalsFor(people, leaver), 'sign-in-blocked').bring?.()
    expect(await people.find(leaver)).toMatchObject([{ active: false }])
  })

  it('reads on where a page is short for what is gone, and so misses nothing', async () => {
    await stage.control('jumpcloud', 'POST', 'quirks', { shortPages: true })
    const people = await open()
    const row = (n: number) => ({ id: n.toString(16).padStart(24, '0'), type: 'policy_group', paths: [] })
    const short = Array.from({ length: 60 }, (_, n) => row(n))
    const last = [{ id: 'f'.repeat(24), type: 'user_group', paths: [] }]
    const groups = goalOf(await goalsFor(people, leaver), 'groups-left')
    await stage.fault('jumpcloud', { method: 'GET', path: 'memberof.*skip=0', body: short })
    await stage.fault('jumpcloud', { method: 'GET', path: 'memberof.*skip=100', body: last })
    await stage.fault('jumpcloud', {
      method: 'GET',
      path: 'usergroups',
      body: { id: 'f'.repeat(24), name: 'The last' },
    })
    expect(await groups.look()).toMatchObject({ state: 'not-yet', reading: { groups: [{ name: 'The last' }] } })
  })

  it('leaves groups that nobody may read, and says which of them stays', async () => {
    const path = '/usergroups/[0-9a-f]+$'
    await stage.fault('jumpcloud', { method: 'GET', path, status: 403, body: {}, times: 0 })
    const goal = goalOf(await goalsFor(await open(), leaver), 'groups-left')
    // The one whose rule decides looks like the others here.
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('rejected')
    expect(await goal.look()).toMatchObject({ state: 'not-yet', reading: { groups: [{ id: expect.any(String) }] } })
    expect(await stage.writes('jumpcloud')).toHaveLength(5)
  })

  it('lets a look decide when the answer to a write is lost', async () => {
    const people = await open()
    for (const [kind, method, path] of [
      ['sign-in-blocked', 'PUT', '/api/systemusers/'],
      ['credentials-revoked', 'DELETE', '/sshkeys/'],
      ['groups-left', 'POST', '/members'],
      ['access-freed', 'POST', '/associations'],
      ['devices-released', 'POST', '/associations'],
      ['deleted', 'DELETE', '/api/systemusers/'],
    ] as const) {
      const goal = goalOf(await goalsFor(people, other, alsoDelete), kind)
      await stage.fault('jumpcloud', { method, path, drop: 'before' }, { method, path, drop: 'after' })
      await goal.bring?.()
      expect([kind, (await goal.look()).state]).toEqual([kind, 'holds'])
    }
    expect(await people.find(other)).toEqual([])
  })

  it('does not take a 404 from a broken endpoint for a deleted account', async () => {
    const people = await open()
    const goals = await goalsFor(people, leaver, alsoDelete)
    await stage.fault('jumpcloud', { method: 'GET', path: '/api/systemusers', status: 404, body: {}, times: 0 })
    for (const kind of ['sign-in-blocked', 'deleted', 'devices-released'] as const) {
      expect((await failureOf(goalOf(goals, kind).look())).facts.status).toBe(404)
    }
  })

  it('does not take the record of a device for gone, when the endpoint is broken', async () => {
    const goal = goalOf(await goalsFor(await open(), leaver), 'devices-released')
    await stage.fault('jumpcloud', { method: 'GET', path: '/api/systems', status: 404, body: {}, times: 0 })
    const hidden = { bound: true, hidden: expect.stringContaining('404') }
    const standing = await goal.look()
    expect(standing).toMatchObject({ state: 'not-yet', reading: { devices: [hidden, hidden, hidden] } })
    expect(JSON.stringify(standing)).not.toContain('recordGone')
  })

  it('names a member that is missing', async () => {
    const people = await open()
    const goals = await goalsFor(people, leaver)
    await stage.fault('jumpcloud', { method: 'GET', path: '/api/systemusers/', omit: ['suspended'] })
    expect((await failureOf(goalOf(goals, 'sign-in-blocked').look())).facts.field).toBe('suspended')
    await stage.fault('jumpcloud', { method: 'GET', path: 'systemusers\\?', omit: ['results.username'] })
    const error = await failureOf(people.find(leaver))
    expect([error.kind, error.facts.field]).toEqual(['contract', 'results.0.username'])
    await stage.fault('jumpcloud', {
      method: 'GET',
      path: '/systemusers/[^/]+$',
      omit: ['totp_enabled', 'mfaEnrollment'],
      times: 0,
    })
    const credentials = goalOf(goals, 'credentials-revoked')
    await goalOf(goals, 'sign-in-blocked').bring?.()
    await credentials.bring?.()
    expect((await credentials.look()).state).toBe('unobservable')
  })

  it('believes no list that ends early', async () => {
    const people = await open()
    const half = { results: [], totalCount: 7 }
    await stage.fault('jumpcloud', { method: 'GET', path: 'systemusers\\?filter', body: half, times: 0 })
    expect((await failureOf(people.find(leaver))).kind).toBe('contract')
  })

  it('reads on after a hundred rows, and follows no link elsewhere', async () => {
    const people = await open()
    const groups = goalOf(await goalsFor(people, leaver), 'groups-left')
    const row = (n: number) => ({ id: n.toString(16).padStart(24, '0'), type: 'policy_group', paths: [] })
    const full = Array.from({ length: 100 }, (_, n) => row(n))
    const link = { link: '<https://elsewhere.example/api/v2/users?skip=100>; rel="next"' }
    await stage.fault('jumpcloud', { method: 'GET', path: 'memberof.*skip=0', body: full, headers: link })
    await stage.fault('jumpcloud', {
      method: 'GET',
      path: 'memberof.*skip=100',
      body: [{ id: 'f'.repeat(24), type: 'user_group', paths: [] }],
    })
    await stage.fault('jumpcloud', {
      method: 'GET',
      path: 'usergroups',
      body: { id: 'f'.repeat(24), name: 'The last' },
    })
    expect(await groups.look()).toMatchObject({ state: 'not-yet', reading: { groups: [{ name: 'The last' }] } })
  })

  it('tells a blocked address from a missing right, and never what was sent', async () => {
    const people = await open()
    const blocked = '<html><body>Your IP has been blocked due to suspected abuse</body></html>'
    await stage.fault('jumpcloud', { method: 'GET', status: 403, body: blocked })
    expect((await failureOf(people.find(leaver))).message).toContain('blocked the address')
    await stage.fault('jumpcloud', { method: 'GET', status: 500, echo: true, times: 0 })
    const error = await failureOf(people.find(leaver))
    expect(redact(JSON.stringify([error.message, error.hint, error.facts]))).not.toContain('jca_')
    expect(JSON.stringify([error.message, error.facts])).not.toContain('jca_')
  })
})
