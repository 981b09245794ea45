import type { SimulatedResponse } from '../simulator.ts'

/** How Google's APIs say no: one reason a machine can read, one sentence for people. */
export class GoogleError extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }

  response(): SimulatedResponse {
    const { status: code, reason, message } = this
    const errors = [{ message, domain: 'global', reason }]
    const headers = { 'content-type': 'application/json; charset=UTF-8' }
    return { status: code, headers, body: { error: { code, message, errors } } }
  }
}

export function notFound(what: string): GoogleError {
  return new GoogleError(404, 'notFound', `Resource Not Found: ${what}`)
}

export function invalid(message: string): GoogleError {
  return new GoogleError(400, 'invalid', message)
}

/** What an administrator hears who may not do this, and anybody who asks for a user of another company. */
export function notAuthorized(): GoogleError {
  return new GoogleError(403, 'forbidden', 'Not Authorized to access this resource/api')
}
