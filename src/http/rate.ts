import type { Path } from './path.ts'

/** So many requests in any stretch of `perMs` milliseconds, for each endpoint (path template) or for all together. */
export interface RateLimit {
  requests: number
  perMs: number
  by: 'endpoint' | 'all'
  /** Whose limit it is, where several machines keep it together: the name of the credential, never a secret. */
  of?: string
}

/** What is counted together: all, or what goes to one path template. */
export function keyOf({ by }: RateLimit, path: Path): string {
  return by === 'all' ? '' : path.template
}

export interface RateKeeper {
  /**
   * Takes the next free place, which is `waitMs` away; or none, when it is `longestMs` away or further: then the
   * answer is `tooLongMs`, and nothing is counted.
   */
  reserve(path: Path, nowMs: number, longestMs: number): { waitMs: number } | { tooLongMs: number }
}

/**
 * A sliding window over the times of past (and reserved) requests: exact, unlike a token bucket, which would let
 * twice the limit through in one stretch. What other processes send is not known here; the server's 429 tells.
 */
export function createRateKeeper(limit: RateLimit): RateKeeper {
  /** Ascending: each reservation is at or after the one before. */
  const times = new Map<string, number[]>()
  return {
    reserve(path, nowMs, longestMs) {
      const key = keyOf(limit, path)
      const taken = (times.get(key) ?? []).filter(time => time > nowMs - limit.perMs)
      times.set(key, taken)
      const blocking = taken.at(-limit.requests)
      const at = Math.max(nowMs, blocking === undefined ? nowMs : blocking + limit.perMs)
      if (at - nowMs >= longestMs && at > nowMs) return { tooLongMs: at - nowMs }
      taken.push(at)
      return { waitMs: at - nowMs }
    },
  }
}
