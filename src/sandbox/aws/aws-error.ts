import type { SimulatedResponse } from '../simulator.ts'
import { xmlText } from './xml.ts'

export type Protocol = 'query' | 'json'

/** A refusal by AWS's own code. IAM and STS say it in XML with a telling status, Identity Center in JSON, mostly as 400. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: string
  readonly status: number | undefined
  /** Of a `ConflictException` of the identity store. */
  readonly reason: string | undefined

  constructor(code: string, message: string, status?: number, reason?: string) {
    super(message)
    this.reason = reason
    this.code = code
    this.status = status
  }

  response(protocol: Protocol): SimulatedResponse {
    if (protocol === 'json') {
      return {
        status: this.status ?? 400,
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
        body: {
          __type: this.code,
          message: this.message,
          Message: this.message,
          ...(this.reason === undefined ? {} : { Reason: this.reason }),
        },
      }
    }
    const error = { Type: 'Sender', Code: this.code, Message: this.message }
    return {
      status: this.status ?? statuses[this.code] ?? 400,
      headers: { 'content-type': 'text/xml' },
      body: xmlText('ErrorResponse', { Error: error, RequestId: requestId }),
    }
  }
}

export const requestId = '7a62c49f-347e-4fc4-9331-6e8eEXAMPLE'

/** Statuses of the query protocol that are not 400. */
const statuses: Record<string, number> = {
  NoSuchEntity: 404,
  DeleteConflict: 409,
  LimitExceeded: 409,
  EntityAlreadyExists: 409,
  ConcurrentModification: 409,
  EntityTemporarilyUnmodifiable: 409,
  AccessDenied: 403,
  InvalidClientTokenId: 403,
  SignatureDoesNotMatch: 403,
  ExpiredToken: 403,
  MissingAuthenticationToken: 403,
  ServiceFailure: 500,
}

export function noSuch(what: string, name: string): AwsError {
  return new AwsError('NoSuchEntity', `The ${what} with name ${name} cannot be found.`)
}
