import { asK1Error, K1Error } from '../core/errors.ts'
import { parseJson } from '../core/json.ts'
import { isSealed, withHash } from '../engine/seal.ts'
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

const hint = 'Make a new one with --save-plan FILE.'

export function planFile(options: OffboardOptions, plans: readonly PersonPlan[], now: Date): PlanFile {
  return withHash({ version: 2, madeAt: now.toISOString(), options, people: plans.map(keepPerson) })
}

/** @throws K1Error `usage` when it is no plan of this version, or was edited */
export function parsePlanFile(text: string, file: string): PlanFile {
  const { data } = planFileSchema.safeParse(parse(text, file))
  if (!data) throw new K1Error('usage', `${file} is no plan of this version of k1ctl.`, { hint })
  if (isSealed(data)) return data
  throw new K1Error('usage', `${file} was edited after it was made: it is not what was looked at.`, { hint })
}

function parse(text: string, file: string): unknown {
  try {
    return parseJson(text, { what: file })
  } catch (thrown) {
    const { message, facts } = asK1Error(thrown)
    throw new K1Error('usage', message, { hint, facts })
  }
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
