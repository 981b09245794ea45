import { createServer } from 'node:http'
import { Directory } from '../../src/sandbox/directory.ts'
import { createModule, type ModuleDeps } from '../../src/sandbox/module-admin/index.ts'
import type { ModuleId } from '../../src/sandbox/module-admin/profile.ts'
import type { ModuleSeed, Operator, World, WorldPerson, WorldTenant } from '../../src/sandbox/world.ts'

/** All three simulators over one small world, served over HTTP on loopback, with a clock that stands still. */
export interface Ground {
  directory: Directory
  url(system: ModuleId): string
  /** Lets this much time pass. */
  pass(ms: number): void
  /** A call at a system's base URL; a bearer token where one is given. */
  call(system: ModuleId, method: string, path: string, options?: CallOptions): Promise<Answer>
  control(system: ModuleId, method: string, path: string, body?: unknown): Promise<Answer>
  /** The access token of an operator without a challenge. */
  token(system: ModuleId, username?: string): Promise<string>
  close(): Promise<void>
}

export interface CallOptions {
  token?: string
  body?: unknown
  raw?: string
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  headers: Headers
  body: Wire
}

/** The members of the wire's JSON that the tests read one by one; each is there only where the call answers it. */
export interface Wire {
  accessToken: string
  refreshToken: string
  challenge: { id: string; kind: string }
  code: string
  detail: string
  field: string
  needs: string
  missing: string[]
  username: string
  tenants: { id: string }[]
  organization: { active: boolean }
  userExceptions: { id: string }[]
  alwaysExempt: { id: string }[]
  accessGroups: { roles: unknown[] }[]
  id: string
  active: boolean
  members: { value: string }[]
  meta: { version: string; location: string }
  totalResults: number
  Resources: Wire[]
  scimType: string
  [member: string]: unknown
}

export const linked: ModuleSeed = {
  linked: true,
  logIn: true,
  requireLogIn: false,
  userCreation: false,
  deprovisioning: false,
  defaultRoleId: null,
  userExceptionIds: [],
}

export const company = 'Northwind MSP'

const operator = (username: string, more: Partial<Operator> = {}): Operator => ({
  username,
  email: `${username}@northwind.example`,
  displayName: username,
  password: `${username}-secret`,
  challenge: 'none',
  kaseyaOneRole: 'Admin',
  moduleRoles: { graphus: 'Partner Administrator', 'datto-partner-portal': 'Security Admin' },
  ...more,
})

export const person = (id: string, more: Partial<WorldPerson> = {}): WorldPerson => ({
  id,
  givenName: id,
  familyName: 'Person',
  email: `${id}@acme.example`,
  active: true,
  kaseyaOneRole: 'User',
  kaseyaOneGroups: [],
  ...more,
})

export const tenant = (id: string, more: Partial<WorldTenant> = {}): WorldTenant => ({
  id,
  name: `Tenant ${id}`,
  domains: ['acme.example'],
  people: [
    person('ann', { kaseyaOneRole: 'Root Admin', graphusRole: 'Admin', partnerPortalRole: 'Security Admin' }),
    person('bob', {
      graphusRole: 'Analyst',
      partnerPortalRole: 'Tech',
      bmsEmployeeId: 7,
      kaseyaOneGroups: ['Engineers', 'Everyone'],
    }),
    person('cyd', { partnerPortalRole: 'Business', partnerPortalPrimary: true, kaseyaOneGroups: ['Everyone'] }),
    person('dan', { partnerPortalRole: 'Administrator', severalResellers: true }),
    person('eve', { partnerPortalRole: 'Tech', active: false, activeIn: { 'datto-partner-portal': true } }),
  ],
  bms: null,
  graphus: linked,
  'datto-partner-portal': linked,
  unconnected: [],
  ...more,
})

export const world = (tenants: WorldTenant[] = [tenant('t-1')], operators: Operator[] = []): World => ({
  organization: { id: 'org-1', name: company },
  operators: [
    operator('ada'),
    operator('otto', { challenge: 'two-factor', code: '246810' }),
    operator('pia', { challenge: 'push', code: '135790' }),
    operator('pim', { challenge: 'push' }),
    operator('uma', { kaseyaOneRole: 'User' }),
    operator('lee', { moduleRoles: { graphus: 'Analyst', 'datto-partner-portal': 'Tech' } }),
    operator('sam', { tenantIds: ['t-2'] }),
    operator('non', { moduleRoles: {} }),
    ...operators,
  ],
  tenants,
})

export async function openGround(seed: World = world(), more: Pick<ModuleDeps, 'moreFeatures'> = {}): Promise<Ground> {
  let time = Date.parse('2026-01-01T09:00:00Z')
  let count = 0
  const now = () => new Date(time)
  const directory = new Directory(seed, now)
  const deps: ModuleDeps = { now, token: () => `token-${++count}`, directory, ...more }
  const systems: readonly ModuleId[] = ['graphus', 'datto-partner-portal', 'kaseyaone']
  const simulators = new Map(systems.map(system => [`/${system}`, createModule(system, seed, deps)]))

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const [, control = '', base = '', path = '', query = ''] =
      /^(\/_control)?(\/[^/]+)([^?]*)\??(.*)$/.exec(request.url ?? '') ?? []
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const simulated = {
      method: request.method ?? '',
      path,
      query: new URLSearchParams(query),
      headers,
      body: Buffer.concat(chunks),
    }
    const simulator = simulators.get(base)
    if (control && path === '/reset') simulator?.reset()
    const answer = control ? simulator?.control?.(simulated) : await simulator?.handle(simulated)
    const { status = 404, headers: sent = {}, body } = answer ?? {}
    response.writeHead(status, { 'content-type': 'application/json', ...sent })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

  const send = async (url: string, method: string, options: CallOptions = {}): Promise<Answer> => {
    const headers: Record<string, string> = { ...options.headers }
    if (options.token) headers.authorization = `Bearer ${options.token}`
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
    if (body !== undefined) headers['content-type'] ??= 'application/json'
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }
  const call: Ground['call'] = (system, method, path, options) => send(`${origin}/${system}${path}`, method, options)

  return {
    directory,
    url: system => `${origin}/${system}`,
    pass: ms => {
      time += ms
    },
    call,
    control: (system, method, path, body) => send(`${origin}/_control/${system}${path}`, method, { body }),
    async token(system, username = 'ada') {
      const { body } = await call(system, 'POST', '/log-in', {
        body: { username, company, password: `${username}-secret` },
      })
      return body.accessToken
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
