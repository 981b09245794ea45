import type { SimulatedResponse } from '../simulator.ts'

const statuses = {
  'wrong-credentials': 401,
  'wrong-code': 401,
  'token-expired': 401,
  'push-denied': 403,
  'challenge-expired': 410,
  forbidden: 403,
  'not-found': 404,
  prerequisite: 409,
  'lock-out': 409,
  precondition: 412,
  'precondition-required': 428,
  invalid: 422,
} as const

const titles: Record<ProblemCode, string> = {
  'wrong-credentials': 'Wrong username, company name or password',
  'wrong-code': 'Wrong code',
  'token-expired': 'Not logged in',
  'push-denied': 'The push was denied',
  'challenge-expired': 'The challenge is over',
  forbidden: 'Not allowed',
  'not-found': 'Not found',
  prerequisite: 'Something else must be set up first',
  'lock-out': 'Nobody could log in any more',
  precondition: 'Changed in the meantime',
  'precondition-required': 'If-Match is required',
  invalid: 'Not valid',
}

export type ProblemCode = keyof typeof statuses

/** A refusal on its way to the answer: thrown where a rule is broken, answered once, at the simulator's door. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly extra: Record<string, unknown>

  constructor(code: ProblemCode, detail: string, extra: Record<string, unknown> = {}) {
    super(detail)
    this.code = code
    this.extra = extra
  }

  get status(): number {
    return statuses[this.code]
  }

  /** RFC 9457. */
  response(): SimulatedResponse {
    const { code, status, message: detail } = this
    const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
    if (code === 'token-expired') headers['www-authenticate'] = 'Bearer'
    return { status, headers, body: { type: 'about:blank', title: titles[code], status, detail, code, ...this.extra } }
  }
}
