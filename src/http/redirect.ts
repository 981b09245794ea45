import type { RawAnswer } from './exchange.ts'
import { type Call, redirected } from './failure.ts'

const statuses = new Set([301, 302, 303, 307, 308])
/** Those after which the same method and body are to be sent (RFC 9110, 15.4.8 and 15.4.9): nothing was done yet. */
const sameMethod = new Set([307, 308])

/**
 * The path and query that a redirect leads to, on the same origin; undefined when `raw` is none. A change follows only
 * where the status says that it is to be sent again as it is: after the others it would become a GET, or be done twice.
 * Elsewhere it is never followed: the credentials would go along, or the answer would come from a stranger.
 * @throws K1Error `contract`
 */
export function readRedirect(call: Call, raw: RawAnswer, origin: string, from: string): string | undefined {
  if (raw.status < 300 || raw.status >= 400) return undefined
  const location = raw.headers.location ?? ''
  const target = location === '' ? undefined : resolve(location, origin + from)
  const follows = call.method === 'GET' ? statuses : sameMethod
  if (!follows.has(raw.status) || target?.origin !== origin) {
    throw redirected(call, raw.status, location)
  }
  return target.pathname + target.search
}

function resolve(location: string, from: string): URL | undefined {
  try {
    return new URL(location, from)
  } catch {
    return undefined
  }
}
