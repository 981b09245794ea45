import { type ZodType, z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import { encodeQuery } from '../../http/body.ts'
import { type HttpClient, type Path, path, type Query } from '../../http/client.ts'
import { guardPages } from '../../http/page-guard.ts'
import { sendBatch } from './batch.ts'
import { isNotFound } from './graph-error.ts'
import { nextPage } from './next-page.ts'
import type { Write } from './write.ts'

/** Microsoft Graph v1.0 of one tenant: reads anything, and changes only what `write.ts` has a name for. */
export interface Graph {
  /** `https://graph.microsoft.com/v1.0`: what references to objects begin with. */
  readonly base: string
  get<T>(where: Path, answer: ZodType<T>, query?: Query): Promise<T>
  /** All pages. */
  list<T>(where: Path, item: ZodType<T>, query?: Query): Promise<T[]>
  pages<T>(where: Path, item: ZodType<T>, query?: Query): AsyncGenerator<T>
  /** Several readings in one request; null for what is not there. @throws K1Error what one of them fails with */
  getAll<T>(where: readonly Path[], answer: ZodType<T>, query?: Query): Promise<(T | null)[]>
  countUsers(): Promise<number>
  write(write: Write): Promise<void>
  /** Together; what is gone already is no failure. Answers what went wrong, each with its change. */
  writeAll(writes: readonly Write[]): Promise<{ write: Write; error: K1Error }[]>
}

/** @param http its base URL is `base`. */
export function createGraph(http: HttpClient, base: string, clock: Clock, signal?: AbortSignal): Graph {
  const get = async <T>(where: Path, answer: ZodType<T>, query: Query = {}, headers = {}): Promise<T> =>
    (await http.request({ method: 'GET', path: where, query, headers, answer })).body

  async function* pages<T>(where: Path, item: ZodType<T>, query: Query = {}): AsyncGenerator<T> {
    const pageSchema = z.object({ value: z.array(item), '@odata.nextLink': z.string().nullish() })
    const guard = guardPages('Microsoft 365', where.text, '@odata.nextLink')
    let { value, '@odata.nextLink': next } = await get(where, pageSchema, query)
    for (;;) {
      yield* value
      if (!next) return
      guard.goOn({ next })
      ;({ value, '@odata.nextLink': next } = await get(nextPage(base, next, where), pageSchema))
    }
  }

  return {
    base,
    get,
    pages,
    async list(where, item, query) {
      const all = []
      for await (const one of pages(where, item, query)) all.push(one)
      return all
    },
    async getAll(where, answer, query) {
      const parts = where.map(one => ({ method: 'GET' as const, url: one.text + encodeQuery(query) }))
      return (await sendBatch(http, clock, parts, signal)).map(({ body, error }, index) => {
        if (isNotFound(error)) return null
        if (error !== undefined) throw error
        const parsed = answer.safeParse(body)
        if (parsed.success) return parsed.data
        const field = parsed.error.issues[0]?.path.map(String).join('.') ?? ''
        throw new K1Error('contract', `Microsoft 365 answered GET ${where[index]?.text} with something unexpected.`, {
          facts: { method: 'GET', path: where[index]?.text, field },
        })
      })
    },
    // Plain text, and only for readers who accept that it lags.
    countUsers: () => get(path`/users/$count`, z.number().int(), {}, { ConsistencyLevel: 'eventual' }),
    // Answers to changes are not read (200 with `true` and 204 with nothing mean the same): looking decides.
    async write({ method, path: where, json }) {
      await http.request({ method, path: where, ...(json === undefined ? {} : { json }) })
    },
    async writeAll(writes) {
      const parts = writes.map(({ method, path: { text }, json }) => ({
        method,
        url: text,
        ...(json === undefined ? {} : { body: json }),
      }))
      const answers = await sendBatch(http, clock, parts, signal)
      return writes.flatMap((write, index) => {
        const error = answers[index]?.error
        return error === undefined || isNotFound(error) ? [] : [{ write, error }]
      })
    },
  }
}
