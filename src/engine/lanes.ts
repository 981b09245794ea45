/**
 * Runs `work` over all items: those of one lane one after the other, lanes side by side, at most `concurrency` at once.
 * Results come back in the order of the items. The first failure rejects after the running items have ended.
 */
export async function inLanes<T, R>(
  items: readonly T[],
  laneOf: (item: T) => string,
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const lanes = new Map<string, number[]>()
  items.forEach((item, index) => {
    const lane = lanes.get(laneOf(item))
    if (lane) lane.push(index)
    else lanes.set(laneOf(item), [index])
  })
  const waiting = [...lanes.values()]
  const results = new Map<number, R>()
  const failures: unknown[] = []

  const runner = async () => {
    for (let lane = waiting.shift(); lane && failures.length === 0; lane = waiting.shift()) {
      for (const index of lane) {
        const item = items[index] as T
        try {
          results.set(index, await work(item))
        } catch (error) {
          failures.push(error)
          return
        }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, waiting.length)) }, runner))
  if (failures.length > 0) throw failures[0]
  return items.map((_, index) => results.get(index) as R)
}
