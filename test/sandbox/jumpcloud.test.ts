import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { demoWorld, estateLeaver, estatePeople, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { jumpcloudServiceAccount } from '../../src/sandbox/jumpcloud/exhibit.ts'

const world = demoWorld()
const leaver = estateLeaver(world).person.email
const boss = estatePeople(world)[0]?.person.email ?? ''

const seenUser = z.looseObject({ _id: z.string(), email: z.string(), state: z.string(), suspended: z.boolean() })
const seenUsers = z.object({ results: z.array(seenUser), totalCount: z.number() })
const seenSystem = z.looseObject({ _id: z.string(), os: z.string(), lastContact: z.string(), active: z.boolean() })

let sandbox: Sandbox
let now: number
beforeEach(async () => {
  now = Date.parse('2026-11-21T20:00:00Z')
  sandbox = await startSandbox({ seed: 'demo', now: () => new Date(now) })
})
afterEach(() => sandbox.close())

async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const { url, apiKey = '', orgId = '' } = sandbox.systems.jumpcloud?.credentials ?? {}
  const own = { 'x-api-key': apiKey, 'x-org-id': orgId, ...headers }
  const sent = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== ''))
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(`${url}${path}`, { method, headers: sent, ...init })
  const text = await answer.text()
  let value: unknown = text
  try {
    value = JSON.parse(text)
  } catch {}
  return { status: answer.status, body: value }
}

async function control(path: string, body: unknown = {}) {
  const url = sandbox.systems.jumpcloud?.control
  await fetch(`${url}/${path}`, { method: 'POST', body: JSON.stringify(body) })
}

async function userBy(email: string) {
  const { body } = await send('GET', `/api/systemusers?filter=${encodeURIComponent(`email:$eq:${email}`)}`)
  const [user] = seenUsers.parse(body).results
  if (user === undefined) throw new Error(`no user ${email}`)
  return user
}

const outside = { 'x-org-id': '' }

