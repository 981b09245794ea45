import type { CallLog } from './calls.ts'
import { FaultList } from './faults.ts'
import type { Simulator } from './simulator.ts'

/** One simulator with what stands in front of it. */
export class Booth {
  readonly id: string
  readonly faults = new FaultList()
  readonly #make: () => Simulator
  #made: Simulator | undefined

  constructor(id: string, make: () => Simulator) {
    this.id = id
    this.#make = make
  }

  /** Made when somebody first asks it: most come for a few of the systems. */
  get simulator(): Simulator {
    this.#made ??= this.#make()
    return this.#made
  }

  /** Back to the seed. */
  reset(): void {
    this.#made?.reset()
    this.faults.clear()
  }
}

/** Everything that the server serves; `reset` puts all of it back to the seed. */
export interface Fairground {
  booths: ReadonlyMap<string, Booth>
  calls: CallLog
  now: () => Date
  reset(): void
}
