import { K1Error } from '../core/errors.ts'

/** Where an item stands in an order. */
export interface Slot {
  id: string
  /** Items of one lane go one after the other. */
  lane: string
  /** Items that must have ended first, however they ended; ids that are not among the items are ignored. */
  behind: readonly string[]
  /** Items that must have let it pass, or have ended. */
  past?: readonly string[]
}

/**
 * Runs `work` over all items, as many side by side as their places and `concurrency` allow; an item that calls `pass` is
 * in nobody's way any more who only has to come after its beginning. Results come back in the order of the items. The
 * first failure rejects once what is running has ended; nothing new begins after it.
 * @throws K1Error `internal` when items wait for each other in a circle
 */
export async function inOrder<T, R>(
  items: readonly T[],
  placeOf: (item: T) => Slot,
  concurrency: number,
  work: (item: T, pass: () => void) => Promise<R>,
): Promise<R[]> {
  const places = items.map(placeOf)
  const byId = new Map(places.map(({ id }, index) => [id, index]))
  const waitsFor = predecessors(places, byId)
  const comesPast = places.map(({ past = [] }) => past.flatMap(id => byId.get(id) ?? []))
  refuseCircles(
    places,
    waitsFor.map((before, index) => [...before, ...(comesPast[index] ?? [])]),
  )

  const results = new Map<number, R>()
  const ended = new Set<number>()
  const passed = new Set<number>()
  const begun = new Set<number>()
  const isDue = (index: number) =>
    (waitsFor[index] ?? []).every(i => ended.has(i)) && (comesPast[index] ?? []).every(i => passed.has(i))
  let failure: { error: unknown } | undefined
  /** All before it have begun: of thousands, only those that are left are looked through each time. */
  let from = 0
  await new Promise<void>(resolve => {
    const advance = () => {
      const running = begun.size - ended.size
      if (running === 0 && (failure || ended.size === items.length)) return resolve()
      if (failure) return
      let free = Math.max(1, concurrency) - running
      while (begun.has(from)) from += 1
      for (let index = from; index < items.length && free > 0; index++) {
        const item = items[index]
        if (begun.has(index) || item === undefined || !isDue(index)) continue
        begun.add(index)
        free -= 1
        const pass = () => {
          if (passed.has(index)) return
          passed.add(index)
          queueMicrotask(advance)
        }
        void work(item, pass)
          .then(
            result => results.set(index, result),
            error => {
              failure ??= { error }
            },
          )
          .then(() => {
            ended.add(index)
            passed.add(index)
            advance()
          })
      }
    }
    advance()
  })
  if (failure) throw (failure as { error: unknown }).error
  return items.map((_, index) => results.get(index) as R)
}

/** By position: the positions that an item waits for. */
function predecessors(places: readonly Slot[], byId: ReadonlyMap<string, number>): number[][] {
  const lastOfLane = new Map<string, number>()
  return places.map(({ lane, behind }, index) => {
    const before = behind.flatMap(id => byId.get(id) ?? [])
    const last = lastOfLane.get(lane)
    lastOfLane.set(lane, index)
    return last === undefined ? before : [...before, last]
  })
}

function refuseCircles(places: readonly Slot[], waitsFor: readonly number[][]): void {
  const open = new Set(places.keys())
  for (let progress = true; progress && open.size > 0; ) {
    progress = false
    for (const index of open) {
      if ((waitsFor[index] ?? []).some(i => open.has(i))) continue
      open.delete(index)
      progress = true
    }
  }
  if (open.size === 0) return
  const ids = [...open].map(index => places[index]?.id).join(', ')
  throw new K1Error('internal', `Goals wait for each other in a circle: ${ids}.`)
}
