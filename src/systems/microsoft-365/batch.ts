import { z } from 'zod'
import { asK1Error, K1Error } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import { type HttpClient, type Path, path } from '../../http/client.ts'
import { backoff, mostAttempts } from '../../http/retry.ts'
import { parseRetryAfter } from '../../http/retry-after.ts'
import { isAlreadyThere, readGraphError } from './graph-error.ts'

export interface BatchPart {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below `/v1.0`, percent-encoded, with its query. */
  url: string
  body?: unknown
}

export interface PartAnswer {
  status: number
  body: unknown
  /** Absent where it went well. */
  error?: K1Error
  /** So long it asks to wait. */
  retryAfterMs?: number | undefined
}

/** Is this a refusal that passes when the other parts are done? Then the part is sent again by itself. */
export type Passing = (error: K1Error) => boolean

export interface BatchOptions {
  signal?: AbortSignal | undefined
  passing?: Passing
  /** So long a part that is asked to slow down is tried; two minutes, where nothing is said. */
  deadlineMs?: number | undefined
}

/** Intune asks to wait for a minute or two; so long a part is tried at least. */
const leastMs = 120_000

/** Microsoft's limit (learn.microsoft.com/graph/json-batching). */
export const mostParts = 20
/** Nothing was done, or something passing is in the way; all parts are such that sending them twice does no harm. */
const passingStatuses = new Set([409, 423, 429, 500, 502, 503, 504])

const answerSchema = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.unknown()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
})

/**
 * Sends parts together, twenty at a time, and each that met something passing again by itself: a batch that went well
 * (200) says nothing of its parts. All parts must be such that sending them twice does no harm. Answers are in the order
 * of parts, each with its own failure.
 * @throws K1Error what the batch as a whole fails with, where nothing of it was answered
 */
export async function sendBatch(
  http: HttpClient,
  clock: Clock,
  parts: readonly BatchPart[],
  { signal, passing = () => false, deadlineMs = 0 }: BatchOptions = {},
): Promise<PartAnswer[]> {
  const answers = new Map<number, PartAnswer>()
  const end = clock.now().getTime() + Math.max(leastMs, deadlineMs)
  let open = [...parts.keys()]
  for (let attempt = 1; open.length > 0; attempt++) {
    let waitMs = 0
    const again: number[] = []
    for (let from = 0; from < open.length; from += mostParts) {
      const chosen = open.slice(from, from + mostParts)
      for (const [index, answer] of await postOrFail(chosen)) {
        answers.set(index, answer)
        const { status, error, retryAfterMs } = answer
        const passes = isPassing(answer) && !isAlreadyThere(error)
        if (!passes && !(error !== undefined && passing(error))) continue
        const pauseMs = backoff(attempt, 0.5, retryAfterMs)
        const now = clock.now()
        // A refusal for rate is none: it is tried for as long as there is time.
        if (status === 429 && now.getTime() + pauseMs > end) answers.set(index, tooLong(answer, now, pauseMs))
        else if (status === 429 || attempt < mostAttempts) {
          again.push(index)
          waitMs = Math.max(waitMs, pauseMs)
        }
      }
    }
    open = again
    if (open.length > 0) await clock.sleep(waitMs, signal)
  }
  return parts.map((_, index) => answers.get(index) ?? { status: 0, body: undefined })

  /** What fails as a whole after some of it was answered is the failure of the rest. */
  async function postOrFail(chosen: readonly number[]): ReturnType<typeof postBatch> {
    try {
      return await postBatch(http, clock, parts, chosen)
    } catch (thrown) {
      const error = asK1Error(thrown)
      if (error.kind === 'cancelled' || answers.size === 0) throw error
      return new Map(chosen.map(index => [index, { status: 0, body: undefined, error }]))
    }
  }
}

/** What one part of a batch was answered. */
export type RawPart = z.infer<typeof answerSchema>['responses'][number]

/**
 * Sends requests in one, each with an id of its own, once; answers are in their order.
 * @throws K1Error `contract` where one was left out, and what the batch as a whole fails with
 */
export async function postParts(
  http: HttpClient,
  where: Path,
  requests: readonly { id: string }[],
  { service, writes, headers = {} }: { service: string; writes: boolean; headers?: Readonly<Record<string, string>> },
): Promise<RawPart[]> {
  const { body } = await http.request({
    method: 'POST',
    path: where,
    json: { requests },
    headers,
    answer: answerSchema,
    write: writes,
    repeatable: !writes,
  })
  return requests.map(({ id }) => {
    const found = body.responses.find(one => one.id === id)
    if (found !== undefined) return found
    throw new K1Error('contract', `${service} left out the answer to a part of a batch.`, {
      facts: { method: 'POST', path: '/$batch', field: `responses.${id}` },
    })
  })
}

/** Once, with whatever each part was answered; in their order. */
export async function postBatch(
  http: HttpClient,
  clock: Clock,
  parts: readonly BatchPart[],
  chosen: readonly number[],
): Promise<Map<number, PartAnswer>> {
  const sent = chosen.flatMap(index => {
    const part = parts[index]
    return part === undefined ? [] : [{ index, part }]
  })
  const requests = sent.map(({ index, part }) => ({ id: String(index), ...asPart(part) }))
  const writes = sent.some(({ part }) => part.method !== 'GET')
  const answers = await postParts(http, path`/$batch`, requests, { service: 'Microsoft 365', writes })
  return new Map(
    sent.flatMap(({ index, part }, at) => {
      const found = answers[at]
      if (found === undefined) return []
      const { status } = found
      const error = status < 300 ? {} : { error: partError(part, status, found.body) }
      return [[index, { status, body: found.body, ...error, retryAfterMs: askedToWait(found, clock.now()) }]]
    }),
  )
}

/** So long one part asks to wait, in milliseconds. */
export function askedToWait({ headers }: RawPart, now: Date): number | undefined {
  const waited = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
  return parseRetryAfter(waited === undefined ? undefined : String(waited), now)
}

/** Worth trying again by itself. */
export function isPassing({ status }: PartAnswer): boolean {
  return passingStatuses.has(status)
}

function asPart(part: BatchPart): object {
  if (part.body === undefined) return { method: part.method, url: part.url }
  return { ...part, headers: { 'Content-Type': 'application/json' } }
}

function partError({ method, url }: BatchPart, status: number, body: unknown): K1Error {
  const what = `${method} ${url.split('?')[0]}`
  const own = readGraphError(status, body, what)
  if (own !== undefined) return own
  const facts = { status, method, path: url.split('?')[0] }
  if (status === 429) return new K1Error('rate-limited', `Microsoft 365 still asks to slow down at ${what}.`, { facts })
  const kind = status === 401 ? 'sign-in' : status === 403 ? 'forbidden' : status >= 500 ? 'server' : 'rejected'
  return new K1Error(kind, `Microsoft 365 failed at ${what} (${status}).`, { facts })
}

function tooLong(answer: PartAnswer, now: Date, waitMs: number): PartAnswer {
  const at = new Date(now.getTime() + waitMs).toISOString()
  const error = new K1Error('rate-limited', `Microsoft 365 takes no more calls like this one before ${at}.`, {
    hint: `Try again after ${at}.`,
    facts: { retryAt: at, retryAfterSeconds: Math.ceil(waitMs / 1000) },
  })
  return { ...answer, error }
}
