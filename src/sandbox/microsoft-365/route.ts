import type { SimulatedResponse } from '../simulator.ts'
import type { GraphRequest } from './answers.ts'
import type { Tenant } from './tenant.ts'

export interface RouteCall {
  request: GraphRequest
  tenant: Tenant
  /** The value of the n-th placeholder. */
  id: (n: number) => string
  pageSize: number
  granted: readonly string[]
}

export interface Route {
  method: string
  /** `/users/:/memberOf` */
  path: string
  /** Application permissions, one of which is enough (Microsoft's permission tables). */
  needs: readonly string[]
  answer(call: RouteCall): SimulatedResponse
}
