import { setTimeout as wait } from 'node:timers/promises'
import { K1Error } from '../../src/core/errors.ts'
import type { Clock } from '../../src/core/ports.ts'

/** Of a real second of waiting a hundredth is left: enough for whoever else is at work to get on. */
const share = 100

/**
 * A clock on which waits are soon over: it then says that all of the time has passed. Who waits side by side waits once,
 * as on a real one. A sandbox must go by the same clock, or what takes time there is not done when the wait is over.
 */
export function createQuickClock(): Clock {
  let ahead = 0
  const now = () => Date.now() + ahead
  return {
    now: () => new Date(now()),
    async sleep(ms, signal) {
      const end = now() + ms
      try {
        await wait(ms / share, undefined, signal ? { signal } : {})
      } catch {
        throw new K1Error('cancelled', 'Interrupted.')
      }
      ahead = Math.max(ahead, end - Date.now())
    },
  }
}
