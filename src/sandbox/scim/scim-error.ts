import type { SimulatedResponse } from '../simulator.ts'

export type ScimType =
  | 'invalidFilter'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'

/** A refusal in the shape of RFC 7644, 3.12. */
export class ScimError extends Error {
  readonly status: number
  readonly scimType: ScimType | undefined
  /** Members beyond the standard's: `code` and `missing`, as the contract's problems have them. */
  readonly extra: Record<string, unknown>

  constructor(status: number, detail: string, scimType?: ScimType, extra: Record<string, unknown> = {}) {
    super(detail)
    this.status = status
    this.scimType = scimType
    this.extra = extra
  }

  response(): SimulatedResponse {
    const headers: Record<string, string> = { 'content-type': 'application/scim+json' }
    if (this.status === 401) headers['www-authenticate'] = 'Bearer'
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(this.status),
      ...(this.scimType ? { scimType: this.scimType } : {}),
      detail: this.message,
      ...this.extra,
    }
    return { status: this.status, headers, body }
  }
}
