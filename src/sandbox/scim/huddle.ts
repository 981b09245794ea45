import { createHash } from 'node:crypto'
import { QuirkSwitches } from '../quirk-switches.ts'
import type { Exhibit, SimulatedRequest, SimulatedResponse, Simulator, SimulatorDeps } from '../simulator.ts'
import type { World } from '../world.ts'
import type { ScimProfile } from './collection.ts'
import { scimQuirks } from './quirks.ts'
import { Scim } from './scim.ts'
import { ScimError } from './scim-error.ts'

/** The one bearer token of every Huddle; the same in every sandbox, for a reset must not end connections. */
const huddleToken = createHash('sha256').update('sandbox Huddle').digest('base64url')

const profile: ScimProfile = {
  title: 'Huddle',
  roles: [
    { id: 'owner', name: 'Owner', isAdministrator: true },
    { id: 'admin', name: 'Admin', isAdministrator: true },
    { id: 'member', name: 'Member', isAdministrator: false },
  ],
  lowestRoleId: 'member',
}

/** Where a tenant's Huddle is, below the sandbox's origin. */
function huddlePath(tenantId: string): string {
  return `/scim/${encodeURIComponent(tenantId)}`
}

export const huddleExhibit: Exhibit = {
  quirks: scimQuirks,
  connectionId: 'scim:huddle',
  create: createHuddle,
  connect: ({ id }, _world, url) => ({
    settings: { url: `${url}/${encodeURIComponent(id)}` },
    secrets: { token: huddleToken },
  }),
}

/** A team chat that speaks nothing but SCIM 2.0, one a tenant. It follows nobody: who leaves is removed here too. */
function createHuddle(world: World, deps: SimulatorDeps): Simulator {
  const quirks = new QuirkSwitches(scimQuirks)
  const scim = new Scim('scim', profile, deps, huddlePath, quirks)
  return {
    handle: request => answer(scim, world, request),
    state: () => ({ people: deps.directory.state('scim') }),
    reset() {
      deps.directory.reset('scim')
      quirks.clear()
    },
    control: request => quirks.control(request),
    failure: (_code, message) => new ScimError(422, message).response(),
  }
}

function answer(scim: Scim, world: World, request: SimulatedRequest): SimulatedResponse {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token !== huddleToken)
    return new ScimError(401, 'A bearer token is needed, and this is not the right one.').response()
  const [tenantId = '', ...rest] = segmentsOf(request.path) ?? []
  if (!world.tenants.some(({ id }) => id === tenantId)) {
    return new ScimError(404, 'There is no Huddle here.').response()
  }
  return scim.handle(request, tenantId, rest, [])
}

/** The path cut at its slashes and decoded; null when it cannot be decoded. */
function segmentsOf(path: string): string[] | null {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return null
  }
}
