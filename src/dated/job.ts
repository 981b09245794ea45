import type { KeptPerson } from '../offboarding/kept-person.ts'
import type { DatedOffboarding, DatedSettings } from './dated.ts'

type Planned = Pick<DatedOffboarding, 'plan'> | Pick<DatedSettings, 'plan'>

/** Of a kept plan: somebody to whom something is done. */
export function isMeant({ refused }: Pick<KeptPerson, 'refused'>): boolean {
  return refused === null
}

/** Whom it offboards; of a change of settings nobody. */
export function meantPeople({ plan }: Planned): KeptPerson[] {
  return 'people' in plan ? plan.people.filter(isMeant) : []
}

/** The modules whose settings it changes. */
export function meantModules({ plan }: Planned): string[] {
  return 'modules' in plan ? [...new Set(plan.modules.map(({ system }) => system))] : []
}

/** Whom or what it is about: "amy@x.example, ben@x.example", "settings of bms of Northwind Dental". */
export function aboutText(dated: Planned): string {
  const people = meantPeople(dated)
  if (people.length > 0) return people.map(({ person }) => person).join(', ')
  return `settings of ${meantModules(dated).join(', ')} of ${meantTenants(dated).join(', ')}`
}

/** Where something is done. */
export function meantTenants(dated: Planned): string[] {
  const places = 'modules' in dated.plan ? dated.plan.modules : meantPeople(dated)
  return [...new Set(places.map(({ tenant }) => tenant))]
}
