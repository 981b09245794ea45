import { createHash } from 'node:crypto'
import { hasEstate } from '../estate.ts'
import type { Exhibit, SimulatedRequest, SimulatedResponse, Simulator, SimulatorDeps } from '../simulator.ts'
import type { World } from '../world.ts'
import { contactAll, letTimePass } from './agents.ts'
import type { Cloud } from './cloud.ts'
import { graphRoutes } from './graph.ts'
import { isSignedIn, issueToken, type Keys } from './keys.ts'
import { quirks } from './known-quirks.ts'
import { organizationFor } from './organization-rules.ts'
import { consoleRoutes, providerRoutes } from './provider.ts'
import { refuseHidden, setQuirks } from './quirks.ts'
import { Refusal } from './refusal.ts'
import { match, type Route } from './route.ts'
import { scheduleRoutes } from './schedule.ts'
import { annexOrganization, estateOrganization, provider, seedCloud } from './seed-cloud.ts'
import { systemRoutes } from './systems.ts'
import { alterUser, userRoutes } from './users.ts'

/** All that this JumpCloud answers, with the templates of the published contract. */
export const jumpcloudRoutes: readonly Route[] = [
  ...userRoutes,
  ...graphRoutes,
  ...systemRoutes,
  ...scheduleRoutes,
  ...providerRoutes,
]

/** The same in every sandbox, for a reset must not end connections. */
const keys: Keys = {
  apiKey: `jca_${secret('api key')}`,
  singleKey: `jca_${secret('single key')}`,
  clientId: '8d0f6f5e-7a55-4f0b-9d3a-2c1f0a9b7e11',
  clientSecret: secret('client secret'),
}

/** The key of an administrator of the second organization alone, for tests. */
export const jumpcloudSingleKey = keys.singleKey

/** A second connection of the estate for tests: the service account. */
export const jumpcloudServiceAccount = { clientId: keys.clientId, clientSecret: keys.clientSecret }

export const jumpcloudExhibit: Exhibit = {
  create: createJumpcloud,
  quirks,
  connect: (tenant, _world, url) =>
    hasEstate(tenant)
      ? {
          settings: { url, auth: 'api-key', providerId: provider, orgId: estateOrganization },
          secrets: { apiKey: keys.apiKey, applePin: '730416' },
        }
      : null,
}

/**
 * JumpCloud of an MSP: two organizations behind one provider. Control: `POST devices/contact`: every agent calls in
 * now, also of devices that were off; `POST users` `{email, change}`: sets attributes of a user that no API sets;
 * `POST administrators/unlink` `{email}`: one administrator less; `POST self` `{email}`: whose API key it is; `POST quirks`:
 * see quirks.ts.
 */
function createJumpcloud(world: World, { now, token }: SimulatorDeps): Simulator {
  let cloud = seedCloud(world, now())
  const tokens = new Map<string, number>()

  function handle(request: SimulatedRequest): SimulatedResponse {
    try {
      letTimePass(cloud, now())
      if (request.path === '/oauth2/token') return issueToken(request, keys, tokens, token, now())
      if (!isSignedIn(request, keys, tokens, now())) throw new Refusal(401, 'Unauthorized')
      return answer(cloud, request, now())
    } catch (error) {
      if (error instanceof Refusal) return error.response()
      throw error
    }
  }

  return {
    handle,
    state: () => {
      letTimePass(cloud, now())
      return cloud
    },
    reset() {
      cloud = seedCloud(world, now())
    },
    control: request => control(cloud, request, now()),
    failure: (code, message) => new Refusal(typeof code === 'number' ? code : 400, message).response(),
    changes: ({ method, path }) => method !== 'GET' && path !== '/oauth2/token',
  }
}

function answer(cloud: Cloud, request: SimulatedRequest, now: Date): SimulatedResponse {
  for (const route of [...jumpcloudRoutes, ...consoleRoutes]) {
    const ids = route.method === request.method ? match(route, request.path) : null
    if (ids === null) continue
    const isSingle = request.headers['x-api-key'] === keys.singleKey
    const single = isSingle ? cloud.organizations.find(one => one.id === annexOrganization) : undefined
    const organization = organizationFor(cloud, route, request, single)
    const visible = single ? [single] : cloud.organizations
    refuseHidden(cloud, request.method, request.path)
    return route.handle({ cloud, organization, visible, ids, query: request.query, body: readBody(request), now })
  }
  throw new Refusal(404, 'Not found')
}

function control(cloud: Cloud, request: SimulatedRequest, now: Date): SimulatedResponse | null {
  const body = readBody(request)
  switch (`${request.method} ${request.path}`) {
    case 'POST /devices/contact':
      contactAll(cloud, now)
      return { status: 204 }
    case 'POST /users': {
      const { email, change } = body
      const [estate] = cloud.organizations
      const isObject = typeof change === 'object' && change !== null
      const isDone = estate && isObject && alterUser(estate, String(email), Object.fromEntries(Object.entries(change)))
      return isDone ? { status: 204 } : { status: 404, body: 'No such user.' }
    }
    case 'POST /self':
      cloud.self = cloud.administrators.find(one => one.email === body.email) ?? cloud.self
      return { status: 204 }
    case 'POST /quirks':
      try {
        setQuirks(cloud.quirks, body)
        return { status: 204 }
      } catch (error) {
        return { status: 400, body: error instanceof Error ? error.message : String(error) }
      }
    case 'POST /administrators/unlink': {
      const ids = cloud.administrators.filter(one => one.email === body.email).map(({ id }) => id)
      cloud.links = cloud.links.filter(link => !ids.includes(link.administrator))
      return { status: 204 }
    }
    default:
      return null
  }
}

function readBody({ body }: SimulatedRequest): Record<string, unknown> {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value))
  } catch {
    // Told below.
  }
  throw new Refusal(400, 'The body is not a JSON object')
}

function secret(what: string): string {
  return createHash('sha256').update(`sandbox JumpCloud ${what}`).digest('base64url')
}
