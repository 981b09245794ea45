import { type ZodType, z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { type Part, partOf } from '../../core/parts.ts'
import type { Clock } from '../../core/ports.ts'
import { encodeQuery } from '../../http/body.ts'
import { type HttpClient, type Path, path, type QueryValues } from '../../http/client.ts'
import { guardPages } from '../../http/page-guard.ts'
import { type BatchOptions, type BatchPart, isPassing, type PartAnswer, type Passing, sendBatch } from './batch.ts'
import { isAlreadyThere, isNotFound, naming, statusOf } from './graph-error.ts'
import { nextPage } from './next-page.ts'
import { createSharedBatch } from './shared-batch.ts'
import type { Write } from './write.ts'

/** Microsoft Graph v1.0 of one tenant: reads anything, and changes only what `write.ts` has a name for. */
export interface Graph {
  /** `https://graph.microsoft.com/v1.0`: what references to objects begin with. */
  readonly base: string
  get<T>(where: Path, answer: ZodType<T>, query?: QueryValues): Promise<T>
  /** All pages. */
  list<T>(where: Path, item: ZodType<T>, query?: QueryValues, headers?: Readonly<Record<string, string>>): Promise<T[]>
  pages<T>(where: Path, item: ZodType<T>, query?: QueryValues): AsyncGenerator<T>
  /** Several readings in one request; null for what is not there. @throws K1Error what one of them fails with */
  getAll<T>(where: readonly Path[], answer: ZodType<T>, query?: QueryValues): Promise<(T | null)[]>
  /** Several lists in one request, each whole or with what went wrong with it. */
  lists<T extends readonly unknown[]>(
    wanted: {
      [K in keyof T]: ListOf<T[K]>
    },
  ): Promise<{ [K in keyof T]: Part<T[K][]> }>
  countUsers(): Promise<number>
  write(write: Write): Promise<void>
  /**
   * Together. Answers what went wrong with each, in their order; what is gone already, or there already, is no failure.
   * @param passing of a refusal that ends with the other parts: then the part is sent again
   */
  writeAll(writes: readonly Write[], passing?: Passing): Promise<(K1Error | undefined)[]>
}

export interface ListOf<T> {
  where: Path
  item: ZodType<T>
  query?: QueryValues
}

/** @param http its base URL is `base`. */
export function createGraph(http: HttpClient, base: string, clock: Clock, options: BatchOptions = {}): Graph {
  const shared = createSharedBatch(http, clock)

  async function get<T>(where: Path, answer: ZodType<T>, query: QueryValues = {}, headers = {}): Promise<T> {
    // A header goes with a request of its own.
    const joined = Object.keys(headers).length > 0 ? null : await shared.join([readingOf({ where, query })])
    const [found] = joined ?? []
    if (found !== undefined && found.error === undefined) return parsed(found.body, answer, where)
    if (found?.error !== undefined && isAboutIt(found.error)) throw found.error
    await waitFor([found])
    try {
      return (await http.request({ method: 'GET', path: where, query, headers, answer })).body
    } catch (error) {
      throw naming(error, `GET ${where.text}`)
    }
  }

  /** Before what was asked to slow down is asked again; who is to wait longer hears so then. */
  async function waitFor(answers: readonly (PartAnswer | undefined)[]): Promise<void> {
    const waitMs = Math.max(0, ...answers.map(answer => answer?.retryAfterMs ?? 0))
    if (waitMs > 0) await clock.sleep(Math.min(waitMs, longestWaitMs), options.signal)
  }

  async function* pages<T>(where: Path, item: ZodType<T>, query: QueryValues = {}, headers = {}): AsyncGenerator<T> {
    yield* following(await get(where, pageOf(item), query, headers), where, item, headers)
  }

  /** This page and those behind it. */
  async function* following<T>(first: Page<T>, where: Path, item: ZodType<T>, headers = {}): AsyncGenerator<T> {
    const guard = guardPages('Microsoft 365', where.text, '@odata.nextLink')
    let { value, '@odata.nextLink': next } = first
    for (;;) {
      yield* value
      if (!next) return
      guard.goOn({ next })
      ;({ value, '@odata.nextLink': next } = await get(nextPage(base, next, where), pageOf(item), {}, headers))
    }
  }

  function parsed<T>(body: unknown, answer: ZodType<T>, where: Path): T {
    const { success, data, error } = answer.safeParse(body)
    if (success) return data
    const field = error.issues[0]?.path.map(String).join('.') ?? ''
    throw new K1Error('contract', `Microsoft 365 answered GET ${where.text} with something unexpected.`, {
      facts: { method: 'GET', path: where.text, field },
    })
  }

  async function getTogether(where: readonly { where: Path; query?: QueryValues }[]): Promise<PartAnswer[]> {
    const parts = where.map(readingOf)
    const answers = await shared.join(parts)
    if (answers === null) return sendBatch(http, clock, parts, options)
    const open = parts.filter((_, index) => answers[index] === undefined || isPassing(answers[index]))
    if (open.length === 0) return answers
    await waitFor(answers)
    // What met something passing is tried again by itself, and keeps nobody else waiting.
    const again = await sendBatch(http, clock, open, options)
    return parts.map((part, index) => again[open.indexOf(part)] ?? answers[index] ?? unanswered)
  }

  return {
    base,
    get,
    pages,
    list: (where, item, query, headers) => whole(pages(where, item, query, headers)),
    async getAll(where, answer, query) {
      const answers = await getTogether(where.map(one => ({ where: one, ...(query ? { query } : {}) })))
      return answers.map(({ body, error }, index) => {
        const place = where[index]
        if (isNotFound(error) || place === undefined) return null
        if (error !== undefined) throw error
        return parsed(body, answer, place)
      })
    },
    async lists<T extends readonly unknown[]>(wanted: { [K in keyof T]: ListOf<T[K]> }) {
      const all: readonly ListOf<unknown>[] = wanted
      const answers = await getTogether(all)
      const read = async ({ where, item }: ListOf<unknown>, { body, error }: PartAnswer = unanswered) => {
        if (error !== undefined) throw error
        return whole(following(parsed(body, pageOf(item), where), where, item))
      }
      // Also one that has another shape than it should fails alone.
      const parts = await Promise.all(all.map((one, index) => partOf(read(one, answers[index]))))
      return parts as { [K in keyof T]: Part<T[K][]> }
    },
    // Plain text, and only for readers who accept that it lags.
    countUsers: () => get(path`/users/$count`, z.number().int(), {}, { ConsistencyLevel: 'eventual' }),
    // Answers to changes are not read (200 with `true` and 204 with nothing mean the same): looking decides.
    async write({ method, path: where, json }) {
      try {
        await http.request({ method, path: where, ...(json === undefined ? {} : { json }) })
      } catch (error) {
        if (method === 'DELETE' ? !isNotFound(error) : !isAlreadyThere(error)) {
          throw naming(error, `${method} ${where.text}`)
        }
      }
    },
    async writeAll(writes, passing) {
      const parts = writes.map(({ method, path: { text }, json }) => ({
        method,
        url: text,
        ...(json === undefined ? {} : { body: json }),
      }))
      const answers = await sendBatch(http, clock, parts, { ...options, ...(passing ? { passing } : {}) })
      return answers.map(({ error }, index) => {
        const done = writes[index]?.method === 'DELETE' ? isNotFound(error) : isAlreadyThere(error)
        return done ? undefined : error
      })
    },
  }
}

const longestWaitMs = 30_000

const unanswered: PartAnswer = { status: 0, body: undefined }

function readingOf({ where, query }: { where: Path; query?: QueryValues }): BatchPart {
  return { method: 'GET', url: where.text + encodeQuery(query) }
}

/** A refusal that says something of what was asked for; anything else is tried again by itself. */
function isAboutIt(error: K1Error): boolean {
  return [400, 403, 404].includes(statusOf(error) ?? 0)
}

interface Page<T> {
  value: T[]
  '@odata.nextLink'?: string | null | undefined
}

function pageOf<T>(item: ZodType<T>): ZodType<Page<T>> {
  return z.object({ value: z.array(item), '@odata.nextLink': z.string().nullish() })
}

async function whole<T>(items: AsyncGenerator<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of items) all.push(one)
  return all
}
