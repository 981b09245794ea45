import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import { type HttpClient, path } from '../../http/client.ts'
import { backoff, mostAttempts } from '../../http/retry.ts'
import { parseRetryAfter } from '../../http/retry-after.ts'
import { readGraphError } from './graph-error.ts'

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
}

/** Microsoft's limit (learn.microsoft.com/graph/json-batching). */
const mostParts = 20
/** Longer than this nobody waits for one batch. */
const longestWaitMs = 30_000

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
 * Sends parts together, twenty at a time, and each that was throttled again by itself: a batch that went well (200) says
 * nothing of its parts. All parts must be such that sending them twice does no harm. Answers are in the order of parts.
 * @throws K1Error `rate-limited` when a part has to wait too long, and what the batch as a whole fails with
 */
export async function sendBatch(
  http: HttpClient,
  clock: Clock,
  parts: readonly BatchPart[],
  signal?: AbortSignal,
): Promise<PartAnswer[]> {
  const answers = new Map<number, PartAnswer>()
  let open = [...parts.keys()]
  for (let attempt = 1; open.length > 0; attempt++) {
    let waitMs = 0
    const again: number[] = []
    for (let from = 0; from < open.length; from += mostParts) {
      const chosen = open.slice(from, from + mostParts)
      for (const [index, { answer, retryAfterMs }] of await post(http, clock, parts, chosen)) {
        answers.set(index, answer)
        if (answer.status !== 429 && answer.status !== 503 && answer.status !== 504) continue
        again.push(index)
        waitMs = Math.max(waitMs, backoff(attempt, 0.5, retryAfterMs))
      }
    }
    open = again
    if (open.length === 0 || attempt >= mostAttempts) break
    if (waitMs > longestWaitMs) throw tooLong(clock.now(), waitMs)
    await clock.sleep(waitMs, signal)
  }
  return parts.map((_, index) => answers.get(index) ?? { status: 0, body: undefined })
}

async function post(
  http: HttpClient,
  clock: Clock,
  parts: readonly BatchPart[],
  chosen: readonly number[],
): Promise<Map<number, { answer: PartAnswer; retryAfterMs: number | undefined }>> {
  const requests = chosen.map(index => ({ id: String(index), ...asPart(parts[index]) }))
  const writes = chosen.some(index => parts[index]?.method !== 'GET')
  const { body } = await http.request({
    method: 'POST',
    path: path`/$batch`,
    json: { requests },
    answer: answerSchema,
    write: writes,
    repeatable: !writes,
  })
  return new Map(
    chosen.map(index => {
      const part = parts[index]
      const found = body.responses.find(({ id }) => id === String(index))
      if (found === undefined || part === undefined) {
        throw new K1Error('contract', 'Microsoft 365 left out the answer to a part of a batch.', {
          facts: { method: 'POST', path: '/$batch', field: `responses.${index}` },
        })
      }
      const { status } = found
      const error = status < 300 ? {} : { error: partError(part, status, found.body) }
      const waited = Object.entries(found.headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
      const retryAfterMs = parseRetryAfter(waited === undefined ? undefined : String(waited), clock.now())
      return [index, { answer: { status, body: found.body, ...error }, retryAfterMs }]
    }),
  )
}

function asPart(part: BatchPart | undefined): object {
  if (part?.body === undefined) return { method: part?.method, url: part?.url }
  return { ...part, headers: { 'Content-Type': 'application/json' } }
}

function partError({ method, url }: BatchPart, status: number, body: unknown): K1Error {
  const what = `${method} ${url.split('?')[0]}`
  const own = readGraphError(status, body, what)
  if (own !== undefined) return own
  const facts = { status, method, path: url.split('?')[0] }
  if (status === 429) return new K1Error('rate-limited', `Microsoft 365 still asks to slow down at ${what}.`, { facts })
  const kind = status === 401 ? 'sign-in' : status >= 500 ? 'server' : 'rejected'
  return new K1Error(kind, `Microsoft 365 failed at ${what} (${status}).`, { facts })
}

function tooLong(now: Date, waitMs: number): K1Error {
  const at = new Date(now.getTime() + waitMs).toISOString()
  return new K1Error('rate-limited', `Microsoft 365 takes no more calls like this one before ${at}.`, {
    hint: `Try again after ${at}.`,
    facts: { retryAt: at, retryAfterSeconds: Math.ceil(waitMs / 1000) },
  })
}
