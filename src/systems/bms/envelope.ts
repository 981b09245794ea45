import { type ZodType, z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { quotable } from '../../http/message.ts'

/** The contract writes `Result`, the wire says `result`: every member gets the wire's spelling, once, here. */
export function normalizeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalizeKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [wireName(key), normalizeKeys(inner)]))
}

/** Most are spelled so already: a name that is put together anew costs more than the rest of its member. */
function wireName(key: string): string {
  return /^[a-z]/.test(key) ? key : key.charAt(0).toLowerCase() + key.slice(1)
}

const errorInfo = z.object({
  code: z.number().nullish(),
  message: z.string().nullish(),
  details: z.string().nullish(),
  subErrors: z.array(z.string()).nullish(),
})

const failed = z.object({ success: z.literal(false), error: errorInfo.nullish() })

export type Failed = z.infer<typeof failed>

export interface Done<T> {
  success?: true | undefined
  result: T
  totalRecords?: number | null | undefined
}

/**
 * `{Success, Error, Result, TotalRecords}`: BMS answers 200 for failures, too, so both shapes are good answers and
 * `unwrap` tells them apart.
 */
export function envelope<T>(result: ZodType<T>): ZodType<Done<T> | Failed> {
  const made = envelopes.get(result) ?? makeEnvelope(result)
  envelopes.set(result, made)
  return made as ZodType<Done<T> | Failed>
}

/** Zod makes code of a shape when it first meets it: a shape of its own for each request would cost more than the request. */
const envelopes = new WeakMap<ZodType, ZodType>()

function makeEnvelope<T>(result: ZodType<T>): ZodType<Done<T> | Failed> {
  const done: ZodType<Done<T>> = z.object({
    success: z.literal(true).optional(),
    result,
    totalRecords: z.number().nullish(),
  })
  return z.preprocess(normalizeKeys, z.union([done, failed]))
}

/** For writes, whose result is not needed and whose body may be missing altogether (DELETE). */
export const acknowledgement: ZodType<Failed | { success?: true | undefined } | undefined> = z.preprocess(
  normalizeKeys,
  z.union([z.object({ success: z.literal(true).optional() }), failed]).optional(),
)

export function isFailed(body: object | undefined): body is Failed {
  return body !== undefined && 'success' in body && body.success === false
}

/** @throws K1Error `rejected` or `forbidden` with BMS's words, when the envelope holds a failure */
export function unwrap<T>(body: Done<T> | Failed, what: string): Done<T> {
  if (isFailed(body)) throw failureInside(body, what)
  return body
}

export function failureInside(body: Failed, what: string): K1Error {
  const words = messageOf(body)
  const facts = { status: 200, what, code: body.error?.code ?? null, message: words }
  // What the codes mean is not published; the ones that are HTTP statuses are taken as such, for the hint alone.
  if (body.error?.code === 403) {
    return new K1Error('forbidden', `BMS does not allow ${what}: ${words}`, {
      facts,
      hint: 'Ask a BMS administrator for the right that this needs.',
    })
  }
  return new K1Error('rejected', `BMS refused ${what}: ${words}`, { facts })
}

export function messageOf(body: Failed): string {
  const { message, details, subErrors } = body.error ?? {}
  const said = [message, details, ...(subErrors ?? [])].filter(text => typeof text === 'string' && text.trim() !== '')
  return said.length === 0 ? 'it gives no reason.' : quotable([...new Set(said)].join(' '))
}
