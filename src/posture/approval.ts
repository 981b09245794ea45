import type { Goal, Refusal } from '../core/goal.ts'
import { keptSettings } from '../core/kept-settings.ts'
import { quoted } from '../core/shell.ts'
import { type Plan, type Planned, toDo, type Unreached } from '../engine/plan.ts'
import type { KeptGoal } from '../engine/run-record.ts'
import { featureOf, type Intent } from './intent.ts'
import { isPostureAsk, isPostureSpec } from './posture-spec.ts'

/** Whether a tenant wants Require Log In, and its exceptions, to be changed only once somebody else approved that. */
export type WantsApproval = (tenant: string) => boolean

/** A plan, parted. */
export interface Parted {
  /** What needs nobody else. */
  now: Plan
  /** What of one tenant is done together, once somebody else approved it. */
  later: { tenant: string; plan: Plan }[]
  /** Modules that did not answer, where it would have to be approved: nobody can tell what. */
  silent: Unreached[]
}

/** One tenant that needs an approval keeps no other from going on; of that one all waits. */
export function partForApproval(plan: Plan, wants: WantsApproval): Parted {
  const unreached = plan.unreached.filter(one => !(wants(one.tenant) && isAskedFor(one)))
  const silent = plan.unreached.filter(one => !unreached.includes(one))
  const waits = new Set(needing(plan.planned, wants).map(({ goal }) => goal.tenant))
  return {
    now: {
      planned: plan.planned.filter(({ goal }) => !waits.has(goal.tenant)),
      unreached: unreached.filter(({ tenant }) => !waits.has(tenant)),
    },
    later: [...waits].map(tenant => ({
      tenant,
      plan: { planned: plan.planned.filter(({ goal }) => goal.tenant === tenant), unreached: [] },
    })),
    silent: [...silent, ...unreached.filter(({ tenant }) => waits.has(tenant))],
  }
}

/** What of a plan needs the approval of somebody else, a sentence each; empty: nothing. */
export function settingsToApprove(plan: Pick<Plan, 'planned'>, wants: WantsApproval): string[] {
  return needing(plan.planned, wants).map(({ goal }) => `${goal.tenant}: Require Log In of ${goal.system} is changed.`)
}

/** The same of a kept plan, where nobody looks what would be changed. */
export function settingsAskedFor(
  modules: readonly { tenant: string; system: string; intents: readonly Intent[] }[],
  wants: WantsApproval,
): string[] {
  return modules
    .filter(({ tenant, intents }) => wants(tenant) && isAboutRequire(intents))
    .map(({ tenant, system }) => `${tenant}: Require Log In of ${system} is changed.`)
}

/** Of the goals that a run began with: those that need the approval of somebody else by now, a sentence each. */
export function keptToApprove(goals: readonly KeptGoal[], wants: WantsApproval): string[] {
  return goals
    .filter(({ tenant, spec }) => wants(tenant) && isPostureSpec(spec) && featureOf(spec.intent) === 'require-log-in')
    .map(({ tenant, system }) => `${tenant}: Require Log In of ${system} is changed.`)
}

/** The same plan without any change that nobody else has approved: whatever way led here, it is refused. */
export function onlyApproved({ planned, unreached }: Plan, wants: WantsApproval): Plan {
  return {
    planned: planned.map(one =>
      isHeld(one.goal, wants) ? { ...one, goal: { ...one.goal, refusal: refusalOf(one.goal) } } : one,
    ),
    unreached: unreached.filter(one => !(wants(one.tenant) && isAskedFor(one))),
  }
}

function refusalOf(goal: Goal): Refusal {
  return {
    why: 'Somebody else has to approve a change of Require Log In here.',
    hint: `Ask for it by itself, and have it approved with k1ctl approve: ${askingFor(goal)}`,
  }
}

/** The command by which it is asked for; of a way back, that which sets it as it was. */
function askingFor({ system, tenant, spec }: Goal): string {
  const command = (verb: string, words: readonly string[] = []) =>
    ['k1ctl require-log-in', verb, system, ...words, '--tenant', quoted(tenant)].join(' ')
  const { intent, back } = isPostureSpec(spec) ? spec : {}
  if (back !== undefined) {
    const had = keptSettings.safeParse(back).data?.on['require-log-in']
    return command(had === undefined ? 'show' : had ? 'enable' : 'disable')
  }
  if (intent?.kind === 'feature') {
    const users = (intent.exceptUsers ?? []).map(user => `--except ${quoted(user)}`)
    const roles = (intent.exceptRoles ?? []).map(role => `--role ${quoted(role)}`)
    return command(intent.on ? 'enable' : 'disable', [...users, ...roles])
  }
  if (intent?.kind !== 'exceptions') return command('show')
  return command(`exceptions ${intent.mode}`, [
    ...intent.users.map(quoted),
    ...intent.roles.map(role => `--role ${quoted(role)}`),
  ])
}

function needing(planned: readonly Planned[], wants: WantsApproval): Planned[] {
  return toDo({ planned: [...planned], unreached: [] }).filter(({ goal }) => isHeld(goal, wants))
}

function isHeld(goal: Goal, wants: WantsApproval): boolean {
  const { feature, refusal, spec, tenant } = goal
  const isAbout = feature === 'require-log-in' || (isPostureSpec(spec) && featureOf(spec.intent) === 'require-log-in')
  return isAbout && refusal === undefined && wants(tenant)
}

function isAskedFor({ asks }: Unreached): boolean {
  return isPostureAsk(asks) && isAboutRequire(asks.intents)
}

function isAboutRequire(intents: readonly Intent[]): boolean {
  return intents.some(intent => featureOf(intent) === 'require-log-in')
}
