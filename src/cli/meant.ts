import type { KeptPerson } from '../offboarding/kept-person.ts'

/** Of a kept plan: somebody to whom something is done. */
export function isMeant({ refused }: KeptPerson): boolean {
  return refused === null
}

/** The tenants of those to whom something is done. */
export function meantTenants({ plan }: { plan: { people: readonly KeptPerson[] } }): string[] {
  return [...new Set(plan.people.filter(isMeant).map(({ tenant }) => tenant))]
}
