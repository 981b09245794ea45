import type { SimulatedResponse } from '../simulator.ts'

/** Thrown anywhere in the simulator; the body is JumpCloud's `{code, message, status}`. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }

  response(): SimulatedResponse {
    return {
      status: this.status,
      body: { code: this.status, message: this.message, status: words[this.status] ?? 'Error' },
    }
  }
}

const words: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  500: 'INTERNAL',
}
