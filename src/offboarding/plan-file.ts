import { parsePlanText } from '../engine/plan-text.ts'
import { withHash } from '../engine/seal.ts'
import { differencesBetween, type KeptPerson, keepPerson } from './kept-person.ts'
import type { OffboardOptions } from './options.ts'
import { planFileSchema } from './plan-schema.ts'
import type { PersonPlan } from './unit.ts'

/** A plan as data, to be looked at, approved, and carried out later. */
export interface PlanFile {
  version: 2
  /** ISO time. */
  madeAt: string
  options: OffboardOptions
  people: KeptPerson[]
  /** Over all of it. */
  hash: string
}

export function planFile(options: OffboardOptions, plans: readonly PersonPlan[], now: Date): PlanFile {
  return withHash({ version: 2, madeAt: now.toISOString(), options, people: plans.map(keepPerson) })
}

/** @throws K1Error `usage` when it is no plan of this version, or was edited */
export function parsePlanFile(text: string, file: string): PlanFile {
  return parsePlanText(text, file, planFileSchema, 'no plan of this version of k1ctl')
}

/** What is no longer as the plan says, a sentence each; empty when everything still is. */
export function comparePlans(kept: Pick<PlanFile, 'people'>, plans: readonly PersonPlan[]): string[] {
  return kept.people.flatMap(before => {
    const now = plans.find(p => p.person === before.person && p.tenant === before.tenant)
    if (!now) return [`${before.person} is in no tenant of this call`]
    const after = keepPerson(now)
    const silent = after.unreached.filter(system => !before.unreached.includes(system))
    if (silent.length > 0) return [`${before.person}: ${silent.join(', ')} does not answer`]
    return differencesBetween(before, after)
  })
}
