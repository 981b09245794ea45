import { deviceFates } from '../core/account-kinds.ts'
import { K1Error } from '../core/errors.ts'
import { saidOf } from './offboard.ts'
import type { OffboardOptions } from './options.ts'
import type { PersonPlan, Unit } from './unit.ts'

/** A plan as data, to be looked at, approved, and carried out later. */
export interface PlanFile {
  version: 1
  /** ISO time. */
  madeAt: string
  options: OffboardOptions
  people: KeptPerson[]
}

export interface KeptPerson extends Unit {
  name: string
  refused: string | null
  /** Systems that did not answer. */
  unreached: string[]
  goals: { id: string; system: string; summary: string; standing: string; reading: unknown }[]
}

export function planFile(options: OffboardOptions, plans: readonly PersonPlan[], now: Date): PlanFile {
  return { version: 1, madeAt: now.toISOString(), options, people: plans.map(keepPerson) }
}

export function keepPerson(plan: PersonPlan): KeptPerson {
  const { person, tenant, name, planned, unreached, refusal } = plan
  const goals = planned.map(({ goal, standing }) => ({
    id: goal.id,
    system: goal.system,
    summary: goal.summary,
    standing: standing.state,
    reading: standing.state === 'unobservable' ? null : standing.reading,
  }))
  const systems = [...new Set(unreached.map(u => u.system))]
  return { ...saidOf(plan), person, tenant, name, refused: refusal?.why ?? null, unreached: systems, goals }
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
  return version === 1 && isOptions(options) && Array.isArray(people) && people.every(isKeptPerson)
}

function isOptions(value: unknown): value is OffboardOptions {
  if (typeof value !== 'object' || value === null) return false
  const { delete: deletes, only, except, waitMs, devices } = value as Partial<OffboardOptions>
  return (
    typeof deletes === 'boolean' &&
    Array.isArray(only) &&
    Array.isArray(except) &&
    typeof waitMs === 'number' &&
    deviceFates.some(fate => fate === devices)
  )
}

function isKeptPerson(value: unknown): value is KeptPerson {
  if (typeof value !== 'object' || value === null) return false
  const { person, tenant, goals, unreached } = value as Partial<KeptPerson>
  const lists = Array.isArray(goals) && Array.isArray(unreached)
  return typeof person === 'string' && typeof tenant === 'string' && lists
}

/** What is no longer as the plan says, a sentence each; empty when everything still is. */
export function comparePlans(kept: PlanFile, plans: readonly PersonPlan[]): string[] {
  return kept.people.flatMap(before => {
    const now = plans.find(p => p.person === before.person && p.tenant === before.tenant)
    if (!now) return [`${before.person} is in no tenant of this call`]
    const after = keepPerson(now)
    const silent = after.unreached.filter(system => !before.unreached.includes(system))
    if (silent.length > 0) return [`${before.person}: ${silent.join(', ')} does not answer`]
    return differencesOf(before, after)
  })
}

/**
 * What is not as it was for one person. Systems that do not answer, then or now, are left out: nothing can be done there
 * now, and nobody was shown anything else of them then.
 */
export function differencesOf(before: KeptPerson, after: KeptPerson): string[] {
  if (after.refused !== before.refused) {
    return [`${before.person}: ${after.refused ?? `no longer refused (it was: ${before.refused})`}`]
  }
  const silent = new Set([...before.unreached, ...after.unreached])
  const ids = new Set([...before.goals, ...after.goals].map(g => g.id))
  return [...ids].flatMap(id => {
    const [one, other] = [before, after].map(p => p.goals.find(g => g.id === id))
    if (silent.has(one?.system ?? other?.system ?? '')) return []
    if (!one) return [`${id} is new`]
    if (!other) return [`${id} is gone`]
    return canonical(one) === canonical(other) ? [] : [`${id} ${changeBetween(one, other)}`]
  })
}

function changeBetween(one: KeptPerson['goals'][number], other: KeptPerson['goals'][number]): string {
  if (one.standing !== other.standing) return other.standing === 'holds' ? 'holds by now' : 'no longer holds'
  return `was ${canonical(one.reading)}, is now ${canonical(other.reading)}`
}

/** JSON with sorted members: the file may have been formatted in between. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
