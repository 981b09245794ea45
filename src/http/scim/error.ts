import { K1Error } from '../../core/errors.ts'
import { printable } from '../../core/redact.ts'
import { scimErrorSchema } from './schemas.ts'

/**
 * A SCIM error (RFC 7644, 3.12) as ours; undefined when it is none, or when the transport's own reading of the status
 * says more (401, 429, 5xx).
 */
export function readScimError(title: string, status: number, body: unknown): K1Error | undefined {
  const parsed = scimErrorSchema.safeParse(body)
  if (!parsed.success || status === 401 || status === 429 || status >= 500) return undefined
  const detail = printable(parsed.data.detail ?? '').trim()
  const facts = { status, ...(parsed.data.scimType ? { scimType: parsed.data.scimType } : {}) }
  if (status === 403) {
    return new K1Error('forbidden', `${title} does not let this account look up people${tail(detail)}`, { facts })
  }
  return new K1Error('rejected', `${title} said no to a SCIM request${tail(detail || `status ${status}`)}`, { facts })
}

function tail(detail: string): string {
  return detail === '' ? '.' : `: ${detail.replace(/\.$/, '')}.`
}
