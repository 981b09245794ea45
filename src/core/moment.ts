import { K1Error } from './errors.ts'

/**
 * What one account (or one module) looked like at one time. Every goal that looks in the same moment shares the answer;
 * a failure is shared, too.
 */
export interface Moment {
  /** Asks once; who asks by the same name while the answer is fresh gets the same one. */
  read<T>(name: string, ask: () => Promise<T>): Promise<T>
}

export interface OpenMoment extends Moment {
  /** The same answers, for a goal that stands on these readings alone: any other name is a defect. */
  only(names: readonly string[]): Moment
  /** These are asked for anew: something was written that they may show. Without names: all. */
  forget(names?: readonly string[]): void
  /** Of these, what failed is asked for anew. */
  forgetFailures(names: readonly string[]): void
  /** When the oldest of these readings was taken, as a time in milliseconds; now, where there is none. */
  takenAt(names: readonly string[]): number
}

export interface MomentOptions {
  /** Milliseconds since 1970. */
  now(): number
  /** What finding the account has read already, by name. */
  known?: Readonly<Record<string, unknown>>
  /** An answer that is older is asked for anew, in milliseconds. */
  freshForMs?: number
}

/** So long a change may be made on what the plan read. */
const freshForMs = 10_000

/**
 * Where answers are slow, the change comes later by as much: whatever was asked for anew then would be late, too, and a
 * system that asks to slow down would be asked twice. So a slow answer of this moment makes all of them last longer.
 */
const lastsTimes = 20
const longestFreshMs = 60_000

export function openMoment({ now, known = {}, freshForMs: fresh = freshForMs }: MomentOptions): OpenMoment {
  const opened = now()
  let slowestMs = 0
  const lasts = () => Math.max(fresh, Math.min(fresh + lastsTimes * slowestMs, longestFreshMs))
  const answers = new Map<string, { at: number; answer: Promise<unknown>; failed?: true }>(
    Object.entries(known).map(([name, value]) => [name, { at: opened, answer: Promise.resolve(value) }]),
  )

  function read<T>(name: string, ask: () => Promise<T>): Promise<T> {
    const kept = answers.get(name)
    if (kept && now() - kept.at <= lasts()) return kept.answer as Promise<T>
    const answer = ask()
    const noted: { at: number; answer: Promise<unknown>; failed?: true } = { at: now(), answer }
    answers.set(name, noted)
    // Whoever waits for it hears of a failure; nobody may be waiting any more.
    answer.then(
      () => {
        slowestMs = Math.max(slowestMs, now() - noted.at)
      },
      () => {
        noted.failed = true
      },
    )
    return answer
  }

  return {
    read,
    only: names => ({
      read(name, ask) {
        if (names.includes(name)) return read(name, ask)
        throw new K1Error('internal', `A goal looked at "${name}", and says that it needs ${names.join(', ')} only.`)
      },
    }),
    forget(names) {
      if (names === undefined) answers.clear()
      else for (const name of names) answers.delete(name)
    },
    forgetFailures(names) {
      for (const name of names) if (answers.get(name)?.failed) answers.delete(name)
    },
    takenAt(names) {
      const times = names.flatMap(name => answers.get(name)?.at ?? [])
      return times.length === 0 ? now() : Math.min(...times)
    },
  }
}
