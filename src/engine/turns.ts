/** One after the other, in this process; where a store keeps locks, also in others. */
export interface Turns {
  inTurn<T>(place: { tenant: string; system: string }, work: () => Promise<T>): Promise<T>
}

/** Turns among the goals of this process. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    inTurn({ tenant, system }, work) {
      const key = `${tenant}\n${system}`
      const mine = (last.get(key) ?? Promise.resolve()).then(work)
      const quiet = mine.catch(() => undefined)
      last.set(key, quiet)
      return mine
    },
  }
}