describe('signing in', () => {
  it('takes the key, and nothing else', async () => {
    expect((await send('GET', '/api/systemusers')).status).toBe(200)
    expect((await send('GET', '/api/systemusers', undefined, { 'x-api-key': 'wrong' })).status).toBe(401)
    expect((await send('GET', '/api/systemusers', undefined, { 'x-api-key': '' })).status).toBe(401)
  })

  it('gives tokens to the service account, for an hour', async () => {
    const { url } = sandbox.systems.jumpcloud?.credentials ?? {}
    const { clientId, clientSecret } = jumpcloudServiceAccount
    const ask = (secret: string, form = 'grant_type=client_credentials&scope=api') =>
      fetch(`${url}/oauth2/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
        body: form,
      })
    expect((await ask('wrong')).status).toBe(401)
    expect((await ask(clientSecret, 'grant_type=client_credentials')).status).toBe(400)
    const { access_token: token } = z.object({ access_token: z.string() }).parse(await (await ask(clientSecret)).json())
    const bearer = { 'x-api-key': '', authorization: `Bearer ${token}` }
    expect((await send('GET', '/api/systemusers', undefined, bearer)).status).toBe(200)
    now += 3_600_001
    expect((await send('GET', '/api/systemusers', undefined, bearer)).status).toBe(401)
  })

  it.each([
    ['a malformed id', '/api/systemusers', { 'x-org-id': 'nope' }, 400],
    ['no id, of somebody with several organizations', '/api/systemusers', outside, 401],
    ['an id on a route that takes none', '/api/organizations', {}, 403],
    ['an id on a route of the provider', '/api/v2/providers/0123456789abcdef01234567/organizations', {}, 403],
    ['an id that no organization has', '/api/systemusers', { 'x-org-id': '0123456789abcdef01234567' }, 404],
  ])('minds x-org-id: %s', async (_, path, headers, status) => {
    expect((await send('GET', path, undefined, headers)).status).toBe(status)
  })

  it('has two organizations, which share nobody', async () => {
    const { body } = await send('GET', '/api/organizations', undefined, outside)
    const { results } = z.object({ results: z.array(z.object({ _id: z.string() })) }).parse(body)
    expect(results).toHaveLength(2)
    const other = { 'x-org-id': results[1]?._id ?? '' }
    const people = seenUsers.parse((await send('GET', '/api/systemusers', undefined, other)).body)
    expect(people.totalCount).toBe(1)
    expect((await send('GET', `/api/systemusers/${(await userBy(leaver))._id}`, undefined, other)).status).toBe(404)
  })
})

describe('lists', () => {
  it('are ten rows long where nobody asks for more, and never longer than a hundred', async () => {
    const first = seenUsers.parse((await send('GET', '/api/systemusers')).body)
    expect(first.results).toHaveLength(10)
    expect(first.totalCount).toBeGreaterThan(10)
    expect((await send('GET', '/api/systemusers?limit=101')).status).toBe(400)
    const all = seenUsers.parse((await send('GET', '/api/systemusers?limit=100')).body)
    expect(all.results).toHaveLength(Math.min(100, first.totalCount))
    const rest = seenUsers.parse((await send('GET', '/api/systemusers?limit=100&skip=10')).body)
    expect(rest.results).toHaveLength(first.totalCount - 10)
  })

  it('have other operators in API 2 than in API 1, and mind upper and lower case', async () => {
    expect((await send('GET', '/api/systemusers?filter=email:eq:x')).status).toBe(400)
    const filter = encodeURIComponent(`email:$eq:${leaver.toUpperCase()}`)
    expect(seenUsers.parse((await send('GET', `/api/systemusers?filter=${filter}`)).body).totalCount).toBe(0)
    const mdms = z.array(z.object({ id: z.string() })).parse((await send('GET', '/api/v2/applemdms')).body)
    const devices = `/api/v2/applemdms/${mdms[0]?.id}/devices`
    expect((await send('GET', `${devices}?filter=serialNumber:$eq:SN7001`)).status).toBe(400)
    const wild = z.array(z.unknown()).parse((await send('GET', `${devices}?filter=serialNumber:eq:SN*`)).body)
    expect(wild.length).toBeGreaterThan(1)
  })
})

describe('people', () => {
  it('cannot be active and suspended at once', async () => {
    const { _id } = await userBy(leaver)
    const conflict = { state: 'ACTIVATED', suspended: true }
    expect(await send('PUT', `/api/systemusers/${_id}`, conflict)).toMatchObject({
      status: 400,
      body: { message: 'Cannot save conflicting state and suspended fields' },
    })
    const both = { state: 'SUSPENDED', suspended: true }
    expect(await send('PUT', `/api/systemusers/${_id}`, both)).toMatchObject({ status: 200, body: both })
  })

  it('come back when an activation was scheduled, and nobody cancelled it', async () => {
    const { _id } = await userBy(leaver)
    await send('PUT', `/api/systemusers/${_id}`, { state: 'SUSPENDED', suspended: true })
    now += 3 * 86_400_000
    expect(await userBy(leaver)).toMatchObject({ state: 'ACTIVATED', suspended: false })
  })

  it('that manage others are only deleted when it is said what becomes of those', async () => {
    const { _id } = await userBy(boss)
    expect((await send('DELETE', `/api/systemusers/${_id}`)).status).toBe(409)
    const heir = (await userBy(leaver))._id
    expect((await send('DELETE', `/api/systemusers/${_id}?cascade_manager=${heir}`)).status).toBe(200)
    const people = seenUsers.parse((await send('GET', '/api/systemusers?limit=100')).body).results
    const managers = new Set(people.flatMap(one => (one._id === heir ? [] : [one.manager])))
    expect([...managers]).toEqual([heir])
  })
})

describe('groups', () => {
  it('that are dynamic let nobody go; others do, once', async () => {
    const { _id } = await userBy(leaver)
    const rows = z.array(z.object({ id: z.string() })).parse((await send('GET', `/api/v2/users/${_id}/memberof`)).body)
    const statuses: number[] = []
    for (const { id } of rows) {
      const body = { op: 'remove', type: 'user', id: _id }
      statuses.push((await send('POST', `/api/v2/usergroups/${id}/members`, body)).status)
      expect((await send('POST', `/api/v2/usergroups/${id}/members`, body)).status).toBe(
        statuses.at(-1) === 204 ? 404 : 400,
      )
    }
    expect(statuses.sort()).toEqual([204, 204, 204, 204, 204, 400])
  })
})

describe('devices', () => {
  async function systems() {
    const { _id } = await userBy(leaver)
    const schema = z.array(z.object({ to: z.object({ id: z.string() }) }))
    const bound = schema.parse((await send('GET', `/api/v2/users/${_id}/associations?targets=system`)).body)
    return Promise.all(bound.map(async ({ to }) => seenSystem.parse((await send('GET', `/api/systems/${to.id}`)).body)))
  }

  it('call in every two seconds; the one that is off does when it is told to', async () => {
    const before = await systems()
    expect(before.map(({ os, active }) => [os, active])).toEqual([
      ['Windows', true],
      ['Mac OS X', true],
      ['Ubuntu', false],
    ])
    now += 10_000
    const later = await systems()
    expect(later.map((one, index) => one.lastContact > (before[index]?.lastContact ?? ''))).toEqual([true, true, false])
    await control('devices/contact')
    expect((await systems()).map(one => one.lastContact)).toEqual(Array(3).fill(new Date(now).toISOString()))
  })

  it('carry out a command when they call in, and an erased one is silent', async () => {
    const [windows, , linux] = await systems()
    for (const one of [windows, linux]) {
      expect((await send('POST', `/api/systems/${one?._id}/command/builtin/erase`)).status).toBe(201)
    }
    now += 10_000
    const state = async () => {
      const seen = z.array(z.looseObject({ _id: z.string(), erased: z.boolean() }))
      const answer = await fetch(`${sandbox.systems.jumpcloud?.control}/state`)
      const cloud = z.object({ organizations: z.array(z.object({ systems: seen })) }).parse(await answer.json())
      return cloud.organizations
        .flatMap(one => one.systems)
        .filter(one => one.erased)
        .map(one => one._id)
    }
    expect(await state()).toEqual([windows?._id])
    await control('devices/contact')
    expect(await state()).toEqual([windows?._id, linux?._id])
  })
})
