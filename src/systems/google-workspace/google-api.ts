import type { Clock, HttpOptions } from '../../core/ports.ts'
import type { HttpClient } from '../../http/client.ts'
import { createHttpClient } from '../../http/client.ts'
import { isConflict, isPassing, readGoogleError } from './google-error.ts'
import type { Tokens } from './tokens.ts'

export interface GoogleApiOptions {
  baseUrl: string
  /** E-mail of the administrator that it stands for. */
  user: string
  tokens: Tokens
  clock: Clock
  http: HttpOptions
}

/** Waits before another try, in milliseconds. */
const pauses = [500, 1500, 4000]

/** So long nobody else begins after Google asked to slow down: the quota is of the whole credential. */
const slowedForMs = 1000

/**
 * One of Google's APIs, signed in. Keeps the default quota (2,400 requests a minute for each user and project), and
 * tries again where Google says that two of our requests met (409) or that it stumbled (500, system error). All that goes
 * through here may be sent again after such an answer: a 409 did nothing.
 */
export function createGoogleApi({ baseUrl, user, tokens, clock, http }: GoogleApiOptions): HttpClient {
  let slowUntil = 0
  const client = createHttpClient({
    baseUrl,
    system: 'Google Workspace',
    http,
    clock,
    rate: { requests: 2400, perMs: 60_000, by: 'all', of: user },
    readError(status, body) {
      const error = readGoogleError(status, body)
      if (error?.kind === 'rate-limited') slowUntil = clock.now().getTime() + slowedForMs
      return error
    },
    authorize: tokens.authorize,
    onUnauthorized: tokens.renew,
  })
  return {
    async request(spec) {
      const repeatable = spec.repeatable ?? spec.method === 'GET'
      for (let attempt = 0; ; attempt++) {
        try {
          const slowMs = slowUntil - clock.now().getTime()
          if (slowMs > 0) await clock.sleep(slowMs, http.signal)
          return await client.request(spec)
        } catch (error) {
          const pauseMs = pauses[attempt]
          if (pauseMs === undefined || !(isConflict(error) || (repeatable && isPassing(error)))) throw error
          await clock.sleep(pauseMs, http.signal)
        }
      }
    },
    close: () => client.close(),
  }
}
