import type { SimulatedResponse } from '../simulator.ts'
import { accessRoutes } from './access-routes.ts'
import { GraphFailure, type GraphRequest } from './answers.ts'
import { calendarRoutes } from './calendar-routes.ts'
import { deviceRoutes } from './device-routes.ts'
import { groupRoutes } from './group-routes.ts'
import { mailRoutes } from './mail-routes.ts'
import { roleRoutes } from './role-routes.ts'
import type { Route } from './route.ts'
import { teamsRoutes } from './teams-routes.ts'
import type { Tenant } from './tenant.ts'
import { userRoutes } from './user-routes.ts'

const routes: readonly Route[] = [
  ...userRoutes,
  ...groupRoutes,
  ...roleRoutes,
  ...accessRoutes,
  ...deviceRoutes,
  ...mailRoutes,
  ...calendarRoutes,
  ...teamsRoutes,
]

/** @throws GraphFailure */
export function route(
  request: GraphRequest,
  tenant: Tenant,
  granted: readonly string[],
  pageSize: number,
): SimulatedResponse {
  for (const one of routes) {
    const values = one.method === request.method ? valuesIn(one.path, request.segments) : null
    if (values === null) continue
    if (one.needs.length > 0 && !one.needs.some(right => granted.includes(right))) {
      throw new GraphFailure(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
    }
    if (request.method !== 'GET') tenant.beforeChange()
    return one.answer({ request, tenant, id: n => values[n - 1] ?? '', pageSize, granted })
  }
  throw new GraphFailure(400, 'BadRequest', `Resource not found for the segment '${request.segments.join('/')}'.`)
}

function valuesIn(pattern: string, segments: readonly string[]): string[] | null {
  const wanted = pattern.slice(1).split('/')
  if (wanted.length !== segments.length) return null
  const values: string[] = []
  for (const [index, part] of wanted.entries()) {
    const segment = segments[index] ?? ''
    if (part === ':') values.push(segment)
    else if (part !== segment) return null
  }
  return values
}
