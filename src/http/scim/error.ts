import { isK1Error, K1Error } from '../../core/errors.ts'
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
    return new K1Error('forbidden', `${title} does not let this account do that${tail(detail)}`, {
      facts,
      hint: `Ask an administrator of ${title} for the right that this needs.`,
    })
  }
  if (status === 412) {
    return new K1Error('conflict', `Somebody else has changed it in ${title} meanwhile; nothing was written.`, {
      facts,
    })
  }
  return new K1Error('rejected', `${title} said no to a SCIM request${tail(detail || `status ${status}`)}`, { facts })
}

/** The status that an answer had, where the failure is an answer. */
function statusOf(error: unknown): number | undefined {
  if (!isK1Error(error)) return undefined
  const { status } = error.facts
  return typeof status === 'number' ? status : undefined
}

/** There is no such thing, as far as the server says; a look has to confirm it. */
export function isNotFound(error: unknown): boolean {
  const status = statusOf(error)
  return status === 404 || status === 410
}

export function isStaleVersion(error: unknown): boolean {
  return statusOf(error) === 412
}

/**
 * The server does not take this filter: 400 (`invalidFilter`, or no reason at all), 501, or 403 `sensitive` (RFC 7644,
 * 7.5.2: no personal data in a URL). Any other 403 is a right that is missing, with or without a filter.
 */
export function isFilterRefused(error: unknown): boolean {
  const status = statusOf(error)
  if (status === 403) return isK1Error(error) && error.facts.scimType === 'sensitive'
  return status === 400 || status === 501
}

/** The server has no PATCH, whatever its configuration says. */
export function isMethodMissing(error: unknown): boolean {
  const status = statusOf(error)
  return status === 405 || status === 501
}

/** The server has PATCH, and does not understand this form of one: a filter in a path, a path at all. */
export function isPatchRefused(error: unknown): boolean {
  if (statusOf(error) === 415) return true
  if (statusOf(error) !== 400 || !isK1Error(error)) return false
  const { scimType } = error.facts
  const aboutForm = ['invalidPath', 'invalidFilter', 'invalidSyntax', 'invalidValue', 'noTarget']
  return scimType === undefined || aboutForm.includes(String(scimType))
}

/** It wants `application/json`, not the type that RFC 7644 has. */
export function isTypeRefused(error: unknown): boolean {
  return statusOf(error) === 415
}

function tail(detail: string): string {
  return detail === '' ? '.' : `: ${detail.replace(/\.$/, '')}.`
}
