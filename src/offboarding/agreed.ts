import * as z from 'zod/mini'
import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { KeptPeople } from '../core/stores.ts'
import { isSealed, withHash } from '../engine/seal.ts'
import { differencesBetween, isShown, type KeptPerson, keepPerson, whyUnseen } from './kept-person.ts'
import type { Limits, OffboardOptions } from './options.ts'
import { keptPersonSchema, optionsSchema } from './plan-schema.ts'
import type { PersonPlan } from './unit.ts'

/**
 * All that somebody agreed to, as the consent entry of a run keeps it: what is done is compared with this, in the run
 * itself and in each process that goes on with it.
 */
export interface Agreed {
  options: OffboardOptions
  /** Absent where the number was confirmed by a person. */
  limits?: Limits
  /** The list of people as it lies beside the ledger. */
  people: KeptPeople
  /** What was shown; absent where it was agreed to whatever would be found, with `--yes`. */
  shown?: KeptPerson[]
  hash: string
}

const schema = z.strictObject({
  options: optionsSchema,
  limits: z.exactOptional(z.strictObject({ most: z.number(), mostShare: z.number() })),
  people: z.strictObject({ count: z.int(), problems: z.int(), sha256: z.string() }),
  shown: z.exactOptional(z.array(keptPersonSchema)),
  hash: z.string(),
})

export function agreedTo(what: Omit<Agreed, 'hash'>): Agreed {
  return withHash(what)
}

/**
 * What was agreed to, from a consent entry; undefined in ledgers of earlier versions, which kept nothing of it.
 * @throws K1Error `storage` when it is not as k1ctl wrote it
 */
export function readAgreed(run: string, consent: unknown): Agreed | undefined {
  if (typeof consent !== 'object' || consent === null || !('agreed' in consent)) return undefined
  const { data } = schema.safeParse(consent.agreed)
  if (data && isSealed(data)) return data
  throw new K1Error('storage', `What was agreed to in run ${run} is not as k1ctl wrote it.`, {
    hint: `Nothing more is done in it. Its command, to be given again: k1ctl runs show ${run}`,
  })
}

/** Finds what was shown of a person. */
export type Shown = (plan: { tenant: string; person: string }) => KeptPerson | undefined

export function shownBy(people: readonly KeptPerson[]): Shown {
  const byPerson = new Map(people.map(kept => [keyOf(kept), kept]))
  return plan => byPerson.get(keyOf(plan))
}

/** Nothing is done beyond what was shown: a person who is no longer as they were is refused. */
export function onlyAsShown(plan: PersonPlan, shown: Shown): PersonPlan {
  const kept = shown(plan)
  const difference = kept ? differencesBetween(kept, keepPerson(plan))[0] : `${plan.person} was not shown`
  if (difference === undefined || plan.refusal) return plan
  const why = `It is no longer as it was when you agreed: ${difference}.`
  return { ...plan, planned: [], refusal: { why, hint: lookAgain(plan) } }
}

/**
 * The same for somebody at whom the run was already: what it has changed differs for that reason, so the rest goes on,
 * goal by goal, where goal and account were shown.
 */
export function onlyWhatWasShown(plan: PersonPlan, shown: Shown): PersonPlan {
  const kept = shown(plan)
  if (!kept) return onlyAsShown(plan, shown)
  const planned = plan.planned.map(one => {
    const why = whyNot(kept, plan, one)
    if (why === undefined || one.goal.refusal) return one
    const refusal = { why: `You did not agree to it: it ${why}.`, hint: lookAgain(plan) }
    return { ...one, goal: { ...one.goal, refusal } }
  })
  return { ...plan, planned }
}

function whyNot(
  kept: KeptPerson,
  { accounts }: PersonPlan,
  { goal, standing }: PersonPlan['planned'][number],
): string | undefined {
  if (standing.state === 'holds') return undefined
  const { system } = goal
  if (accounts.some(({ system: id, account }) => id === system && !isShown(kept, { system, id: account.id }))) {
    return whyUnseen(kept, system)
  }
  const before = kept.goals.find(g => g.id === goal.id)
  if (!before) return whyUnseen(kept, system)
  if (before.standing === 'holds') return 'held already then'
  return before.refused === null ? undefined : `was refused then: ${before.refused}`
}

function lookAgain({ person, tenant }: Pick<PersonPlan, 'person' | 'tenant'>): string {
  return `Look again: k1ctl offboard ${quoted(person)} --tenant ${quoted(tenant)} --dry-run`
}

function keyOf({ tenant, person }: { tenant: string; person: string }): string {
  return `${tenant}\n${person}`
}
