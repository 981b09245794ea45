import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Call, demoFacts, type Sandbox, type SeenPerson, startSandbox } from '../../src/sandbox/index.ts'

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const priya = demoFacts.people.leaver
const first = demoFacts.tenants.first

let sandbox: Sandbox
let huddle: { url: string; control: string; credentials: Record<string, string> }

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 'demo' })
  const system = sandbox.systems.scim
  if (!system) throw new Error('no scim')
  huddle = system
})
afterEach(async () => {
  await fetch(huddle.control.replace('/scim', '/reset'), { method: 'POST' })
})
afterAll(() => sandbox.close())

async function call(method: string, path: string, options: { body?: unknown; token?: string; tenant?: string } = {}) {
  const response = await fetch(`${huddle.url}/${options.tenant ?? first}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${options.token ?? huddle.credentials.token}`,
      'content-type': 'application/scim+json',
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

const search = async (kind: string, filter: string, options: Parameters<typeof call>[2] = {}) =>
  (await call('GET', `/${kind}?filter=${encodeURIComponent(filter)}`, options)).body.Resources
const patch = (path: string, ...Operations: unknown[]) =>
  call('PATCH', path, { body: { schemas: [patchOp], Operations } })

async function seen(system: string, email: string): Promise<SeenPerson | undefined> {
  const response = await fetch(`${sandbox.systems[system]?.control}/state`)
  const { people } = JSON.parse(await response.text())
  return people[first].find((person: SeenPerson) => [person.email, ...person.aliases].includes(email))
}

describe('Huddle', () => {
  it('wants its bearer token', async () => {
    for (const token of ['', 'wrong', `${huddle.credentials.token}x`]) {
      const { status, headers, body } = await call('GET', '/Users', { token })
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '401' })
    }
    expect((await fetch(`${huddle.url}/${first}/Users`)).status).toBe(401)
    expect((await call('GET', '/ServiceProviderConfig')).body.patch).toEqual({ supported: true })
  })

  it('is one for each tenant, under its own path', async () => {
    const filter = `userName eq "${priya}"`
    expect(await search('Users', filter)).toHaveLength(1)
    expect(await search('Users', filter, { tenant: 't-002' })).toEqual([])
    expect((await call('GET', '/Users', { tenant: 't-999' })).status).toBe(404)
    expect(sandbox.tenants[1]?.connections['scim:huddle']?.settings.url).toBe(`${huddle.url}/t-002`)
    expect(huddle.credentials.url).toBe(`${huddle.url}/${first}`)
  })

  it('has every active person, with an id of its own, and no inactive one', async () => {
    const [user] = await search('Users', `userName eq "${priya.toUpperCase()}"`)
    expect(user).toMatchObject({ userName: priya, active: true, groups: [{ display: 'Front Office' }] })
    expect(user.meta.location).toBe(`${huddle.url}/${first}/Users/${user.id}`)
    expect(user.id).not.toBe((await seen('kaseyaone', priya))?.id)
    expect(await search('Users', `emails.value eq "${demoFacts.people.inactive}"`)).toEqual([])
  })

  it('knows some people under another name', async () => {
    const named = async (email: string) => (await search('Users', `emails.value eq "${email}"`))[0]
    const [short, address] = ['rebecca.lowe@northwind-dental.example', 'liam.lambert@northwind-dental.example']
    expect(await named(short)).toMatchObject({ userName: 'rebeccalowe', emails: [{ value: short, primary: true }] })
    expect(await named(address)).toMatchObject({
      userName: `chat-${address}`,
      emails: [{ value: `chat-${address}`, primary: true }, { value: address }],
    })
  })

  it('keeps groups and people of its own: KaseyaOne and Huddle do not follow each other', async () => {
    const before = await seen('kaseyaone', priya)
    const { id } = (await seen('scim', priya)) ?? { id: '' }
    const [group] = await search('Groups', `members.value eq "${id}"`)
    expect(group.displayName).toBe('Front Office')
    await patch(`/Groups/${group.id}`, { op: 'remove', path: `members[value eq "${id}"]` })
    expect((await search('Groups', `id eq "${group.id}"`))[0].members).toHaveLength(group.members.length - 1)
    expect((await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })).body.active).toBe(false)
    expect(await seen('scim', priya)).toMatchObject({ active: false, deleted: false, groups: [] })
    expect(await seen('kaseyaone', priya)).toEqual(before)
  })

  it('deletes, out of its groups too, and the state remembers who it was', async () => {
    const { id } = (await seen('scim', priya)) ?? { id: '' }
    expect((await call('DELETE', `/Users/${id}`)).status).toBe(204)
    expect((await call('GET', `/Users/${id}`)).status).toBe(404)
    expect(await search('Groups', `members.value eq "${id}"`)).toEqual([])
    expect(await seen('scim', priya)).toMatchObject({ id, active: false, deleted: true, groups: [] })
    await fetch(`${huddle.control}/reset`, { method: 'POST' })
    expect(await seen('scim', priya)).toMatchObject({ id, active: true, deleted: false, groups: ['Front Office'] })
  })

  it('logs its calls below its own path, with a digest for writes', async () => {
    const { id } = (await seen('scim', priya)) ?? { id: '' }
    await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
    await call('GET', `/Users/${id}`)
    const log: Call[] = JSON.parse(await (await fetch(`${huddle.control}/calls`)).text())
    expect(log.map(({ system, method, path, write, digest }) => [system, method, path, write, typeof digest])).toEqual([
      ['scim', 'PATCH', `/${first}/Users/${id}`, true, 'string'],
      ['scim', 'GET', `/${first}/Users/${id}`, false, 'undefined'],
    ])
  })
})

describe('the state of every system', () => {
  it.each([
    ['kaseyaone', { login: priya, roles: ['user'], groups: ['Front Office'] }],
    ['graphus', { login: priya, roles: ['analyst'], groups: [] }],
    ['datto-partner-portal', { login: priya, roles: ['tech'], groups: [] }],
    ['bms', { id: '1003', login: 'priya.sharma', groups: [] }],
    ['scim', { login: priya, roles: ['member'], groups: ['Front Office'] }],
  ])('%s shows what there is to judge of a person', async (system, expected) => {
    expect(await seen(system, priya)).toMatchObject({ ...expected, email: priya, active: true, deleted: false })
  })
})
