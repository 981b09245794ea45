import type { SimulatedRequest, SimulatedResponse, Simulator, SimulatorDeps } from '../simulator.ts'
import type { World } from '../world.ts'
import type { Route } from './call.ts'
import { chromebookRoutes, settleChromebooks } from './chromebooks.ts'
import { controlGoogle } from './control.ts'
import { credentialRoutes } from './credentials.ts'
import { GoogleError, notFound } from './google-error.ts'
import { groupRoutes } from './groups.ts'
import { licenceRoutes } from './licences.ts'
import { phoneRoutes, settlePhones } from './phones.ts'
import { misbehave, rememberBefore, seenBy } from './quirks.ts'
import { roleRoutes } from './roles.ts'
import { seedState } from './seed-state.ts'
import { authorize, exchange } from './sign-in.ts'
import type { GoogleState } from './state.ts'
import { transferRoutes } from './transfers.ts'
import { userRoutes } from './users.ts'

/** All that this Google answers, besides its token endpoint. */
export const googleRoutes: readonly Route[] = [
  ...userRoutes,
  ...credentialRoutes,
  ...groupRoutes,
  ...roleRoutes,
  ...phoneRoutes,
  ...chromebookRoutes,
  ...transferRoutes,
  ...licenceRoutes,
]

const compiled = googleRoutes.map(route => ({ route, ...compile(route.path) }))

/** Google Workspace of the estate: directory, data transfer, licences and tokens below one URL. */
export function createGoogleWorkspace(world: World, deps: SimulatorDeps): Simulator {
  let state = seedState(world)
  return {
    handle(request) {
      try {
        return answer(state, request, deps)
      } catch (error) {
        if (error instanceof GoogleError) return error.response()
        throw error
      }
    },
    state: () => asJson(state),
    reset() {
      // Tokens that were given out stay good: a reset must not end connections.
      state = { ...seedState(world), tokens: state.tokens }
    },
    control: request => controlGoogle(state, request, deps.now()),
    failure: (code, message) => new GoogleError(400, String(code), message).response(),
    changes: ({ method, path }) => method !== 'GET' && path !== '/token',
  }
}

function answer(state: GoogleState, request: SimulatedRequest, deps: SimulatorDeps): SimulatedResponse {
  const now = deps.now()
  settlePhones(state, now)
  settleChromebooks(state, now)
  if (request.path === '/token' && request.method === 'POST') {
    return exchange(state, request, { now, token: deps.token, url: '/google-workspace/token' })
  }
  const matches = compiled.flatMap(one => {
    const values = one.pattern.exec(request.path)?.slice(1)
    return values === undefined ? [] : [{ route: one.route, names: one.names, values }]
  })
  const match = matches.find(({ route }) => route.method === request.method)
  if (match === undefined) throw notFound('the requested URL')
  const admin = authorize(state, request, match.route.scopes, now)
  misbehave(state, request.method, request.path)
  const params = Object.fromEntries(match.names.map((name, index) => [name, decode(match.values[index] ?? '')]))
  const customer = params.customer ?? params.customerId
  if (customer !== undefined && customer !== 'my_customer' && customer !== state.customerId) throw notFound('customer')
  if (request.method !== 'GET') rememberBefore(state, now)
  const seen = isOfOne(match.route) ? seenBy(state, now) : state
  return match.route.handle({ state: seen, params, query: request.query, request, now, admin })
}

/** Reads one user, or one member of a group. */
function isOfOne({ method, path }: Route): boolean {
  return method === 'GET' && /\/(users|members)\/\{\w+\}$/.test(path)
}

/** `/users/{userKey}` as a pattern; a colon after a name ends it. */
function compile(path: string): { pattern: RegExp; names: string[] } {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(match => match[1] ?? '')
  return { pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '([^/:]+)')}$`), names }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw notFound('a malformed path')
  }
}

/** Without backup codes, tokens and what else must not be seen outside, and without what came in and what was before. */
function asJson({ users, groups, tokens, requests: _, changes: __, before: ___, ...state }: GoogleState): unknown {
  return {
    ...state,
    tokens: tokens.size,
    users: [...users.values()].map(({ codes, ...user }) => ({ ...user, codes: codes.length })),
    groups: [...groups.values()].map(({ members, ...group }) => ({
      ...group,
      members: [...members].map(([id, member]) => ({ id, ...member })),
    })),
  }
}
