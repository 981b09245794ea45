import { QuirkSwitches } from '../quirk-switches.ts'
import { moduleScimQuirks } from '../scim/quirks.ts'
import { Scim } from '../scim/scim.ts'
import type { SimulatedRequest, SimulatedResponse, Simulator, SimulatorDeps } from '../simulator.ts'
import type { Operator, World, WorldTenant } from '../world.ts'
import { controlModule } from './control.ts'
import { segmentsOf } from './json.ts'
import { LogIn } from './log-in.ts'
import { Problem } from './problem.ts'
import { type FeatureKey, type ModuleId, missingRights, moduleRole, profiles } from './profile.ts'
import { UnifiedLogin } from './unified-login.ts'

export interface ModuleDeps extends Omit<SimulatorDeps, 'sync'> {
  /** Features beyond those that the module has, to try the contract's rules with. */
  moreFeatures?: readonly FeatureKey[]
}

/** One simulator of the module admin contract: log-in, the five features, people and groups by SCIM 2.0. */
export function createModule(system: ModuleId, world: World, deps: ModuleDeps): Simulator {
  const known = profiles[system]
  const profile = { ...known, features: [...known.features, ...(deps.moreFeatures ?? [])] }
  const logIn = new LogIn(system, world, deps)
  const settings = system === 'kaseyaone' ? null : new UnifiedLogin(system, profile, world, deps.directory)
  const quirks = new QuirkSwitches(moduleScimQuirks)
  const scim = new Scim(system, profile, deps, id => `/${system}/tenants/${encodeURIComponent(id)}/scim/v2`, quirks)

  const tenantsOf = (operator: Operator): WorldTenant[] =>
    world.tenants.filter(tenant => {
      const isThere = system === 'kaseyaone' || tenant[system] !== null
      return isThere && (operator.tenantIds?.includes(tenant.id) ?? true)
    })

  const route = (request: SimulatedRequest): SimulatedResponse | null => {
    const [first, ...rest] = segmentsOf(request.path)
    if (first === 'log-in') return logIn.handle(request, rest)
    const operator = logIn.operator(request)
    const call = `${request.method} ${request.path}`
    if (call === 'GET /session') return { status: 200, body: sessionOf(operator, system, world) }
    if (call === 'DELETE /session') {
      logIn.logOut(request)
      return { status: 204 }
    }
    const tenants = tenantsOf(operator)
    if (call === 'GET /tenants')
      return { status: 200, body: { tenants: tenants.map(({ id, name }) => ({ id, name })) } }
    const [tenantId, resource, ...below] = rest
    if (first !== 'tenants' || tenantId === undefined || !tenants.some(tenant => tenant.id === tenantId)) return null
    if (resource === 'unified-login') return settings?.handle(request, tenantId, below, operator) ?? null
    if (resource !== 'scim' || below[0] !== 'v2') return null
    return scim.handle(request, tenantId, below.slice(1), missingRights(operator, system))
  }

  return {
    handle(request) {
      try {
        const found = route(request)
        if (found) return found
        throw new Problem('not-found', `There is no ${request.method} ${request.path} here, or it is not yours to see.`)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return /^\/tenants\/[^/]+\/scim\//.test(request.path) ? scim.refuse(error) : error.response()
      }
    },
    state: () => ({ logIn: logIn.state(), settings: settings?.state() ?? null, people: deps.directory.state(system) }),
    reset() {
      logIn.reset()
      settings?.reset()
      deps.directory.reset(system)
      quirks.clear()
    },
    control: request => quirks.control(request) ?? controlModule(request, system, logIn, settings, deps.directory),
  }
}

function sessionOf(operator: Operator, system: ModuleId, world: World): Record<string, unknown> {
  const role = moduleRole(operator, system)
  const { settingsRole } = profiles[system]
  return {
    username: operator.username,
    email: operator.email,
    displayName: operator.displayName,
    kaseyaOneRole: operator.kaseyaOneRole,
    moduleRole: role,
    moduleAdmin: settingsRole === null ? operator.kaseyaOneRole !== 'User' : role === settingsRole,
    organization: world.organization,
    missing: missingRights(operator, system),
  }
}
