import { createServer, type Server } from 'node:http'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SystemAbout } from '../../src/core/system.ts'
import { createHttpClient } from '../../src/http/client.ts'
import { moduleAdminContract } from '../../src/http/module-admin/openapi.ts'
import { openModuleAdmin } from '../../src/http/module-admin/session.ts'
import { createScimClient } from '../../src/http/scim/client.ts'
import { Directory } from '../../src/sandbox/directory.ts'
import { createModule } from '../../src/sandbox/module-admin/index.ts'
import type { SimulatedRequest, Simulator } from '../../src/sandbox/simulator.ts'
import { dattoPartnerPortalAbout } from '../../src/systems/datto-partner-portal/about.ts'
import { graphusAbout } from '../../src/systems/graphus/about.ts'
import { kaseyaOneAbout } from '../../src/systems/kaseyaone/about.ts'
import { deps, failure, oddEmail, prompt, settingsOf, testClock, world } from './module-admin-world.ts'

/**
 * The published document stands between the client and the simulator: every request that the client sends and every
 * answer that it gets has to satisfy it. The two sides share no line of code.
 */

/** A module with everything, to hold the part of the contract that no module has yet. */
const everything: SystemAbout = {
  ...dattoPartnerPortalAbout,
  features: dattoPartnerPortalAbout.features.map(feature => ({ ...feature, supported: true })),
}

type Members = Record<string, unknown>
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null
const member = (value: unknown, ...names: string[]): unknown =>
  names.reduce<unknown>((here, name) => (isMembers(here) ? here[name] : undefined), value)
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

interface Witness {
  url: string
  control(method: string, path: string, body?: unknown): unknown
  /** What did not satisfy the document. */
  complaints: string[]
  /** `operationId status`, each once. */
  seen: Set<string>
  close(): Promise<void>
}

/** Serves the simulator, and checks what passes. */
async function witness(about: SystemAbout, simulator: Simulator): Promise<Witness> {
  const document = JSON.parse(JSON.stringify(moduleAdminContract(about)))
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'urn:k1ctl:contract', ...document })
  const complaints: string[] = []
  const seen = new Set<string>()
  const paths = Object.keys(document.paths).map(path => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  }))

  const holds = (where: string, at: string, value: unknown) => {
    const check = ajv.compile({ $ref: `urn:k1ctl:contract#${at}` })
    if (!check(value)) complaints.push(`${where}: ${ajv.errorsText(check.errors)}`)
  }

  const inspect = (request: SimulatedRequest, status: number, headers: Members, answer: unknown) => {
    const where = `${request.method} ${request.path} ${status}`
    const path = paths
      .filter(one => one.pattern.test(request.path))
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0]?.path
    const operation = path === undefined ? undefined : member(document.paths, path, request.method.toLowerCase())
    if (path === undefined || operation === undefined) return complaints.push(`${where}: not in the document`)
    seen.add(`${member(operation, 'operationId')} ${status}`)
    const at = `/paths/${escaped(path)}/${request.method.toLowerCase()}`
    const isAnonymous = Array.isArray(member(operation, 'security'))
    if (isAnonymous === /^Bearer ./.test(request.headers.authorization ?? ''))
      complaints.push(`${where}: authorization`)

    const type = (request.headers['content-type'] ?? '').split(';')[0] ?? ''
    const content = member(operation, 'requestBody', 'content')
    if (isMembers(content) !== request.body.length > 0)
      complaints.push(`${where}: a body that is not declared, or none`)
    if (isMembers(content)) {
      if (content[type] === undefined) complaints.push(`${where}: content type ${type}`)
      holds(
        `${where} request`,
        `${at}/requestBody/content/${escaped(type)}/schema`,
        JSON.parse(request.body.toString()),
      )
    }
    const parameters = member(operation, 'parameters')
    for (const parameter of Array.isArray(parameters) ? parameters : []) {
      const name = String(member(parameter, 'name'))
      const value = member(parameter, 'in') === 'header' ? request.headers[name.toLowerCase()] : request.query.get(name)
      if (member(parameter, 'required') && !value) complaints.push(`${where}: ${name} is missing`)
    }
    for (const name of request.query.keys()) {
      if (!Array.isArray(parameters) || !parameters.some(one => member(one, 'name') === name)) {
        complaints.push(`${where}: query ${name} is not declared`)
      }
    }

    const declared = member(operation, 'responses', String(status))
    if (declared === undefined) return complaints.push(`${where}: the status is not declared`)
    const shared = member(declared, '$ref')
    const answerAt = typeof shared === 'string' ? shared.slice(1) : `${at}/responses/${status}`
    const response =
      typeof shared === 'string' ? member(document.components.responses, shared.split('/').at(-1) ?? '') : declared
    const wanted = member(response, 'headers')
    for (const [name, header] of Object.entries(isMembers(wanted) ? wanted : {})) {
      if (member(header, 'required') && !headers[name.toLowerCase()]) complaints.push(`${where}: header ${name}`)
    }
    const answers = member(response, 'content')
    if (!isMembers(answers)) return answer === undefined ? 0 : complaints.push(`${where}: a body that is not declared`)
    const answerType = String(headers['content-type'] ?? 'application/json').split(';')[0] ?? ''
    if (answers[answerType] === undefined) return complaints.push(`${where}: answers ${answerType}`)
    holds(`${where} answer`, `${answerAt}/content/${escaped(answerType)}/schema`, JSON.parse(JSON.stringify(answer)))
  }

  const server: Server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s)
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
    const request = {
      method: incoming.method ?? '',
      path,
      query: new URLSearchParams(query),
      headers,
      body: Buffer.concat(chunks),
    }
    const answer = await simulator.handle(request)
    const named = Object.fromEntries(
      Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    )
    inspect(request, answer.status, named, answer.body)
    outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...named })
    outgoing.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    control: (method, path, body) =>
      simulator.control?.({
        method,
        path,
        query: new URLSearchParams(),
        headers: {},
        body: Buffer.from(JSON.stringify(body ?? {})),
      })?.body,
    complaints,
    seen,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

