import { z } from 'zod'
import { isK1Error, K1Error } from '../../core/errors.ts'
import { readMessage } from '../../http/message.ts'

const title = 'Google Workspace'

const shape = z.object({
  error: z.object({
    message: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
    status: z.string().optional(),
    details: z.array(z.object({ reason: z.string().optional() })).optional(),
  }),
})

/**
 * Google says "slow down" with 403 as well as with 429; only the reason tells it from a missing right. Source: Directory
 * API, "Limits and quotas".
 */
const slowDown = new Set([
  'userRateLimitExceeded',
  'quotaExceeded',
  'rateLimitExceeded',
  'sharingRateLimitExceeded',
  'dailyLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
])

/**
 * Newer APIs, and older ones at times, say it with a status and words alone, or as a plain "forbidden". Sources: AIP-193
 * (RESOURCE_EXHAUSTED), Directory API "Limits and quotas" ("Request rate higher than configured"), Service Usage ("Quota
 * exceeded for quota metric").
 */
const slowDownWords = /quota exceeded|rate higher than configured|rate limit exceeded/i

/** The scope is missing from the token. The second word is what newer APIs (licensing) say. */
const scopeReasons = new Set(['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'])
const disabledReasons = new Set(['accessNotConfigured', 'SERVICE_DISABLED'])

/** @returns undefined where the usual reading says enough */
export function readGoogleError(status: number, body: unknown): K1Error | undefined {
  const parsed = shape.safeParse(body)
  if (!parsed.success) return undefined
  const { error } = parsed.data
  const reasons = [...(error.errors ?? []), ...(error.details ?? [])].flatMap(one => one.reason ?? [])
  const message = readMessage(body)
  const facts = {
    status,
    ...(reasons[0] ? { reason: reasons[0] } : {}),
    ...(error.status ? { said: error.status } : {}),
    ...(message ? { message } : {}),
  }
  const words = message === undefined ? '.' : `: ${message.replace(/[.]?$/, '.')}`
  const isSlowDown =
    reasons.some(reason => slowDown.has(reason)) ||
    error.status === 'RESOURCE_EXHAUSTED' ||
    (message !== undefined && slowDownWords.test(message))
  if (isSlowDown && (status === 403 || status === 429)) {
    const hint = 'Try again in a few minutes.'
    return new K1Error('rate-limited', `${title} asks to slow down (${status})${words}`, { facts, hint })
  }
  if (status === 403) {
    return new K1Error('forbidden', `${title} does not allow this (403)${words}`, { facts, hint: hintFor(reasons) })
  }
  if (status === 404 || status === 409 || status === 412 || status === 400) {
    return new K1Error('rejected', `${title} refused this (${status})${words}`, { facts })
  }
  return undefined
}

function hintFor(reasons: readonly string[]): string {
  if (reasons.some(reason => scopeReasons.has(reason))) {
    return 'Add the missing scope to the domain-wide delegation of the service account; k1ctl doctor names it.'
  }
  if (reasons.some(reason => disabledReasons.has(reason))) {
    return "Enable the Admin SDK API (and the Enterprise License Manager API) in the service account's Cloud project."
  }
  return 'Let adminEmail be a super administrator: a delegated administrator may not touch other administrators.'
}

export function lacksScope(error: K1Error): boolean {
  return scopeReasons.has(String(error.facts.reason))
}

export function isApiDisabled(error: K1Error): boolean {
  return disabledReasons.has(String(error.facts.reason))
}

export function hasStatus(error: unknown, status: number): error is K1Error {
  return isK1Error(error) && error.facts.status === status
}

/**
 * Null where Google itself says that there is no such thing. A 404 without its words comes from an address that is wrong,
 * or from a proxy that lost its way, and says nothing of a membership, a licence or a device.
 */
export async function unlessNotThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (hasStatus(error, 404) && (error.facts.reason ?? error.facts.said) !== undefined) return null
    throw error
  }
}

/** 412 `conditionNotMet` "User is deleted": gone, and for 20 days it could still be brought back. */
export function isDeletedUser(error: unknown): boolean {
  return hasStatus(error, 412) && /deleted/i.test(String(error.facts.message))
}

/** 409 "Conflicting requests. Please try again", or ABORTED (AIP-193): nothing was done. */
export function isConflict(error: unknown): boolean {
  return hasStatus(error, 409) && !isDuplicate(error)
}

/** "Member already exists.", "Entity already exists": only what says so is there already; any other 409 did nothing. */
export function isDuplicate(error: unknown): boolean {
  if (!hasStatus(error, 409)) return false
  const { reason, said, message } = error.facts
  if (reason === 'conflict' || reason === 'aborted' || said === 'ABORTED') return false
  return reason === 'duplicate' || said === 'ALREADY_EXISTS' || /already/i.test(String(message))
}

/**
 * Google's passing weakness: another try is what it asks for. Any 500, also one without a word, and the 400 "A system
 * error has occurred" (both are in the set that GAM retries).
 */
export function isPassing(error: unknown): boolean {
  return (
    hasStatus(error, 500) || (hasStatus(error, 400) && /system error has occurred/i.test(String(error.facts.message)))
  )
}
