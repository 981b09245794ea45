import fc from 'fast-check'
import { quirksBySystem } from '../../src/sandbox/index.ts'

export interface SystemQuirk {
  system: string
  name: string
}

/** A service that changes what it calls everybody between a run and its resume is another service. */
const changesIds = ['idsAreNumbers']

/** One quirk or more of these systems. */
export function anyQuirks(systems: readonly string[], most: number): fc.Arbitrary<SystemQuirk[]> {
  const all = quirksBySystem()
    .filter(({ system }) => systems.includes(system))
    .flatMap(({ system, quirks }) => quirks.map(({ name }): SystemQuirk => ({ system, name })))
    .filter(({ name }) => !changesIds.includes(name))
  return fc.subarray(all, { minLength: 1, maxLength: most })
}
