import type { ZodType } from 'zod'
import type { K1Error } from '../core/errors.ts'
import type { Clock, HttpOptions } from '../core/ports.ts'
import type { Path } from './path.ts'
import type { RateLimit } from './rate.ts'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type QueryValues = Record<string, string | number | boolean | readonly (string | number)[] | undefined>

export interface RequestSpec<T> {
  method: HttpMethod
  path: Path
  /** A list is sent as the same name several times; `undefined` is left out. */
  query?: QueryValues
  headers?: Record<string, string>
  /** At most one of `json`, `form` (urlencoded) and `multipart`. */
  json?: unknown
  form?: Record<string, string>
  multipart?: Record<string, string>
  /** Instead of `application/json`: `application/merge-patch+json`, `application/scim+json`. */
  contentType?: string
  /** Absent: the body is not looked at, and `Answer.body` is undefined. */
  answer?: ZodType<T>
  /** May it be sent twice when nobody knows whether it arrived? Default: true for GET, false for all else. */
  repeatable?: boolean
  /**
   * Does it change anything that matters? Only then is a lost answer `lost-answer`. Default: false for GET, true for
   * all else; a POST that signs in or searches sets it to false.
   */
  write?: boolean
  /** Statuses besides 2xx that the caller handles itself. */
  accept?: readonly number[]
  /** Sent without authorization, and a 401 is not answered by signing in again. */
  anonymous?: boolean
}

export interface Answer<T> {
  status: number
  /** Lower-case names; several values are joined with `, `. */
  headers: Record<string, string>
  /**
   * Checked against `RequestSpec.answer` already on 2xx. On a status from `accept` it is checked when it is read, so
   * that a caller who only wants the status need not describe the body of a refusal.
   * @throws K1Error `contract` on such a status, when the body does not fit.
   */
  readonly body: T
}

export interface HttpClient {
  /** @throws K1Error of every kind in `failure.ts`. */
  request<T>(spec: RequestSpec<T>): Promise<Answer<T>>
  /** Closes idle connections. Requests that still run are cut off. */
  close(): Promise<void>
}

/** A request as it goes out: `target` is path and query, percent-encoded. */
export interface SignableRequest {
  method: HttpMethod
  origin: string
  target: string
  body: string | undefined
}

export interface HttpClientOptions {
  baseUrl: string
  /** The system's title, for sentences: "BMS". */
  system: string
  http: HttpOptions
  clock: Clock
  /**
   * Adds the authorization to each request that is not anonymous. May sign in first; its time is not counted. `request`
   * is what will be sent, for those that sign it.
   */
  authorize?: (headers: Record<string, string>, request: SignableRequest) => Promise<void> | void
  /**
   * Called on a 401, once a request, with the headers that were refused: side by side, another request may have signed
   * in again meanwhile. True: there is something else to sign with, so try once more.
   */
  onUnauthorized?: (refused: Readonly<Record<string, string>>) => Promise<boolean>
  /** The vendor's limit, kept on our side before the server has to say 429. */
  rate?: RateLimit
  /**
   * Turns an answer outside 2xx into the system's own error; undefined: the usual reading. `body` is the JSON, or the
   * text where it is none. An error of kind `rate-limited` is waited for like a 429.
   */
  readError?: (status: number, body: unknown) => K1Error | undefined
  /** Makes a value of a body where a system does not speak JSON (XML); throws where it is none. */
  decode?: (text: string) => unknown
  /** The largest answer that is read. Default 8 MB. */
  maxAnswerBytes?: number
  /** For jitter: 0 (included) to 1 (excluded). */
  random?: () => number
}
