import { type Account, type AccountGoal, type AccountGoalKind, offboardingSteps } from '../core/account.ts'
import type { Goal } from '../core/goal.ts'
import type { Reachable, Unit } from './unit.ts'

/** What is needed to build a goal again from the ledger: the account by its own id. */
export interface AccountSpec {
  kind: 'offboarding'
  goal: AccountGoalKind
  account: Account | null
}

export function goalId({ tenant, person }: Unit, system: string, kind: AccountGoalKind): string {
  return `${tenant}/${person}/${system}/${kind}`
}

/** A goal with what decides its place in the order. */
export interface OrderedGoal {
  goal: Goal
  reachable: Reachable
  /** The system that is expected to bring it about. */
  follows?: string
}

/** An account's goal as the engine takes it. */
export function engineGoal(unit: Unit, reachable: Reachable, account: Account, goal: AccountGoal): Goal {
  const id = (kind: AccountGoalKind) => goalId(unit, reachable.id, kind)
  return {
    id: id(goal.kind),
    tenant: unit.tenant,
    system: reachable.id,
    person: unit.person,
    kind: goal.kind,
    reach: goal.reach,
    summary: `${account.login}: ${lowerFirst(goal.summary)}`,
    effect: goal.effect,
    repeatable: goal.repeatable,
    after: goal.after.map(id),
    ...(goal.follows ? { later: goal.follows.why } : {}),
    differences: goal.differences,
    warnings: goal.warnings,
    spec: { kind: 'offboarding', goal: goal.kind, account } satisfies AccountSpec,
    ...(goal.byHand ? { byHand: goal.byHand } : {}),
    look: () => goal.look(),
    bring: async () => goal.bring?.(),
  }
}

/** A goal that only a person can reach, because nothing is connected that could even look. */
export function byHandGoal(unit: Unit, { id, title, about }: Reachable): Goal {
  const why = `${title} is not connected.`
  return {
    id: goalId(unit, id, 'sign-in-blocked'),
    tenant: unit.tenant,
    system: id,
    person: unit.person,
    kind: 'sign-in-blocked',
    reach: 'by-hand',
    summary: `${unit.person}: sign-in is blocked`,
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: [],
    warnings: [],
    spec: { kind: 'offboarding', goal: 'sign-in-blocked', account: null } satisfies AccountSpec,
    byHand: (about.accountSteps ?? []).map(step => step.replaceAll('{person}', unit.person)),
    look: async () => ({ state: 'unobservable', why }),
    bring: async () => {},
  }
}

/**
 * The order across systems: what follows another system begins behind it; a step begins behind the sign-in blocks of
 * the steps before it; nothing is deleted before sign-in is blocked everywhere.
 */
export function inSteps(goals: readonly OrderedGoal[]): Goal[] {
  const stepOf = (reachable: Reachable) => offboardingSteps.indexOf(reachable.about.step ?? 'applications')
  const sorted = [...goals].sort((one, other) => stepOf(one.reachable) - stepOf(other.reachable))
  const blocks = goals.filter(g => g.goal.kind === 'sign-in-blocked')
  return sorted.map(({ goal, reachable, follows }) => {
    const earlier = blocks.filter(b => stepOf(b.reachable) < stepOf(reachable)).map(b => b.goal.id)
    const deletes = goal.kind === 'deleted'
    // Its deletion comes last of all, and waits for this block.
    const followed = goals.filter(g => g.goal.system === follows && (deletes || g.goal.kind !== 'deleted'))
    // What was never sent there will never arrive here.
    const sent = followed.filter(g => g.goal.kind === 'sign-in-blocked' || g.goal.kind === 'deleted')
    const everyBlock = deletes ? blocks.filter(b => b.goal.system !== goal.system) : []
    const after = [...goal.after, ...[...everyBlock, ...sent].map(g => g.goal.id)]
    const known = after.filter(id => goals.some(g => g.goal.id === id && g.goal.id !== goal.id))
    return { ...goal, after: [...new Set(known)], behind: [...earlier, ...followed.map(g => g.goal.id)] }
  })
}

/** By id: what nobody could look at in systems that do not answer, and what waits for it. Nothing is deleted then. */
export function unmetIn(unit: Unit, unreached: readonly string[]): ReadonlySet<string> {
  return new Set(unreached.map(system => goalId(unit, system, 'sign-in-blocked')))
}

/** The same goals; what deletes waits for the systems that do not answer, too. */
export function waitingFor(unmet: ReadonlySet<string>, goals: readonly Goal[]): Goal[] {
  return goals.map(goal => (goal.kind === 'deleted' ? { ...goal, after: [...goal.after, ...unmet] } : goal))
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
