import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applies, type SettingField } from '../../src/core/system.ts'
import { addMembers } from '../../src/sandbox/faults.ts'
import { type Call, demoFacts, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { findSystem, systems } from '../../src/systems/index.ts'
import { BmsCaller, defaultIds } from './bms-caller.ts'

let sandbox: Sandbox
let bms: { url: string; control: string; credentials: Record<string, string> }
let caller: BmsCaller

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 'demo' })
  const system = sandbox.systems.bms
  if (!system) throw new Error('no bms')
  bms = system
  caller = new BmsCaller(bms.url)
  await caller.signIn(bms.credentials)
})
afterEach(() => sandbox.close())

/** The parsed body, for the type that the reader says it has. */
const json = async (response: Response) => JSON.parse(await response.text())
const control = (method: string, path: string, body?: unknown) =>
  fetch(bms.control + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
const calls = async (): Promise<Call[]> => json(await control('GET', '/calls'))

const status = '/v2/admin/k1/status'
const settings = '/v2/admin/k1/accesscontrol/settings'
const turnOn = { ...defaultIds(1), IsDeprovisioningEnabled: true }

/** Not required, and not to be signed in without here. */
const needed: Record<string, readonly string[]> = { 'active-directory': ['ca'], 'microsoft-365': ['signInUrl'] }

/** What must be there to sign in, besides `url`; test/systems signs in to all of them. */
function neededFor(id: string, credentials: Readonly<Record<string, string>>): string[] {
  const settings = findSystem(id)?.about.settings ?? []
  const given = {
    ...Object.fromEntries(settings.map(({ key, defaultValue = '' }) => [key, defaultValue])),
    ...credentials,
  }
  const isNeeded = (field: SettingField) =>
    field.required && field.defaultValue === undefined && field.key !== 'url' && applies(field, given)
  return [...settings.filter(isNeeded).map(({ key }) => key), ...(needed[id] ?? [])]
}

describe('the sandbox', () => {
  it('serves every system on loopback, with credentials that work', async () => {
    expect(Object.keys(sandbox.systems).sort()).toEqual(systems.map(({ about }) => about.id).sort())
    for (const [id, { url, control, credentials }] of Object.entries(sandbox.systems)) {
      const scheme = id === 'active-directory' ? 'ldaps' : 'http'
      expect(url).toMatch(new RegExp(`^${scheme}://127\\.0\\.0\\.1:\\d+${scheme === 'http' ? `/${id}` : ''}$`))
      expect(control).toContain(`/_control/${id}`)
      expect(credentials.url?.startsWith(url)).toBe(true)
      for (const key of neededFor(id, credentials))
        expect([id, key, credentials[key]]).toEqual([id, key, expect.any(String)])
    }
    expect(sandbox.systems.scim?.credentials.url).toBe(`${sandbox.systems.scim?.url}/t-001`)
    for (const id of ['graphus', 'datto-partner-portal', 'kaseyaone']) {
      const { url = '', credentials = {} } = sandbox.systems[id] ?? {}
      const { username, company, password }: Record<string, string> = credentials
      const body = JSON.stringify({ username, company, password })
      const answer = await fetch(`${url}/log-in`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
      expect([id, answer.status]).toEqual([id, 200])
      expect(await answer.json()).toMatchObject({ accessToken: expect.any(String) })
    }
  })

  it('lists 40 tenants with their connections, a gap among them', async () => {
    expect(sandbox.tenants).toHaveLength(40)
    const [first] = sandbox.tenants
    expect(Object.keys(first?.connections ?? {})).toEqual([
      'bms',
      'graphus',
      'datto-partner-portal',
      'kaseyaone',
      'scim:huddle',
    ])
    const at = (id: string) => sandbox.tenants[Number(id.slice(2)) - 1]?.connections ?? {}
    expect(at(demoFacts.tenants.graphusUnconnected)).not.toHaveProperty('graphus')
    expect(at(demoFacts.tenants.withoutBms)).not.toHaveProperty('bms')
    const { settings, secrets } = at(demoFacts.tenants.notAdmin).bms ?? {}
    expect((await caller.signIn({ ...settings, ...secrets })).status).toBe(200)
  })

  it('gives the same tokens to the same calls', async () => {
    const other = await startSandbox({ seed: 'demo' })
    try {
      const twin = new BmsCaller(other.systems.bms?.url ?? '')
      await twin.signIn(other.systems.bms?.credentials ?? {})
      expect(twin.token).toBe(caller.token)
    } finally {
      await other.close()
    }
  })

  it('refuses a body over 1 MB, and a system that it does not play', async () => {
    const large = await fetch(`${bms.url}${settings}`, { method: 'PUT', body: 'x'.repeat(1024 * 1024 + 1) })
    expect(large.status).toBe(413)
    const exact = await fetch(`${bms.url}${settings}`, { method: 'PUT', body: 'x'.repeat(1024 * 1024) })
    expect(exact.status).toBe(401)
    expect((await fetch(bms.url.replace('/bms', '/nobody'))).status).toBe(404)
    expect((await control('POST', '/no-such-thing')).status).toBe(404)
  })

  it('does not start on a port that is taken', async () => {
    const port = Number(new URL(bms.url).port)
    await expect(startSandbox({ seed: 'empty', port })).rejects.toThrow('EADDRINUSE')
  })

  it('ends open sockets when it closes', async () => {
    const other = await startSandbox({ seed: 'empty' })
    const port = Number(new URL(other.systems.bms?.url ?? '').port)
    const socket = connect(port, '127.0.0.1')
    await new Promise(resolve => socket.once('connect', resolve))
    const ended = new Promise(resolve => socket.once('close', resolve))
    await other.close()
    await ended
    await expect(fetch(other.systems.bms?.url ?? '')).rejects.toThrow()
  })
})

describe('the log of calls', () => {
  it('has each call in order, with its status, and knows what changed something', async () => {
    await control('DELETE', '/calls')
    await caller.send('GET', `${status}?password=hunter2&x=1`)
    await caller.send('PUT', settings, turnOn)
    await caller.send('PUT', settings, { ...turnOn, ManagerId: 77 })
    await caller.send('GET', '/v2/nothing')
    const log = await calls()
    expect(log.map(({ method, path, status, write }) => [method, path, status, write])).toEqual([
      ['GET', `${status}?password=[secret]&x=1`, 200, false],
      ['PUT', settings, 200, true],
      ['PUT', settings, 200, false],
      ['GET', '/v2/nothing', 404, false],
    ])
    expect(log[0]).toMatchObject({ system: 'bms', at: expect.stringMatching(/^\d{4}-.*Z$/) })
    expect(JSON.stringify(log)).not.toContain('hunter2')
  })

  it('gives each write a digest of method, path and body, and none to reads and sign-ins', async () => {
    await control('DELETE', '/calls')
    await caller.signIn(bms.credentials)
    await caller.send('GET', status)
    await caller.send('PUT', settings, turnOn)
    await caller.send('PUT', settings, turnOn)
    await caller.send('PUT', settings, { ...turnOn, IsDeprovisioningEnabled: false })
    await caller.send('PUT', `${settings}?x=1`, turnOn)
    const [signIn, read, one, again, other, elsewhere] = await calls()
    expect([signIn, read].map(call => call && 'digest' in call)).toEqual([false, false])
    const body = JSON.stringify(turnOn)
    expect(one?.digest).toBe(createHash('sha256').update(`PUT ${settings}\n${body}`).digest('hex'))
    expect(again?.digest).toBe(one?.digest)
    expect(new Set([one, other, elsewhere].map(call => call?.digest)).size).toBe(3)
  })

  it('is kept for each system, and can be had as a whole', async () => {
    await fetch(`${sandbox.systems.graphus?.url}/session`)
    const all = await fetch(bms.control.replace('/bms', '/calls'))
    expect((await json(all)).map(({ system }: Call) => system)).toEqual(['bms', 'graphus'])
    expect(await calls()).toHaveLength(1)
  })
})

describe('a fault', () => {
  const put = async (fault: unknown) => expect((await control('POST', '/faults', fault)).status).toBe(200)

  it('answers a status, as often as it says, after as many as it says', async () => {
    await put({ method: 'get', path: 'k1/status$', status: 503, headers: { 'Retry-After': '2' }, times: 2, skip: 1 })
    const seen: [number, string | null][] = []
    for (let count = 0; count < 4; count += 1) {
      const answer = await fetch(bms.url + status, { headers: { authorization: `Bearer ${caller.token}` } })
      seen.push([answer.status, answer.headers.get('retry-after')])
    }
    expect(seen).toEqual([
      [200, null],
      [503, '2'],
      [503, '2'],
      [200, null],
    ])
    expect(await (await control('GET', '/faults')).json()).toEqual([])
  })

  it('with times 0 strikes until it is removed', async () => {
    await put([{ path: 'k1/status', status: 500, times: 0 }])
    for (let count = 0; count < 3; count += 1) expect((await caller.send('GET', status)).status).toBe(500)
    expect(await (await control('GET', '/faults')).json()).toEqual([{ path: 'k1/status', status: 500, times: 0 }])
    await control('DELETE', '/faults')
    expect((await caller.send('GET', status)).status).toBe(200)
  })

  it('sends a body as it is', async () => {
    await put([{ body: '<html>Down</html>', status: 200 }, { body: '{"Success": tr' }, { body: { Success: 'yes' } }])
    const html = await fetch(bms.url + status)
    expect([html.headers.get('content-type'), await html.text()]).toEqual(['text/html', '<html>Down</html>'])
    expect(await (await fetch(bms.url + status)).text()).toBe('{"Success": tr')
    expect(await (await fetch(bms.url + status)).json()).toEqual({ Success: 'yes' })
  })

  it('delays', async () => {
    await put({ delayMs: 150 })
    const before = performance.now()
    expect((await caller.send('GET', status)).status).toBe(200)
    expect(performance.now() - before).toBeGreaterThan(140)
  })

  it('can act at once, and answer late', async () => {
    await put({ method: 'PUT', lateMs: 300 })
    const answer = caller.send('PUT', settings, turnOn)
    await new Promise(resolve => setTimeout(resolve, 150))
    expect((await caller.settings()).body?.Result?.IsDeprovisioningEnabled).toBe(true)
    expect((await calls()).find(({ method }) => method === 'PUT')?.status).toBeNull()
    expect((await answer).status).toBe(200)
  })

  it.each([
    ['before', false],
    ['after', true],
  ])('that drops %s the act leaves the change made: %s', async (drop, changed) => {
    await put({ method: 'PUT', drop })
    await expect(caller.send('PUT', settings, turnOn)).rejects.toThrow()
    expect((await caller.settings()).body?.Result?.IsDeprovisioningEnabled).toBe(changed)
    const call = (await calls()).find(({ method }) => method === 'PUT')
    expect(call).toMatchObject({ status: null, write: changed, fault: `drop-${drop}` })
  })

  it('that hangs never answers and does not act', async () => {
    await put({ method: 'PUT', hang: true })
    const answer = fetch(bms.url + settings, {
      method: 'PUT',
      headers: { authorization: `Bearer ${caller.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(turnOn),
      signal: AbortSignal.timeout(200),
    })
    await expect(answer).rejects.toThrow()
    expect((await caller.settings()).body?.Result?.IsDeprovisioningEnabled).toBe(false)
  })

  it('of BMS is a failure inside a 200, in the casing of the day', async () => {
    const error = { Code: 1234, Message: 'Something is off' }
    await put({ error, times: 2 })
    const answer = await caller.send('GET', status)
    expect(answer).toMatchObject({ status: 200, body: { Success: false, Error: error } })
    await control('POST', '/casing', { casing: 'camel' })
    expect((await caller.send('GET', status)).body).toMatchObject({ success: false, error: { code: 1234 } })
  })

  it('of the others is problem+json', async () => {
    const { url, control } = sandbox.systems.graphus ?? { url: '', control: '' }
    const fault = { status: 503, error: { Code: 'unavailable', Message: 'Come back later' } }
    await fetch(`${control}/faults`, { method: 'POST', body: JSON.stringify(fault) })
    const answer = await fetch(`${url}/session`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json'])
    expect(await answer.json()).toMatchObject({ status: 503, code: 'unavailable', detail: 'Come back later' })
  })

  it('with echo says back what was sent', async () => {
    const { url, control } = sandbox.systems.scim ?? { url: '', control: '' }
    await fetch(`${control}/faults`, { method: 'POST', body: JSON.stringify({ echo: true, status: 400 }) })
    const answer = await fetch(`${url}/t-001/Users`, {
      method: 'POST',
      headers: { authorization: 'Bearer abc' },
      body: 'hello',
    })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toMatch(/hello.*authorization: Bearer abc/)
  })

  it('knows what must never be seen outside', () => {
    expect(sandbox.secrets()).toEqual(expect.arrayContaining([bms.credentials.password, caller.token]))
    expect(sandbox.secrets()).toContain(sandbox.systems.scim?.credentials.token)
  })

  it('takes members out of an answer, ignoring case, without harm to the state', async () => {
    await put({ omit: ['result.isconnected'] })
    expect((await caller.send('GET', status)).body?.Result).toEqual({ OrganizationId: demoFacts.organization.id })
    expect((await caller.send('GET', status)).body?.Result?.IsConnected).toBe(true)
    await put({ omit: ['Result.Name'] })
    expect((await caller.send('GET', '/v2/system/locations/lookup')).body?.Result?.[0]).toEqual({ Id: 1, IsMain: true })
    expect((await caller.send('GET', '/v2/system/locations/lookup')).body?.Result?.[0]?.Name).toBe('Main Office')
  })

  it('adds a member that nobody knows to every object of an answer, without harm to the state', async () => {
    await put({ extra: true })
    const { body } = await caller.send('GET', '/v2/system/locations/lookup')
    expect(body).toMatchObject({ sandboxExtra: 'new' })
    expect(body?.Result?.[0]).toEqual({ Id: 1, Name: 'Main Office', IsMain: true, sandboxExtra: 'new' })
    expect(JSON.stringify((await caller.send('GET', '/v2/system/locations/lookup')).body)).not.toContain('sandboxExtra')
    expect((await calls()).at(-2)).toMatchObject({ fault: 'extra', status: 200 })
  })

  it('adds to XML at the end of every element that has elements, and to nothing else', () => {
    const xml = '<?xml version="1.0"?>\n<A x="1"><B><member>one &lt;x/&gt;</member></B><C/></A>'
    expect(addMembers(xml)).toBe(
      '<?xml version="1.0"?>\n<A x="1"><B><member>one &lt;x/&gt;</member><sandboxExtra>new</sandboxExtra></B><C/>' +
        '<sandboxExtra>new</sandboxExtra></A>',
    )
    expect(addMembers({ list: [[], {}], xml })).toEqual({
      list: [[], { sandboxExtra: 'new' }],
      xml,
      sandboxExtra: 'new',
    })
    expect(addMembers('plain')).toBe('plain')
  })

  it('can strike only what would change something, or only the rest', async () => {
    await put([
      { write: true, status: 503 },
      { write: false, status: 500 },
    ])
    expect((await caller.send('GET', status)).status).toBe(500)
    expect((await caller.send('GET', status)).status).toBe(200)
    expect((await caller.send('PUT', settings, turnOn)).status).toBe(503)
    expect((await caller.send('PUT', settings, turnOn)).status).toBe(200)
  })

  it.each([
    [{ statuss: 500 }, 'unknown member "statuss"'],
    [{ path: '(' }, '"path"'],
    [{ drop: 'sometimes' }, '"drop"'],
    [{ extra: 'yes' }, '"extra"'],
    [{ write: 1 }, '"write"'],
    ['nonsense', 'must be an object'],
  ])('that is misspelt is refused: %j', async (fault, message) => {
    const answer = await control('POST', '/faults', fault)
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain(message)
  })
})

describe('reset', () => {
  it('brings back the seed: state, sessions, log and faults', async () => {
    await caller.send('PUT', settings, turnOn)
    await control('POST', '/faults', { status: 500 })
    expect((await control('POST', '/reset')).status).toBe(204)
    expect(await calls()).toEqual([])
    expect((await caller.settings()).status).toBe(401)
    await caller.signIn(bms.credentials)
    expect((await caller.settings()).body?.Result?.IsDeprovisioningEnabled).toBe(false)
  })

  it('of everything reaches every system', async () => {
    await fetch(`${sandbox.systems.graphus?.url}/session`)
    await fetch(bms.control.replace('/bms', '/reset'), { method: 'POST' })
    expect(await (await fetch(bms.control.replace('/bms', '/calls'))).json()).toEqual([])
    expect((await caller.settings()).status).toBe(401)
  })

  it('has a state to compare', async () => {
    const state = await json(await control('GET', '/state'))
    expect(state.companies[0]).toMatchObject({ name: 'Northwind Dental', settings: { requireLogIn: false } })
  })
})
