import { inOrder } from './schedule.ts'

/**
 * Runs `work` over all items: those of one lane one after the other, lanes side by side, at most `concurrency` at once.
 * Results come back in the order of the items. The first failure rejects after the running items have ended.
 */
export function inLanes<T, R>(
  items: readonly T[],
  laneOf: (item: T) => string,
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  return inOrder(items, item => ({ id: '', lane: laneOf(item), behind: [] }), concurrency, work)
}
