import type { OldStanding as Standing } from '../core/old-goal.ts'
import type { Clock } from '../core/ports.ts'

const firstPauseMs = 500
const longestPauseMs = 5000

export interface Waiting {
  clock: Clock
  waitMs: number
  signal?: AbortSignal | undefined
}

/**
 * Looks until it holds or the time is over; writes nothing. That it does not hold in the end is no error: whoever looks
 * next sees it.
 * @throws K1Error `cancelled`, and whatever a look throws
 */
export async function waitFor(look: () => Promise<Standing>, { clock, waitMs, signal }: Waiting): Promise<void> {
  const end = clock.now().getTime() + waitMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    if ((await look()).state === 'holds') return
    const leftMs = end - clock.now().getTime()
    if (leftMs <= 0) return
    await clock.sleep(Math.min(pauseMs, leftMs), signal)
  }
}
