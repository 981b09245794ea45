import { asK1Error } from '../core/errors.ts'
import type { Refusal } from '../core/goal.ts'
import { openMoment } from '../core/moment.ts'
import { lookAt } from '../engine/look.ts'
import type { Planned, Unreached } from '../engine/plan.ts'
import { byHandGoal, earlierIn, engineGoal, unmetIn, waitingFor } from './account-goals.ts'
import { accountRefusalFor, refuseSeveral, refuseTwoPeople } from './guard.ts'
import { findManager } from './manager.ts'
import { callFor } from './option-words.ts'
import { askedOf, theirManager } from './options.ts'
import { inSteps, type OrderedGoal } from './order.ts'
import {
  byHandHere,
  disconnected,
  everywhere,
  isUnreached,
  onceEach,
  type PersonSearch,
  type PlanPersonFacts,
  unreachedBy,
} from './search-person.ts'
import { searchedIn } from './searched.ts'
import type { FoundAccount, PersonPlan } from './unit.ts'

/** Finds a person in every system, side by side, and plans what should hold there. Writes nothing. */
export async function planPerson(facts: PlanPersonFacts): Promise<PersonPlan> {
  const { unit, reachables } = facts
  const searches = await everywhere(facts)
  const reached = searches.filter((s): s is PersonSearch => !isUnreached(s))
  const unreached = [...searches.filter(isUnreached), ...disconnected(facts)]
  const searched = reached.map(searchedIn)
  const everything = reached.flatMap(({ reachable, accounts }) =>
    accounts.map((account): FoundAccount => ({ system: reachable.id, title: reachable.title, account })),
  )
  // Where somebody was looked for and nobody found, systems that cannot look are not told of a person who may not exist.
  const isKnown = everything.some(f => !f.account.assumed) || reached.every(r => r.accounts.some(a => a.assumed))
  const found = isKnown ? everything : []
  const plan: PersonPlan = {
    ...unit,
    name: found.find(f => f.account.name !== '')?.account.name ?? '',
    accounts: found,
    planned: [],
    unreached,
    searched,
    residual: reached
      .filter(r => r.accounts.length > 0)
      .flatMap(({ reachable }) => (reachable.about.residual ?? []).map(note => ({ system: reachable.id, note }))),
    notConnected: reachables.filter(r => !r.open && !byHandHere(r)).map(r => r.id),
  }

  const several = reached.find(r => r.accounts.length > 1)
  if (several) return { ...plan, refusal: refuseSeveral(unit.person, several.reachable.title, several.accounts) }
  const refusal = refuseTwoPeople(unit.person, found) ?? (await guarded(facts, reached, found))
  if (refusal) return { ...plan, refusal }

  const manager = await managerFor(facts, reached)
  if (manager?.email !== undefined) plan.successor = manager.email
  plan.residual.push(...(manager?.notes ?? []))
  const asked = manager ? { ...facts, options: { ...facts.options, successor: manager.email ?? null } } : facts

  const byHand = reachables.filter(r => !r.open && byHandHere(r) && (found.length > 0 || facts.known))
  // An account that is inactive already will not be deactivated again, so nothing can follow it.
  const active = [...found, ...(facts.known ?? [])].filter(f => f.account.active)
  const present = new Set([...active.map(f => f.system), ...byHand.map(r => r.id)])
  const known = isKnown ? reached : []
  const answers = await Promise.all(known.map(r => goalsIn(asked, r, present)))
  const goals = answers.flatMap(answer => (isUnreached(answer) ? [] : answer))
  const all = [...goals, ...byHand.map(r => ({ goal: byHandGoal(unit, r), reachable: r }))]
  const ordered = inSteps(all, { restAnyway: facts.options.restAnyway === true })
  const anywayBy = callFor(unit, { ...facts.options, restAnyway: true })
  plan.planned = await Promise.all(
    ordered.map(async (inOrder): Promise<Planned> => {
      const goal = { ...inOrder, anywayBy }
      const answered = facts.asking?.(goal.system)
      try {
        return { goal, standing: await lookAt(goal) }
      } finally {
        answered?.()
      }
    }),
  )
  plan.unreached = onceEach([...unreached, ...answers.filter(isUnreached)])
  const silent = unmetIn(
    unit,
    plan.unreached.map(u => u.system),
  )
  plan.unmet = silent
  plan.planned = plan.planned.map(({ goal, standing }) => ({ goal: waitingFor(silent, goal), standing }))
  const seenToStay = plan.planned.flatMap(({ goal, standing }) =>
    standing.residual.map(note => ({ system: goal.system, note })),
  )
  const remains = [...plan.residual, ...seenToStay]
  plan.residual = reached.flatMap(r => remains.filter(one => one.system === r.reachable.id))
  return plan
}

/** Whom `--successor manager` means; undefined where it was not said. */
async function managerFor({ options }: PlanPersonFacts, reached: readonly PersonSearch[]) {
  if (options.successor !== theirManager) return undefined
  const known = reached.map(({ reachable: { id, title }, session, accounts }) => ({
    id,
    title,
    session,
    account: accounts.find(one => !one.assumed),
  }))
  return findManager(known)
}

/** Why this person may not be touched, by who they are in each system that is connected. */
async function guarded(
  { unit, beside, protectedPeople }: PlanPersonFacts,
  reached: readonly PersonSearch[],
  found: readonly FoundAccount[],
): Promise<Refusal | undefined> {
  const words = new Set([unit.person, ...found.map(f => f.account.email)].map(word => word.trim().toLowerCase()))
  words.delete('')
  const sightings = (await beside?.look([...words])) ?? []
  const operators = new Map([
    ...reached.map(r => [r.reachable.id, r.identity] as const),
    ...sightings.map(s => [s.system, s.identity] as const),
  ])
  const others = sightings.flatMap(({ system, title, accounts }) =>
    accounts.map((account): FoundAccount => ({ system, title, account })),
  )
  try {
    return accountRefusalFor(unit.person, found, operators, await protectedPeople(), others)
  } catch (error) {
    const { message, hint } = asK1Error(error)
    return { why: `Nobody can tell whether ${unit.person} is protected: ${message}`, ...(hint ? { hint } : {}) }
  }
}

async function goalsIn(
  { unit, options, earlier = {}, clock }: PlanPersonFacts,
  { reachable, session, accounts, known }: PersonSearch,
  present: ReadonlySet<string>,
): Promise<OrderedGoal[] | Unreached> {
  const { people } = session
  const [account] = accounts
  if (!people || !account) return []
  try {
    const moment = openMoment({ now: () => clock.now().getTime(), known: known.get(account.id) ?? {} })
    const goals = await people.goals(account, {
      ...askedOf(options),
      present,
      ...earlierIn(unit, reachable.id, earlier),
    })
    return goals.map(goal => ({
      goal: engineGoal(unit, reachable, account, goal, moment, options),
      reachable,
      ...(goal.follows ? { follows: goal.follows.system } : {}),
      ...(account.masteredIn === undefined ? {} : { masteredIn: account.masteredIn }),
    }))
  } catch (error) {
    return unreachedBy(reachable, error)
  }
}
