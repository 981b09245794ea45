import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'

/** Thrown anywhere in the simulator; answered in the shape of Graph's errors. */
export class GraphFailure extends Error {
  override readonly name = 'GraphFailure'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }

  response(): SimulatedResponse {
    const innerError = { date: '2026-11-21T20:00:00', 'request-id': '0', 'client-request-id': '0' }
    const { status, headers } = this
    const extra = Object.keys(headers).length === 0 ? {} : { headers }
    return { status, ...extra, body: { error: { code: this.code, message: this.message, innerError } } }
  }
}

export function notFound(id: string): GraphFailure {
  return new GraphFailure(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )
}

export function badRequest(message: string, code = 'Request_BadRequest'): GraphFailure {
  return new GraphFailure(400, code, message)
}

export const onPremisesMastered =
  'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.'

/** One request to Graph, alone or as a part of a batch. */
export interface GraphRequest {
  method: string
  /** Decoded segments below `/v1.0`. */
  segments: string[]
  query: URLSearchParams
  body: Record<string, unknown>
  /** Address below which `nextLink` is: `http://127.0.0.1:1234/microsoft-365/graph/v1.0`. */
  base: string
  /** `ConsistencyLevel: eventual`: without it there are no advanced queries. */
  eventual: boolean
  /** An application signed in, no person. */
  asApp: boolean
}

export function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw badRequest(`A value is required for property '${name}'.`)
  return value
}

export function parseJson(request: SimulatedRequest): Record<string, unknown> {
  const text = request.body.toString('utf8')
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {}
  throw badRequest('Unable to read JSON request payload.', 'BadRequest')
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
