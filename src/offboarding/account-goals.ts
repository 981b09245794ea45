import { type Account, type AccountGoal, type AccountGoalKind, accountGoalKinds } from '../core/account.ts'
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

/** When requests of one account were accepted before, by kind. */
export function sentIn(
  unit: Unit,
  system: string,
  sentAt: ReadonlyMap<string, string> = new Map(),
): Partial<Record<AccountGoalKind, string>> {
  return Object.fromEntries(
    accountGoalKinds.flatMap(kind => {
      const at = sentAt.get(goalId(unit, system, kind))
      return at === undefined ? [] : [[kind, at]]
    }),
  )
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
    ...(goal.behind ? { behind: goal.behind.map(id) } : {}),
    ...laterOf(goal),
    differences: goal.differences,
    warnings: goal.warnings,
    spec: { kind: 'offboarding', goal: goal.kind, account } satisfies AccountSpec,
    ...(goal.byHand ? { byHand: goal.byHand } : {}),
    look: () => goal.look(),
    bring: async () => goal.bring?.(),
  }
}

/** What follows another system is waited for again and again; what was asked for and is queued is not. */
function laterOf({ follows, later }: AccountGoal): Pick<Goal, 'later' | 'queued'> {
  if (follows) return { later: follows.why }
  return later === undefined ? {} : { later, queued: true }
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

/** By id: what nobody could look at in systems that do not answer, and what waits for it. Nothing is deleted then. */
export function unmetIn(unit: Unit, unreached: readonly string[]): ReadonlySet<string> {
  return new Set(unreached.map(system => goalId(unit, system, 'sign-in-blocked')))
}

/** The same goals; what deletes waits for the systems that do not answer, too. */
export function waitingFor(unmet: ReadonlySet<string>, goals: readonly Goal[]): Goal[] {
  return goals.map(goal => (goal.kind === 'deleted' ? { ...goal, after: [...goal.after, ...unmet] } : goal))
}

/** "SSH keys" stays as it is. */
function lowerFirst(text: string): string {
  return /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)
}
