/** One after the other, in this process; where a store keeps locks, also in others. */
export interface Turns {
  inTurn<T>(place: { tenant: string; system: string }, work: () => Promise<T>): Promise<T>
}

/** Turns among the goals of this process. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>()
  return {
    inTurn({ tenant, system }, work) {
      const key = `${tenant}\n${system}`
      const mine = (last.get(key) ?? Promise.resolve()).then(work)
      // Not what came of it: a run over thousands would keep all their reports.
      const over = mine.then(nothing, nothing)
      last.set(key, over)
      void over.then(() => {
        if (last.get(key) === over) last.delete(key)
      })
      return mine
    },
  }
}

function nothing(): void {}
