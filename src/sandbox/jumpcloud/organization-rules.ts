import type { SimulatedRequest } from '../simulator.ts'
import type { Cloud, Organization } from './cloud.ts'
import { isObjectId } from './object-id.ts'
import { Refusal } from './refusal.ts'
import type { Route } from './route.ts'

/**
 * The rules of `x-org-id` for administrators of several organizations, with the codes of the contract ("Multi-Tenant
 * Portal Headers"): 400 malformed, 401 missing, 403 on a route that does not take it, 404 unknown.
 */
export function organizationFor(
  cloud: Cloud,
  route: Route,
  request: SimulatedRequest,
  single: Organization | undefined,
): Organization {
  if (single !== undefined) return single
  const given = request.headers['x-org-id']
  const [first] = cloud.organizations
  if (!route.takesOrganization) {
    if (given !== undefined) throw new Refusal(403, 'x-org-id is not supported on this route')
    if (first === undefined) throw new Refusal(404, 'Organization not found')
    return first
  }
  if (given === undefined) throw new Refusal(401, 'Multi-tenant administrators must send x-org-id')
  if (!isObjectId(given)) throw new Refusal(400, 'Malformed x-org-id')
  const found = cloud.organizations.find(one => one.id === given)
  if (found === undefined) throw new Refusal(404, 'Organization ID not found')
  return found
}