const clock = testClock()
let serial = 0
const simulatorDeps = () => ({
  now: clock.now,
  token: () => `token-${++serial}-of-this-test`,
  directory: new Directory(world, clock.now),
})

async function checked(
  about: SystemAbout,
  simulator: Simulator,
  act: (there: Witness) => Promise<void>,
): Promise<string[]> {
  const there = await witness(about, simulator)
  try {
    await act(there)
    expect(there.complaints).toEqual([])
    return [...there.seen].sort()
  } finally {
    await there.close()
  }
}

describe('client, document and simulator agree', () => {
  it('on the log-in', async () => {
    const seen = await checked(graphusAbout, createModule('graphus', world, simulatorDeps()), async there => {
      const open = (username: string, more: Record<string, string> = {}, asked = prompt()) =>
        openModuleAdmin(graphusAbout, settingsOf(there.url, username, more), deps(clock, asked))
      await failure(open('sam', { password: 'wrong' }))
      await failure(open('tim', {}, prompt({ code: async () => '000000' })))
      const tim = await open('tim', {}, prompt({ code: async () => '492817' }))
      const again = await open('tim', tim.keep?.())
      there.control('POST', '/expire-tokens', {})
      await again.check()
      await again.close()
      await tim.close()
      await open('sam', { refreshToken: 'long-gone-token' }).then(session => session.close())
      const push = (act: (challenge: string, cancel: AbortController) => unknown) =>
        open(
          'pia',
          {},
          prompt({
            async push(_, waiting) {
              const cancel = new AbortController()
              const work = waiting(cancel.signal)
              work.catch(() => undefined)
              await new Promise(resolve => setTimeout(resolve, 40))
              const pushes = there.control('GET', '/pushes')
              await act(String(member(Array.isArray(pushes) ? pushes.at(-1) : {}, 'challenge')), cancel)
              return await work
            },
          }),
        )
      await push(challenge => there.control('POST', '/push', { challenge, approve: true })).then(session =>
        session.close(),
      )
      await failure(push(challenge => there.control('POST', '/push', { challenge, approve: false })))
      await failure(push((_, cancel) => cancel.abort()))
      await failure(
        push(async challenge => {
          await fetch(`${there.url}/log-in/${challenge}`, { method: 'DELETE' })
        }),
      )
    })
    expect(seen).toEqual([
      'listTenants 200',
      'logIn 200',
      'logIn 202',
      'logIn 401',
      'pollPush 200',
      'pollPush 202',
      'pollPush 403',
      'pollPush 410',
      'readSession 200',
      'readSession 401',
      'refresh 200',
      'refresh 401',
      'sendCode 200',
      'sendCode 401',
      'withdrawPush 204',
    ])
  })

  it('on the features, access groups among them', async () => {
    const simulator = createModule('datto-partner-portal', world, {
      ...simulatorDeps(),
      moreFeatures: ['access-groups'],
    })
    const seen = await checked(everything, simulator, async there => {
      const session = await openModuleAdmin(everything, settingsOf(there.url, 'sam'), deps(clock))
      const access = session.features
      if (access === undefined) throw new Error('no features')
      const stale = await access.read()
      expect(stale.on['access-groups']).toBe(false)
      await access.change(stale, {
        on: { 'require-log-in': true, 'user-creation': true },
        defaults: { role: 'tech' },
        exceptions: { users: ['p-2'], roles: [] },
      })
      expect((await failure(access.change(stale, { on: { deprovisioning: true } }))).kind).toBe('conflict')
      expect((await failure(access.change(await access.read(), { on: { 'access-groups': true } }))).facts.needs).toBe(
        'mapping',
      )

      const [group] = await access.groups()
      const roles = await access.roles()
      if (group === undefined) throw new Error('no group')
      const mapping = { group, roles: roles.filter(role => role.id === 'tech' || role.id === 'security-admin') }
      expect((await failure(access.map(stale, mapping))).kind).toBe('conflict')
      await access.map(await access.read(), mapping)
      const mapped = await access.read()
      expect(mapped.mappings).toMatchObject([{ id: group.id, group, roles: [{ admin: true }, { id: 'tech' }] }])
      await access.change(mapped, { on: { 'access-groups': true } })
      const last = await failure(access.unmap(await access.read(), mapping))
      expect([last.kind, last.hint]).toEqual(['refused', expect.stringContaining('k1ctl access-groups map')])
      await access.change(await access.read(), { on: { 'access-groups': false } })
      await access.unmap(await access.read(), mapping)
      expect((await access.read()).mappings).toEqual([])
      // Gone already is what was wanted.
      await access.unmap(await access.read(), mapping)
      expect((await failure(access.map(await access.read(), { group: { id: 'none', name: '' }, roles }))).kind).toBe(
        'rejected',
      )
      expect((await failure(access.change(await access.read(), { defaults: { role: 'emperor' } }))).kind).toBe(
        'rejected',
      )
      await session.close()

      const weak = await openModuleAdmin(everything, settingsOf(there.url, 'ann'), deps(clock))
      const reading = await weak.features?.read()
      if (reading)
        expect(
          (await failure(weak.features?.change(reading, { on: { deprovisioning: true } }) ?? Promise.resolve())).kind,
        ).toBe('forbidden')
      await weak.close()
    })
    expect(seen).toEqual([
      'changeSettings 200',
      'changeSettings 403',
      'changeSettings 409',
      'changeSettings 412',
      'changeSettings 422',
      'listGroups 200',
      'listRoles 200',
      'listTenants 200',
      'logIn 200',
      'mapGroup 200',
      'mapGroup 404',
      'mapGroup 412',
      'readSettings 200',
      'unmapGroup 200',
      'unmapGroup 404',
      'unmapGroup 409',
    ])
  })

  it('on people', async () => {
    const seen = await checked(kaseyaOneAbout, createModule('kaseyaone', world, simulatorDeps()), async there => {
      const session = await openModuleAdmin(kaseyaOneAbout, settingsOf(there.url, 'sam'), deps(clock))
      await session.check()
      await session.close()
    })
    expect(seen).toEqual(['listTenants 200', 'logIn 200', 'readSession 200'])
    const found = await checked(graphusAbout, createModule('graphus', world, simulatorDeps()), async there => {
      const session = await openModuleAdmin(graphusAbout, settingsOf(there.url, 'sam'), deps(clock))
      expect((await session.features?.users(oddEmail))?.exact).toHaveLength(1)
      expect((await session.features?.users('cal.carvr@northwind.example'))?.near).toHaveLength(1)
      await session.close()
    })
    expect(found).toEqual(['listTenants 200', 'listUsers 200', 'logIn 200'])
  })
})

