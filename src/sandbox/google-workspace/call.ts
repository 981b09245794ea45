import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import { invalid } from './google-error.ts'
import type { GoogleState, GoogleUserState } from './state.ts'

/** One request that reached its route: what it asks for, and who asks. */
export interface GoogleCall {
  state: GoogleState
  params: Record<string, string>
  query: URLSearchParams
  request: SimulatedRequest
  now: Date
  /** The administrator whom the service account stands for. */
  admin: GoogleUserState
}

export interface Route {
  method: string
  /** As the published contract spells it. */
  path: string
  /** One of these will do: the last part of each. */
  scopes: readonly string[]
  handle(call: GoogleCall): SimulatedResponse
}

/** The members of the body; anything else than an object is refused. */
export function bodyOf({ request }: GoogleCall): Map<string, unknown> {
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value))
  } catch {
    // Said below.
  }
  throw invalid('Invalid JSON payload received.')
}

export function textIn(body: Map<string, unknown>, name: string): string {
  const value = body.get(name)
  if (typeof value !== 'string' || value === '') throw invalid(`Required field: ${name}`)
  return value
}

/** One page of a list, and the token of the next. */
export function page<T>({ query, state }: GoogleCall, all: readonly T[], usual: number) {
  const wanted = Number(query.get('maxResults') ?? usual)
  if (!Number.isInteger(wanted) || wanted < 1) throw invalid('Invalid value for maxResults')
  const size = Math.min(wanted, state.quirks.smallPages ? 1 : state.quirks.pageSize)
  const token = query.get('pageToken')
  const from = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString())
  if (!Number.isInteger(from) || from < 0) throw invalid('Invalid Input: pageToken')
  const next = from + size < all.length ? Buffer.from(String(from + size)).toString('base64url') : undefined
  return { items: all.slice(from, from + size), next: next === undefined ? {} : { nextPageToken: next } }
}

export function ok(body: unknown): SimulatedResponse {
  return { status: 200, headers: { 'content-type': 'application/json; charset=UTF-8' }, body }
}

export const noContent: SimulatedResponse = { status: 204 }
