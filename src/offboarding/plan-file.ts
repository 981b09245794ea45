import { K1Error } from '../core/errors.ts'
import type { OffboardOptions } from './options.ts'
import type { PersonPlan } from './unit.ts'

/** A plan as data, to be looked at, approved, and carried out later. */
export interface PlanFile {
  version: 1
  /** ISO time. */
  madeAt: string
  options: OffboardOptions
  people: KeptPerson[]
}

interface KeptPerson {
  person: string
  tenant: string
  name: string
  refused: string | null
  goals: { id: string; summary: string; standing: string; reading: unknown }[]
}

export function planFile(options: OffboardOptions, plans: readonly PersonPlan[], now: Date): PlanFile {
  return { version: 1, madeAt: now.toISOString(), options, people: plans.map(keep) }
}

function keep({ person, tenant, name, planned, refusal }: PersonPlan): KeptPerson {
  const goals = planned.map(({ goal, standing }) => ({
    id: goal.id,
    summary: goal.summary,
    standing: standing.state,
    reading: standing.state === 'unobservable' ? null : standing.reading,
  }))
  return { person, tenant, name, refused: refusal?.why ?? null, goals }
}

/** @throws K1Error `usage` when it is no plan of this version */
export function parsePlanFile(text: string, file: string): PlanFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new K1Error('usage', `${file} is not JSON.`, { cause: error, hint: 'Make a plan with --save-plan FILE.' })
  }
  if (isPlanFile(value)) return value
  throw new K1Error('usage', `${file} is no plan of this version of k1ctl.`, {
    hint: 'Make a new one with --save-plan FILE.',
  })
}

function isPlanFile(value: unknown): value is PlanFile {
  if (typeof value !== 'object' || value === null) return false
  const { version, people, options } = value as Partial<PlanFile>
  return version === 1 && typeof options === 'object' && Array.isArray(people) && people.every(isKeptPerson)
}

function isKeptPerson(value: unknown): value is KeptPerson {
  if (typeof value !== 'object' || value === null) return false
  const { person, tenant, goals } = value as Partial<KeptPerson>
  return typeof person === 'string' && typeof tenant === 'string' && Array.isArray(goals)
}

/** What is no longer as the plan says, a sentence each; empty when everything still is. */
export function comparePlans(kept: PlanFile, plans: readonly PersonPlan[]): string[] {
  return kept.people.flatMap(before => {
    const now = plans.find(p => p.person === before.person && p.tenant === before.tenant)
    if (!now) return [`${before.person} is in no tenant of this call`]
    const after = keep(now)
    if (after.refused !== before.refused) return [`${before.person}: ${after.refused ?? 'no longer refused'}`]
    if (now.unreached[0]) return [`${before.person}: ${now.unreached[0].system} does not answer`]
    const ids = new Set([...before.goals, ...after.goals].map(g => g.id))
    return [...ids].flatMap(id => {
      const [one, other] = [before, after].map(p => p.goals.find(g => g.id === id))
      if (!one) return [`${id} is new`]
      if (!other) return [`${id} is gone`]
      return canonical(one) === canonical(other) ? [] : [`${id} is now ${other.standing}`]
    })
  })
}

/** JSON with sorted members: the file may have been formatted in between. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
