import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Directory } from '../../src/sandbox/directory.ts'
import { DirectorySync } from '../../src/sandbox/directory-sync.ts'
import { estatePeople, estateTenant } from '../../src/sandbox/estate.ts'
import { microsoft365Exhibit } from '../../src/sandbox/microsoft-365/microsoft-365.ts'
import { demoWorld } from '../../src/sandbox/seed.ts'
import type { SimulatedResponse, Simulator } from '../../src/sandbox/simulator.ts'

/** The simulator by itself, asked as Microsoft's documentation writes it, without the client. */

const world = demoWorld()
const tenant = estateTenant(world)
const connection = tenant && microsoft365Exhibit.connect(tenant, world, 'http://x/microsoft-365')
const { settings = {}, secrets = {} } = connection ?? {}
const [, , leaver, , cloud] = estatePeople(world)

let simulator: Simulator
let sync: DirectorySync
let now: Date
let token = ''

async function send(method: string, target: string, body?: unknown): Promise<SimulatedResponse> {
  const [path = '', query = ''] = target.split('?')
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  return simulator.handle({
    method,
    path,
    query: new URLSearchParams(query),
    headers: { host: 'x', authorization: `Bearer ${token}` },
    body: Buffer.from(text),
  })
}

const graph = (method: string, target: string, body?: unknown) => send(method, `/graph/v1.0${target}`, body)
const idSchema = z.object({ id: z.string() })

async function idOf(email: string | undefined): Promise<string> {
  return idSchema.parse((await graph('GET', `/users/${email}`)).body).id
}

function valuesOf(answer: SimulatedResponse): Record<string, unknown>[] {
  return z.object({ value: z.array(z.record(z.string(), z.unknown())) }).parse(answer.body).value
}

beforeEach(async () => {
  now = new Date('2026-11-21T20:00:00.500Z')
  sync = new DirectorySync(() => now)
  let count = 0
  const deps = { now: () => now, token: () => `token-${++count}`, directory: new Directory(world, () => now), sync }
  simulator = microsoft365Exhibit.create(world, deps)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: settings.clientId ?? '',
    client_secret: secrets.clientSecret ?? '',
    scope: 'https://graph.microsoft.com/.default',
  })
  const answer = await send('POST', `/login/${settings.tenantId}/oauth2/v2.0/token`, form.toString())
  token = z.object({ access_token: z.string() }).parse(answer.body).access_token
})

