import type { CallLog } from './calls.ts'
import type { FaultList } from './faults.ts'
import type { Simulator } from './simulator.ts'

/** One simulator with what stands in front of it. */
export interface Booth {
  id: string
  simulator: Simulator
  faults: FaultList
}

/** Everything that the server serves; `reset` puts all of it back to the seed. */
export interface Fairground {
  booths: ReadonlyMap<string, Booth>
  calls: CallLog
  now: () => Date
  reset(): void
}
