import { createHash } from 'node:crypto'
import { estateTenant, hasEstate } from '../estate.ts'
import type {
  AnswerPart,
  Exhibit,
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
  SimulatorDeps,
} from '../simulator.ts'
import type { World, WorldTenant } from '../world.ts'
import { GraphFailure, type GraphRequest, isObject, parseJson } from './answers.ts'
import { everyExchangeRight, everyRight } from './app-rights.ts'
import { control, type Settings } from './control.ts'
import { changesMail, cmdletIn, ExchangeDesk } from './exchange/exchange-desk.ts'
import { guidOf } from './guid.ts'
import { quirks } from './quirks.ts'
import { route } from './routes.ts'
import { estateTenantGuid, seedTenant } from './seed-tenant.ts'
import { type App, type Grant, SignInDesk } from './sign-in.ts'
import { Tenant } from './tenant.ts'
import { userView } from './user-routes.ts'

/** The secret of the one app; the same in every sandbox, for a reset must not end connections. */
const appSecret = createHash('sha256').update('sandbox Microsoft 365').digest('base64url')

const appId = guidOf('app registration', 'k1ctl')

/** The MSP's own tenant, whose customers are listed as contracts. */
const partnerTenantId = guidOf('tenant', 'partner')

const pageSize = 100
const mostInBatch = 20

export const microsoft365Exhibit: Exhibit = {
  quirks,
  create: createMicrosoft365,
  connect(tenant: WorldTenant, world: World, url: string) {
    if (!hasEstate(tenant)) return null
    const tenantId = estateTenantGuid(world)
    return {
      settings: {
        url: `${url}/graph`,
        signInUrl: `${url}/login`,
        exchangeUrl: `${url}/exchange`,
        tenantId,
        clientId: appId,
        auth: 'client-secret',
      },
      secrets: { clientSecret: appSecret },
    }
  },
}

