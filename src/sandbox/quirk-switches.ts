import type { Quirk, SimulatedRequest, SimulatedResponse } from './simulator.ts'

/** Which of a system's quirks are on, and how often each was met. `Name` is one of `known`. */
export class QuirkSwitches<Name extends string> {
  readonly #known: readonly (Quirk & { name: Name })[]
  readonly #met = new Map<Name, number>()

  constructor(known: readonly (Quirk & { name: Name })[]) {
    this.#known = known
  }

  has(name: Name): boolean {
    return this.#met.has(name)
  }

  /** Is it on, and is this one of those that it strikes: the first, and then one of so many? */
  strikes(name: Name, every: number): boolean {
    const times = this.#met.get(name)
    if (times === undefined) return false
    this.#met.set(name, times + 1)
    return times % every === 0
  }

  clear(): void {
    this.#met.clear()
  }

  /** `POST quirks {name: true}`; null for any other control call. A misspelt quirk does not pass unnoticed. */
  control({ method, path, body }: SimulatedRequest): SimulatedResponse | null {
    if (method !== 'POST' || path !== '/quirks') return null
    const wanted = Object.entries(JSON.parse(body.toString('utf8')) as Record<string, unknown>)
    for (const [name, value] of wanted) {
      const known = this.#known.find(quirk => quirk.name === name)
      if (known === undefined) {
        const names = this.#known.map(quirk => quirk.name).join(', ')
        return { status: 400, body: `There is no quirk ${name}, only ${names}.` }
      }
      if (value === true) this.#met.set(known.name, 0)
      else this.#met.delete(known.name)
    }
    return { status: 204 }
  }
}
