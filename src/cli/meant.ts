import type { KeptPerson } from '../offboarding/kept-person.ts'

/** Of a kept plan: somebody to whom something is done. */
export function isMeant({ refused }: KeptPerson): boolean {
  return refused === null
}