describe('the tenant of the estate', () => {
  it('has everybody, with a device, a licence and ways to sign in', async () => {
    const users = valuesOf(await graph('GET', '/users?$select=id,mail,assignedLicenses'))
    expect(users.length).toBe(estatePeople(world).length)
    for (const { assignedLicenses } of users) expect(assignedLicenses).toHaveLength(2)
    const id = await idOf(cloud?.person.email)
    expect(valuesOf(await graph('GET', `/users/${id}/managedDevices`)).map(({ deviceName }) => deviceName)).toEqual([
      `${cloud?.login} Surface`,
      `${cloud?.login} Tablet`,
    ])
  })

  it('wants a token, and says so in the shape of Graph', async () => {
    token = 'none'
    expect(await graph('GET', '/users')).toMatchObject({
      status: 401,
      body: { error: { code: 'InvalidAuthenticationToken' } },
    })
  })

  it('deletes the user when a membership is removed without /$ref, as the documentation warns', async () => {
    const id = await idOf(cloud?.person.email)
    const [group] = valuesOf(await graph('GET', `/users/${id}/memberOf`)).filter(one => one.displayName === 'Staff')
    expect((await graph('DELETE', `/groups/${group?.id}/members/${id}`)).status).toBe(204)
    expect((await graph('GET', `/users/${id}`)).status).toBe(404)
  })

  it('follows Active Directory for who is synced, whatever is written here', async () => {
    const email = leaver?.person.email ?? ''
    const id = await idOf(email)
    const enabled = async () => (await graph('GET', `/users/${id}?$select=accountEnabled`)).body
    expect((await graph('PATCH', `/users/${id}`, { accountEnabled: false })).status).toBe(204)
    expect(await enabled()).toMatchObject({ accountEnabled: true })
    sync.setDelay(60_000)
    sync.report(email.toUpperCase(), false)
    expect(await enabled()).toMatchObject({ accountEnabled: true })
    now = new Date(now.getTime() + 60_000)
    expect(await enabled()).toMatchObject({ accountEnabled: false })
    const password = await graph('PATCH', `/users/${id}`, { passwordProfile: { password: 'aB3!aB3!aB3!' } })
    expect(password).toMatchObject({ status: 400, body: { error: { code: 'Request_BadRequest' } } })
    // Back at the seed it has heard nothing.
    simulator.reset()
    expect(sync.enabled(email)).toBeUndefined()
  })

  it.each([
    ['Everyone', /dynamic/],
    ['Orders', /mail-enabled/],
    ['Workshop, CNC + lathes', /on-premises mastered/],
  ])('lets nobody out of %s', async (name, words) => {
    const id = await idOf(leaver?.person.email)
    const [group] = valuesOf(await graph('GET', `/users/${id}/memberOf`)).filter(one => one.displayName === name)
    const answer = await graph('DELETE', `/groups/${group?.id}/members/${id}/$ref`)
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringMatching(words)])
  })

  it('takes no licence from a person that a group gives', async () => {
    const id = await idOf(leaver?.person.email)
    const [premium] = z
      .object({ licenseAssignmentStates: z.array(z.object({ skuId: z.string() })) })
      .parse((await graph('GET', `/users/${id}`)).body).licenseAssignmentStates
    const body = { addLicenses: [], removeLicenses: [premium?.skuId] }
    const answer = await graph('POST', `/users/${id}/assignLicense`, body)
    expect(JSON.stringify(answer.body)).toContain('inherited from a group')
    expect((await graph('POST', `/users/${id}/assignLicense`, { removeLicenses: [] })).status).toBe(400)
  })

  it('answers each part of a batch by itself, in any order, and takes twenty', async () => {
    const requests = [
      { id: '1', method: 'GET', url: '/users?$top=1&$select=id' },
      { id: '2', method: 'GET', url: '/users/nobody' },
    ]
    const answer = await graph('POST', '/$batch', { requests })
    expect(answer.status).toBe(200)
    const { responses } = z
      .object({ responses: z.array(z.object({ id: z.string(), status: z.number() })) })
      .parse(answer.body)
    expect(responses).toEqual([
      { id: '2', status: 404 },
      { id: '1', status: 200 },
    ])
    const many = Array.from({ length: 21 }, (_, n) => ({ id: String(n), method: 'GET', url: '/users' }))
    expect((await graph('POST', '/$batch', { requests: many })).status).toBe(400)
  })

  it('does not know which requests are writes by their method alone', () => {
    const request = (path: string, body: unknown) => ({
      method: 'POST',
      path,
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.from(JSON.stringify(body)),
    })
    const batch = (method: string) =>
      request('/graph/v1.0/$batch', { requests: [{ id: '1', method, url: '/users/1' }] })
    expect(simulator.changes?.(batch('GET'))).toBe(false)
    expect(simulator.changes?.(batch('DELETE'))).toBe(true)
    expect(simulator.changes?.(request('/login/x/oauth2/v2.0/token', {}))).toBe(false)
  })

  it('shows secrets nowhere in its state, and goes back to the seed', async () => {
    const before = JSON.stringify(simulator.state())
    const id = await idOf(cloud?.person.email)
    await graph('PATCH', `/users/${id}`, { accountEnabled: false, passwordProfile: { password: 'aB3!seen-nowhere' } })
    expect(JSON.stringify(simulator.state())).not.toMatch(/seen-nowhere|token-/)
    simulator.reset()
    expect(JSON.stringify(simulator.state())).toBe(before)
  })
})
