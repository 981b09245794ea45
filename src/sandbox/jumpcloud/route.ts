import type { SimulatedResponse } from '../simulator.ts'
import type { Cloud, Organization } from './cloud.ts'
import { Refusal } from './refusal.ts'

export interface RouteCall {
  cloud: Cloud
  /** Of `x-org-id`; on routes that do not take it, the first. */
  organization: Organization
  /** That the credential sees. */
  visible: Organization[]
  /** Values of the path, in order. */
  ids: string[]
  query: URLSearchParams
  /** The JSON of the body; an empty object where there was none. */
  body: Record<string, unknown>
  now: Date
}

export interface Route {
  method: string
  /** As in the published contract, below the console's URL: `/api/systemusers/{id}`. */
  template: string
  /** Does the contract give it `x-org-id`? */
  takesOrganization: boolean
  handle(call: RouteCall): SimulatedResponse
}

export function inOrganization(method: string, template: string, handle: Route['handle']): Route {
  return { method, template, takesOrganization: true, handle }
}

export function outside(method: string, template: string, handle: Route['handle']): Route {
  return { method, template, takesOrganization: false, handle }
}

/** The values of the path where the route fits; null where it does not. */
export function match({ template }: Route, path: string): string[] | null {
  const pattern = template.replace(/\{[^}]+\}/g, '([^/]+)')
  const found = new RegExp(`^${pattern}$`).exec(path)
  return found === null ? null : found.slice(1).map(decodeURIComponent)
}

/** @throws Refusal 404 */
export function needed<T>(thing: T | undefined, what: string): T {
  if (thing === undefined) throw new Refusal(404, `${what} not found`)
  return thing
}

export function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw new Refusal(400, `${name} is required`)
  return value
}

export const ok = (body: unknown): SimulatedResponse => ({ status: 200, body })
export const done: SimulatedResponse = { status: 204 }
