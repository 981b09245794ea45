import type { OpenDeps } from '../../core/system.ts'
import type { HttpClient } from '../../http/client.ts'
import { isPassing, isThrottled } from './error.ts'

/** When whoever uses these credentials may ask again, in milliseconds since 1970: all of them wait together. */
export interface Pace {
  until: number
}

const firstPauseMs = 500
const longestPauseMs = 5_000
const usualDeadlineMs = 30_000

/**
 * Sends again, until the deadline, what AWS refused for a while only: that it is asked too often, or that something
 * else is under way there. Nothing was done, so this is no refusal.
 */
export function patient(http: HttpClient, { clock, http: { signal, deadlineMs } }: OpenDeps, pace: Pace): HttpClient {
  const now = () => clock.now().getTime()
  return {
    async request(spec) {
      // Counted from the first refusal that comes out: until then the transport had a patience of its own.
      let end: number | undefined
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
        const waitMs = Math.min(pace.until, end ?? Number.POSITIVE_INFINITY) - now()
        if (waitMs > 0) await clock.sleep(waitMs, signal)
        try {
          return await http.request(spec)
        } catch (error) {
          const throttled = isThrottled(error)
          end ??= now() + (deadlineMs ?? usualDeadlineMs)
          if ((!throttled && !isPassing(error)) || now() + pauseMs >= end) throw error
          if (throttled) pace.until = Math.max(pace.until, now() + pauseMs)
          else await clock.sleep(pauseMs, signal)
        }
      }
    },
    close: () => http.close(),
  }
}
