import type { Plan, Planned } from '../engine/plan.ts'
import { parsePlanText } from '../engine/plan-text.ts'
import { canonical, plainly, withHash } from '../engine/seal.ts'
import type { Intent } from './intent.ts'
import { type AgreedGoal, type KeptModule, type PosturePlanFile, posturePlanSchema } from './plan-schema.ts'
import { isPostureSpec } from './posture-spec.ts'

/** What is asked of one module, and where. */
export interface Asked {
  tenant: string
  system: string
  intents: readonly Intent[]
}

/** What a plan was made for, where nothing was silent. */
export function askedIn({ planned }: Plan): Asked[] {
  const byModule = new Map<string, Asked & { intents: Intent[] }>()
  for (const { goal } of planned) {
    if (!isPostureSpec(goal.spec)) continue
    const { tenant, system } = goal
    const asked = byModule.get(keyOf(goal)) ?? { tenant, system, intents: [] }
    asked.intents.push(goal.spec.intent)
    byModule.set(keyOf(goal), asked)
  }
  return [...byModule.values()]
}

/** A plan over modules as data, to be looked at, approved, and carried out later: what is asked, and what was found. */
export function posturePlanFile(
  asked: readonly Asked[],
  plan: Plan,
  canary: string | undefined,
  now: Date,
): PosturePlanFile {
  return withHash({
    version: 1 as const,
    kind: 'posture' as const,
    madeAt: now.toISOString(),
    canary: canary ?? null,
    modules: keepModules(asked, plan),
  })
}

/** @throws K1Error `usage` when it is no such plan of this version, or was edited */
export function parsePosturePlan(text: string, file: string): PosturePlanFile {
  return parsePlanText(text, file, posturePlanSchema, 'no plan of posture apply, or of another version of k1ctl')
}

/**
 * What is no longer as the plan says, a sentence each; empty when everything still is. Nobody agreed to what was not
 * shown: a module that is silent now, or that was then and is not any more, is a difference.
 */
export function comparePosturePlan(kept: PosturePlanFile, plan: Plan): string[] {
  const now = keepModules(kept.modules, plan)
  return kept.modules.flatMap((before, i) => {
    const after = now[i]
    const where = `${before.tenant}/${before.system}`
    if (!after) return [`${where} is gone`]
    if (before.unreached === null && after.unreached !== null) return [`${where} does not answer: ${after.unreached}`]
    if (before.unreached !== null && after.unreached === null) {
      return [`${where} was not shown: it did not answer then`]
    }
    const ids = new Set([...before.goals, ...after.goals].map(({ id }) => id))
    return [...ids].flatMap(id => {
      const [one, other] = [before, after].map(({ goals }) => goals.find(goal => goal.id === id))
      if (!one || !other) return [`${id} is ${one ? 'gone' : 'new'}`]
      return canonical(one) === canonical(other) ? [] : [`${id} ${changeBetween(one, other)}`]
    })
  })
}

function keepModules(asked: readonly Asked[], { planned, unreached }: Plan): KeptModule[] {
  const plannedIn = new Map<string, Planned[]>()
  for (const one of planned) {
    const key = keyOf(one.goal)
    plannedIn.set(key, [...(plannedIn.get(key) ?? []), one])
  }
  const silent = new Map(unreached.map(one => [keyOf(one), one.error.message]))
  return asked.map(({ tenant, system, intents }) =>
    plainly<KeptModule>({
      tenant,
      system,
      intents: intents as KeptModule['intents'],
      unreached: silent.get(keyOf({ tenant, system })) ?? null,
      goals: (plannedIn.get(keyOf({ tenant, system })) ?? []).map(keepGoal),
    }),
  )
}

function keepGoal({ goal, standing }: Planned): AgreedGoal {
  return {
    id: goal.id,
    summary: goal.summary,
    standing: standing.state,
    refused: goal.refusal?.why ?? null,
    byHand: goal.byHand !== undefined,
    reading: standing.reading,
    differences: [...standing.differences],
  }
}

function keyOf({ tenant, system }: { tenant: string; system: string }): string {
  return `${tenant}\n${system}`
}

function changeBetween(one: AgreedGoal, other: AgreedGoal): string {
  if (one.standing !== other.standing) return other.standing === 'holds' ? 'holds by now' : 'no longer holds'
  if (one.refused !== other.refused) {
    return other.refused === null ? `is no longer refused (it was: ${one.refused})` : `is refused now: ${other.refused}`
  }
  const [before, after] = [one.reading, other.reading].map(membersOf)
  const changed = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].filter(
    name => before?.get(name) !== after?.get(name),
  )
  // The version of the settings changes with whatever else does.
  const named = changed.filter(name => name !== 'version')
  if (changed.length === 0) return 'is to be done in another way'
  if (named.length === 0) return 'is in settings that somebody saved since'
  return named.map(name => `finds ${name} ${after?.get(name)}, where it was ${before?.get(name)}`).join(', ')
}

/** The members of a reading, and those of its members, each as a text: `on.log-in`, `exceptions.users`. */
function membersOf(reading: unknown): Map<string, string> {
  const members = new Map<string, string>()
  for (const [name, value] of Object.entries(reading ?? {})) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) members.set(name, canonical(value))
    else for (const [inner, one] of Object.entries(value)) members.set(`${name}.${inner}`, canonical(one))
  }
  return members
}
