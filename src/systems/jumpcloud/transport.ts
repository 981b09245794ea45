import type { ZodType } from 'zod'
import { K1Error } from '../../core/errors.ts'
import type { HttpClient, Path, QueryValues, RequestSpec } from '../../http/client.ts'
import { guardPages } from '../../http/page-guard.ts'

export const pageSize = 100

/** Where a request belongs: `x-org-id` is only sent to routes that the contract gives it to; others answer 403. */
export type Scope = 'organization' | 'outside'

export interface Write extends Pick<RequestSpec<unknown>, 'method' | 'path' | 'json' | 'query' | 'repeatable'> {
  fine?: readonly number[]
}

export interface Transport {
  get<T>(where: Path, answer: ZodType<T>, query?: QueryValues, scope?: Scope): Promise<T>
  /**
   * Repeatable unless said otherwise. `fine` are refusals that say it is so already (404 to taking away, 409 to adding),
   * also when an earlier attempt was not answered; the look decides.
   */
  send(spec: Write, scope?: Scope): Promise<void>
  /** All pages of API 1, or of the few routes of API 2 that answer like it: `{results, totalCount}`. */
  pages1<T>(
    where: Path,
    answer: ZodType<{ results: T[]; totalCount: number }>,
    query?: QueryValues,
    scope?: Scope,
  ): AsyncGenerator<T>
  /**
   * All pages of API 2: bare arrays. Its default limit is 10, the highest 100. A page may have fewer rows than were asked
   * for and not be the last: those of things that are gone are left out (github.com/TheJumpCloud/support/issues/369). So
   * it is the last when it is empty, or has less than half of what it could have.
   */
  pages2<T>(where: Path, answer: ZodType<T[]>, query?: QueryValues, scope?: Scope): Promise<T[]>
}

/** @param http its base URL ends in `/api`. */
export function createTransport(http: HttpClient, orgId: string | undefined): Transport {
  function headersFor(scope: Scope = 'organization'): Record<string, string> {
    return scope === 'organization' && orgId !== undefined ? { 'x-org-id': orgId } : {}
  }

  async function get<T>(where: Path, answer: ZodType<T>, query: QueryValues = {}, scope?: Scope): Promise<T> {
    return (await http.request({ method: 'GET', path: where, query, headers: headersFor(scope), answer })).body
  }

  return {
    get,

    async send({ fine = [], ...spec }, scope) {
      // Most writes here say what should be so, and not what should happen.
      await http.request({ repeatable: true, accept: fine, ...spec, headers: headersFor(scope) })
    },

    async *pages1(where, answer, query = {}, scope) {
      const guard = guardPages('JumpCloud', where.text)
      for (let skip = 0; ; ) {
        const { results, totalCount } = await get(where, answer, { ...query, limit: pageSize, skip }, scope)
        yield* results
        skip += results.length
        if (skip >= totalCount) return
        // A list that ends early would be taken for the whole.
        if (results.length === 0) throw unfinished(where, skip, totalCount)
        guard.goOn({ rows: results })
      }
    },

    async pages2(where, answer, query = {}, scope) {
      const all = []
      const guard = guardPages('JumpCloud', where.text)
      for (let page = 0; ; page++) {
        // Its Link headers are not followed: only some routes have them, and skip says the same.
        const rows = await get(where, answer, { ...query, limit: pageSize, skip: page * pageSize }, scope)
        all.push(...rows)
        if (rows.length < pageSize / 2) return all
        guard.goOn({ rows })
      }
    },
  }
}

function unfinished(where: Path, got: number, due: number): K1Error {
  return new K1Error('contract', `JumpCloud sent ${got} of ${due} rows of ${where.text} and no more.`, {
    facts: { path: where.text, got, due },
    hint: 'Nothing was concluded from the list. Try again.',
  })
}
