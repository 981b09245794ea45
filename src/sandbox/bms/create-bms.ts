import { QuirkSwitches } from '../quirk-switches.ts'
import type { SimulatedRequest, SimulatedResponse, Simulator, SimulatorDeps } from '../simulator.ts'
import type { World } from '../world.ts'
import { Budget } from './budget.ts'
import { Company } from './company.ts'
import { type Controls, controlBms } from './control.ts'
import { failure, type Reply, toCamelCase } from './envelope.ts'
import { readForm } from './form.ts'
import { type BmsQuirks, bmsQuirks } from './quirks.ts'
import { findRoute } from './routes.ts'
import { SignIn } from './sign-in.ts'

/**
 * A BMS that keeps state, one company a tenant, after the published contract and, where that is silent, after the
 * worst case: see `settings.ts` and `company.ts`. Member names are PascalCase until `POST <control>/casing`.
 */
export function createBms(world: World, deps: SimulatorDeps): Simulator {
  const signIn = new SignIn(deps)
  const budget = new Budget()
  const quirks = new QuirkSwitches(bmsQuirks)
  const companies = seedCompanies(world, deps)
  const controls: Controls = { companies, signIn, budget, casing: 'pascal', nulls: false, quirks }
  const companyOf = (tenantId: string) => controls.companies.find(company => company.tenantId === tenantId)

  deps.directory.follow('bms', {
    deprovisioning: id => {
      const company = companyOf(id)
      return company?.organizationId != null && company.settings.deprovisioning
    },
    accessGroupIds: id => {
      const company = companyOf(id)
      return company?.settings.accessGroups ? company.mappings.map(({ groupId }) => groupId) : []
    },
    userCreation: id => companyOf(id)?.settings.userCreation ?? false,
  })

  return {
    handle: request => sent(controls, reply(controls, request, deps)),
    state: () => ({
      casing: controls.casing,
      perHour: budget.perHour,
      companies: controls.companies.map(stateOf),
      people: deps.directory.state('bms'),
    }),
    reset: () => {
      deps.directory.reset('bms')
      controls.companies = seedCompanies(world, deps)
      controls.casing = 'pascal'
      controls.nulls = false
      signIn.reset()
      budget.reset()
      quirks.clear()
    },
    control: request => quirks.control(request) ?? controlBms(controls, deps.directory, request),
    failure: (code, message) => sent(controls, failure(200, code, message)),
  }
}

function reply(controls: Controls, request: SimulatedRequest, deps: SimulatorDeps): Reply {
  const endpoint = `${request.method} ${request.path}`
  if (endpoint === 'POST /v2/security/authenticate') {
    const tenant = readForm(request.headers['content-type'] ?? '', request.body)?.get('tenant') ?? ''
    const answer = () => controls.signIn.authenticate(controls.companies, request)
    return within(controls, `${tenant.toLowerCase()} ${endpoint}`, deps, answer)
  }
  if (endpoint === 'POST /v2/security/refreshtoken') {
    return within(controls, endpoint, deps, () => controls.signIn.refresh(request))
  }
  const found = findRoute(request)
  if (found === 404) return failure(404, 404, 'Not found.')
  if (found === 405) return failure(405, 405, 'Method not allowed.')
  const company = controls.signIn.companyOf(request)
  if (!company) return failure(401, 401, 'Authorization has been denied for this request.')
  const { route, pathId } = found
  const struck = misbehave(controls.quirks, route.path)
  if (struck) return struck
  return within(controls, `${company.number} ${route.method} ${route.path}`, deps, () => {
    if (route.adminOnly && !company.account.admin) return failure(403, 403, 'Access denied.')
    const query = misread(controls.quirks, route.path, request.query)
    return route.answer({ company, request: { ...request, query }, deps, pathId })
  })
}

const people = '/v2/hr/employees/searchselect'

function misbehave(quirks: BmsQuirks, path: string): Reply | null {
  if (quirks.strikes('quotaSpent', 3)) return failure(429, 429, 'API calls quota exceeded.')
  if (path === people && quirks.strikes('failsInside', 4)) return failure(200, 500, 'An error has occurred.')
  return null
}

/** The query as this BMS takes it. */
function misread(quirks: BmsQuirks, path: string, query: URLSearchParams): URLSearchParams {
  if (path !== people) return query
  const taken = new URLSearchParams(query)
  const has = (name: string) => [...query.keys()].some(key => key.toLowerCase() === name)
  if (quirks.has('idsFindNobody')) for (const key of query.keys()) if (/^filter\.ids$/i.test(key)) taken.set(key, '0')
  if (quirks.has('inactiveUnlisted') && !has('filter.isactive')) taken.append('Filter.IsActive', 'true')
  return taken
}

function within(controls: Controls, endpoint: string, deps: SimulatorDeps, answer: () => Reply): Reply {
  return controls.budget.spend(endpoint, deps.now()) ? answer() : failure(429, 429, 'API calls quota exceeded.')
}

function sent(controls: Controls, { status, body }: Reply): SimulatedResponse {
  if (body === undefined) return { status }
  const isOther = controls.quirks.has('otherSpelling')
  const whole = controls.nulls || isOther ? { Error: null, Result: null, ...body } : body
  return { status, body: controls.casing === 'camel' || isOther ? toCamelCase(whole) : whole }
}

function seedCompanies(world: World, deps: SimulatorDeps): Company[] {
  const at = deps.now().toISOString()
  return world.tenants.flatMap(tenant =>
    tenant.bms ? [new Company(world, tenant, tenant.bms, deps.directory, at)] : [],
  )
}

function stateOf(company: Company): Record<string, unknown> {
  const { tenantId, number, name, organizationId, settings, mappings, tickets } = company
  return { tenantId, number, name, organizationId, settings, mappings, tickets, employees: company.employees() }
}