describe('the SCIM client', () => {
  let there: Witness
  let token = ''
  beforeAll(async () => {
    there = await witness(graphusAbout, createModule('graphus', world, simulatorDeps()))
    const { username, company, password } = settingsOf(there.url, 'sam')
    const answer = await fetch(`${there.url}/log-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, company, password }),
    })
    token = String(member(await answer.json(), 'accessToken'))
  })
  afterAll(() => there.close())

  const scim = (authorization = `Bearer ${token}`) =>
    createScimClient(
      createHttpClient({
        baseUrl: `${there.url}/tenants/t-1/scim/v2`,
        system: 'Graphus',
        http: { env: {} },
        clock,
        authorize: headers => {
          headers.authorization = authorization
        },
      }),
      'Graphus',
    )

  it('reads what the server can do', async () => {
    expect(await scim().config()).toMatchObject({ patch: { supported: true }, filter: { supported: true } })
  })

  it('pages through everybody, each once', async () => {
    const { comparison } = await import('../../src/http/scim/filter.ts')
    const { users, isWhole } = await scim().findUsers(comparison('userName', 'co', 'northwind'))
    expect([users.length, new Set(users.map(user => user.id)).size, isWhole]).toEqual([245, 245, true])
    expect((await scim().findUsers(comparison('userName', 'sw', 'crowd'), 7)).users).toHaveLength(7)
    expect(await scim().findUsers(comparison('userName', 'eq', 'nobody'))).toEqual({ users: [], isWhole: true })
  })

  it('reads one by id, and says when there is none', async () => {
    expect(await scim().user('p-4')).toMatchObject({ userName: oddEmail, active: true })
    const error = await failure(scim().user('p/../..?x'))
    expect([error.kind, error.facts.status]).toEqual(['rejected', 404])
    expect((await failure(scim().user('..'))).kind).toBe('usage')
    expect((await failure(scim('Bearer no-such-token').user('p-4'))).kind).toBe('sign-in')
  })

  it('kept to the document', () => {
    expect(there.complaints).toEqual([])
  })
})
