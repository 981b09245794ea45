import fc from 'fast-check'
import { quirksBySystem } from '../../src/sandbox/index.ts'

export interface SystemQuirk {
  system: string
  name: string
}

/** One quirk or more of these systems. */
export function anyQuirks(systems: readonly string[], most: number): fc.Arbitrary<SystemQuirk[]> {
  const all = quirksBySystem()
    .filter(({ system }) => systems.includes(system))
    .flatMap(({ system, quirks }) => quirks.map(({ name }): SystemQuirk => ({ system, name })))
  return fc.subarray(all, { minLength: 1, maxLength: most })
}
