import type { Clock } from '../core/ports.ts'
import type { Path } from './path.ts'
import { createRateKeeper, type RateLimit } from './rate.ts'

/** Where a request waits for its turn. */
export interface RateGate {
  /**
   * Resolves when the request may leave; or with how far its turn is, where that is longer than it can wait, and then
   * nothing is counted. `uncountedMs` of the wait are not the system's, and do not count against the call's deadline.
   * @throws K1Error `cancelled`; `unreachable` when those who share the limit cannot be asked
   */
  admit(path: Path, leftMs: number, signal?: AbortSignal): Promise<{ uncountedMs: number } | { tooLongMs: number }>
  close(): Promise<void>
}

/** The limit as this process alone keeps it. What others send is not known here; the server's 429 tells. */
export function ownGate(limit: RateLimit, clock: Clock): RateGate {
  const keeper = createRateKeeper(limit)
  return {
    async admit(path, leftMs, signal) {
      const place = keeper.reserve(path, clock.now().getTime(), leftMs)
      if ('tooLongMs' in place) return place
      if (place.waitMs > 0) await clock.sleep(place.waitMs, signal)
      return { uncountedMs: 0 }
    },
    async close() {},
  }
}
