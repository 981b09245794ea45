import type { Follower } from './account.ts'

/** Somebody who left KaseyaOne, and whom a module is about to follow. */
export interface Departure {
  tenantId: string
  system: Follower
  accountId: string
  act: 'deactivate' | 'delete'
  /** Milliseconds of the sandbox's clock. */
  due: number
}

/** What modules have yet to follow, each after its own delay. Nothing runs on a timer: whoever asks owns the moment. */
export class Departures {
  readonly #now: () => Date
  readonly #delayMs: Record<Follower, number> = { graphus: 0, 'datto-partner-portal': 0, bms: 0 }
  #waiting: Departure[] = []

  constructor(now: () => Date) {
    this.#now = now
  }

  setDelay(system: Follower, ms: number): void {
    this.#delayMs[system] = ms
  }

  add(departure: Omit<Departure, 'due'>): void {
    this.#waiting.push({ ...departure, due: this.#now().getTime() + this.#delayMs[departure.system] })
  }

  drop(isMeant: (departure: Departure) => boolean): void {
    this.#waiting = this.#waiting.filter(departure => !isMeant(departure))
  }

  /** Those that are due, once. */
  takeDue(): Departure[] {
    const now = this.#now().getTime()
    const due = this.#waiting.filter(departure => departure.due <= now)
    if (due.length > 0) this.#waiting = this.#waiting.filter(departure => departure.due > now)
    return due
  }
}