/** Microsoft Graph v1.0 and the token endpoint, for one tenant and the partner's; extra calls are in `control.ts`. */
function createMicrosoft365(world: World, deps: SimulatorDeps): Simulator {
  const app: App = {
    clientId: appId,
    displayName: 'k1ctl offboarding',
    secret: appSecret,
    certificate: null,
    granted: everyRight,
    exchange: everyExchangeRight,
  }
  const estateId = estateTenantGuid(world)
  const domain = estateTenant(world)?.domains[0] ?? 'nobody.example'
  const tenants = new Map([
    [estateId, estateId],
    [domain, estateId],
    [partnerTenantId, partnerTenantId],
    ['partner.example', partnerTenantId],
  ])
  const desk = new SignInDesk(app, tenants, deps)
  const tenant = new Tenant(seedTenant(world), deps)
  const exchange = new ExchangeDesk(tenant, estateId)
  const settings: Settings = { pageSize, locked: new Set() }

  function handle(request: SimulatedRequest, part: AnswerPart = unstruck): SimulatedResponse {
    try {
      const segments = decoded(request.path)
      const origin = `http://${request.headers.host ?? '127.0.0.1'}/microsoft-365`
      if (segments[0] === 'login') return desk.handle(request, segments.slice(1), `${origin}${request.path}`)
      const grant = desk.grant(request.headers.authorization)
      if (segments[0] === 'exchange') {
        return exchange.handle(request, segments.slice(1), grant, { origin, pageSize: settings.pageSize, part })
      }
      if (segments[0] !== 'graph' || segments[1] !== 'v1.0') return { status: 404 }
      tenant.followDeletions()
      if (grant === undefined || grant.service !== 'graph') {
        throw new GraphFailure(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.')
      }
      const base = `${origin}/graph/v1.0`
      const body = parseJson(request)
      const eventual = request.headers.consistencylevel === 'eventual'
      const asApp = grant.user === null
      const query = request.query
      const whole = { method: request.method, segments: segments.slice(2), query, body, base, eventual, asApp }
      return whole.segments.join('/') === '$batch' && request.method === 'POST'
        ? batch(whole, grant, part)
        : one(whole, grant)
    } catch (error) {
      if (error instanceof GraphFailure) return error.response()
      throw error
    }
  }

  function one(request: GraphRequest, grant: Grant): SimulatedResponse {
    const what = request.method === 'GET' ? request.segments.join('/') : ''
    if (what === 'organization') return { status: 200, body: { value: [organization(grant)] } }
    if (what === 'me') return { status: 200, body: me(grant) }
    if (what === 'contracts')
      return { status: 200, body: { value: grant.tenantId === partnerTenantId ? contracts() : [] } }
    if (grant.tenantId === partnerTenantId) return { status: 200, body: { value: [] } }
    return route(request, tenant, grant.granted, settings.pageSize)
  }

  function organization({ tenantId }: Grant) {
    const { displayName } = tenant.state
    if (tenantId === partnerTenantId) return { id: tenantId, displayName: world.organization.name, verifiedDomains: [] }
    return { id: tenantId, displayName, verifiedDomains: [{ name: domain, isDefault: true }] }
  }

  /** Only a person is somebody here. */
  function me({ user }: Grant): object {
    if (user === null) {
      throw new GraphFailure(400, 'BadRequest', '/me request is only valid with delegated authentication flow.')
    }
    const known = tenant.state.users.find(one => one.userPrincipalName.toLowerCase() === user.toLowerCase())
    return known ? userView(tenant, known) : { id: guidOf('user', user), userPrincipalName: user, mail: user }
  }

  function contracts() {
    return world.tenants.map(one => ({
      id: guidOf('contract', one.id),
      contractType: 'DelegationContract',
      customerId: hasEstate(one) ? estateId : guidOf('tenant', one.id),
      defaultDomainName: one.domains[0] ?? '',
      displayName: one.name,
    }))
  }

  function batch({ body, base, asApp }: GraphRequest, grant: Grant, answerPart: AnswerPart): SimulatedResponse {
    const requests = Array.isArray(body.requests) ? body.requests.filter(isObject) : []
    if (requests.length === 0 || requests.length > mostInBatch) {
      throw new GraphFailure(400, 'BadRequest', `Number of batch request steps must be from 1 to ${mostInBatch}.`)
    }
    if (new Set(requests.map(({ id }) => String(id).toLowerCase())).size < requests.length) {
      throw new GraphFailure(400, 'BadRequest', 'Request Id has to be unique in a batch.')
    }
    const locked = tenant.quirks.has('partsFailOnce') ? lockedPart(requests) : undefined
    const responses = requests.map(part => ({
      id: String(part.id),
      ...(part === locked
        ? new GraphFailure(423, 'Locked', 'The resource that is being accessed is locked.').response()
        : answerPart(String(part.method), `/graph/v1.0${String(part.url)}`, part.method !== 'GET', () =>
            partAlone(part, base, asApp, grant),
          )),
    }))
    // Answers come in any order.
    return { status: 200, body: { responses: responses.reverse() } }
  }

  /** The first part of each batch is locked, the first time that it comes. */
  function lockedPart([first]: readonly Record<string, unknown>[]): Record<string, unknown> | undefined {
    const key = `${String(first?.method)} ${String(first?.url)}`
    if (first === undefined || settings.locked.has(key)) return undefined
    settings.locked.add(key)
    return first
  }

  function partAlone(part: Record<string, unknown>, base: string, asApp: boolean, grant: Grant): SimulatedResponse {
    const [path = '', query = ''] = String(part.url).split(/\?(.*)/s)
    const method = String(part.method)
    try {
      const body = isObject(part.body) ? part.body : {}
      const { status, body: answer } = one(
        {
          method,
          segments: decoded(path),
          query: new URLSearchParams(query),
          body,
          base,
          eventual: isObject(part.headers) && part.headers.ConsistencyLevel === 'eventual',
          asApp,
        },
        grant,
      )
      return {
        status,
        headers: { 'Content-Type': 'application/json' },
        ...(answer === undefined ? {} : { body: answer }),
      }
    } catch (error) {
      if (error instanceof GraphFailure) return error.response()
      throw error
    }
  }

  return {
    handle,
    state: () => ({ ...tenant.state, granted: app.granted }),
    reset() {
      tenant.state = seedTenant(world)
      deps.sync.reset()
      tenant.setLag(0)
      desk.reset()
      app.granted = everyRight
      app.exchange = everyExchangeRight
      app.certificate = null
      tenant.conversionMs = 0
      settings.pageSize = pageSize
      settings.locked.clear()
      tenant.quirks.clear()
    },
    control: request => control({ tenant, desk, settings }, request),
    failure: (code, message) => new GraphFailure(400, String(code), message).response(),
    operation: cmdletIn,
    changes: request => {
      const { method, path, body } = request
      if (method === 'GET' || path.startsWith('/login/')) return false
      if (path.startsWith('/exchange/')) return changesMail(request)
      return !path.endsWith('/$batch') || /"method":\s*"(?!GET)/i.test(body.toString('utf8'))
    },
  }
}

const unstruck: AnswerPart = (_method, _target, _couldWrite, answer) => answer()

function decoded(path: string): string[] {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    throw new GraphFailure(400, 'BadRequest', 'The address is not well formed.')
  }
}
