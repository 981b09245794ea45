import type { Change, Taken } from '../core/change.ts'
import type { Goal } from '../core/goal.ts'
import type { Clock } from '../core/ports.ts'
import { type Look, lookAt } from './look.ts'

const firstPauseMs = 500
/** What another system brings about is mostly there by then, and whoever comes next need not wait for longer. */
const firstFollowedMs = 250
/** What is carried out by somebody else, in their own time, is not there after a second: each look costs calls. */
const firstLaterMs = 2_000
const longestPauseMs = 5_000

/** So long a change may take until it shows, where a goal does not say. */
const usualMs = 3_000

/**
 * Looks until it holds, or all that is left was refused, or the time is over. That it does not hold in the end is no
 * error: whoever reads the last look sees it.
 * @throws K1Error `cancelled`
 */
export async function settle(
  goal: Goal,
  taken: readonly Taken[],
  changes: readonly Change[],
  { clock, signal }: { clock: Clock; signal?: AbortSignal },
): Promise<Look> {
  // What was not answered may have been taken, and show as late as what was.
  const refused = new Set(taken.filter(({ error }) => error && error.kind !== 'lost-answer').map(({ id }) => id))
  const sent = new Set(changes.map(({ id }) => id))
  const afterMs = Math.max(0, ...taken.map(one => one.afterMs ?? 0))
  const isDone = taken.length > 0 && taken.every(one => one.doneNow)
  const withinMs = isDone ? 0 : (goal.settlesWithin ?? usualMs)
  const end = clock.now().getTime() + (afterMs > withinMs ? 0 : withinMs)
  if (afterMs > 0 && afterMs <= withinMs) await clock.sleep(afterMs, signal)
  // Nothing was sent: what was just read is not read again at once.
  if (goal.follows && end > clock.now().getTime()) await clock.sleep(firstFollowedMs, signal)
  // Where nobody knows what was sent, anything may have been touched.
  const touched = changes.length === 0 ? goal.needs : (goal.touches?.(changes) ?? goal.needs)
  let anew = touched
  for (
    let pauseMs = goal.later === undefined ? firstPauseMs : firstLaterMs;
    ;
    pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)
  ) {
    goal.moment.forget(anew)
    goal.moment.forgetFailures(goal.needs)
    const look = await lookAt(goal)
    if (!isWorthWaiting(look, refused, sent)) return look
    if (look.state === 'not-yet' && goal.comesLater?.(look.value)) return look
    const leftMs = end - clock.now().getTime()
    if (leftMs <= 0) return look
    anew = look.state === 'not-yet' && goal.comesIn ? goal.comesIn(look.value) : touched
    await clock.sleep(Math.min(pauseMs, leftMs), signal)
  }
}

/**
 * What was accepted, and does not show yet, may show soon; so may what could not be reached, and what has to come before
 * the next step. What else has never been sent comes by no waiting.
 */
function isWorthWaiting(look: Look, refused: ReadonlySet<string>, sent: ReadonlySet<string>): boolean {
  if (look.state === 'not-yet') {
    return (
      look.changes.length === 0 || look.changes.some(({ id, waits }) => waits || (sent.has(id) && !refused.has(id)))
    )
  }
  return look.state === 'unseen' && look.cause === 'unreachable'
}
