import { asK1Error, type K1Error } from '../core/errors.ts'
import type { Reach } from '../core/features.ts'
import type { Goal } from '../core/goal.ts'
import { inLanes } from './lanes.ts'
import type { Look } from './look.ts'

/** A goal with what a look found while planning. */
export interface Planned {
  goal: Goal
  standing: Look
}

/** Something that can be planned: it looks, and answers the goals for one system of one tenant. */
export interface Planner {
  tenant: string
  system: string
  reach: Reach
  /** Whom it is about, where it is about a person. */
  person?: string
  /** What is asked for, to ask again in another process: plain JSON. */
  asks?: unknown
  make(): Promise<Planned[]>
}

/** A system that could not be asked. */
export interface Unreached {
  tenant: string
  system: string
  reach: Reach
  person?: string
  asks?: unknown
  error: K1Error
}

export interface Plan {
  planned: Planned[]
  unreached: Unreached[]
}

/** Asks every planner, side by side. A planner that fails becomes `unreached`; it never hides the others. */
export async function plan(planners: readonly Planner[], concurrency: number): Promise<Plan> {
  const answers = await inLanes(
    planners,
    planner => `${planner.tenant}/${planner.system}`,
    concurrency,
    async planner => {
      try {
        return { planned: await planner.make(), unreached: [] }
      } catch (error) {
        const { tenant, system, reach, person, asks } = planner
        const about = { tenant, system, reach, ...(person === undefined ? {} : { person }), asks }
        return { planned: [], unreached: [{ ...about, error: asK1Error(error) }] }
      }
    },
  )
  return { planned: answers.flatMap(a => a.planned), unreached: answers.flatMap(a => a.unreached) }
}

/** Goals that k1ctl would bring about now: not yet there, not refused, not by hand. */
export function toDo(plan: Plan): Planned[] {
  return plan.planned.filter(
    ({ goal, standing }) =>
      standing.state !== 'holds' &&
      (standing.state !== 'unseen' || goal.anyway !== undefined) &&
      goal.refusal === undefined &&
      goal.byHand === undefined,
  )
}

/** Goals that could not be looked at: nobody knows what would be done. */
export function unseenIn(plan: Plan): Planned[] {
  return plan.planned.filter(({ standing }) => standing.state === 'unseen')
}

/** Everything already holds, and everything could be asked. An empty plan is not this: it is nothing at all. */
export function allHold(plan: Plan): boolean {
  return plan.planned.length > 0 && plan.unreached.length === 0 && plan.planned.every(p => p.standing.state === 'holds')
}
