import { asK1Error, type K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { lookAt } from './look.ts'
import type { Planned, Unreached } from './plan.ts'
import { outOfReach, type Rebuild } from './run.ts'
import type { KeptGoal, KeptUnreached, UnitRecord } from './run-record.ts'
import type { UnitPlan } from './unit.ts'
import { isSettled } from './work.ts'

/** How goals are planned again in another process, from what the ledger kept. */
export interface Again {
  rebuild: Rebuild
  /** What could not be reached, from `Planner.asks`. */
  replan(asks: unknown, place: KeptUnreached): Promise<Planned[]>
}

/** Every goal that did not end for certain, built again; what was refused, nobody agreed to. */
export async function planAgain(record: UnitRecord, { rebuild, replan }: Again): Promise<UnitPlan> {
  const { entry } = record
  const rebuilt = await Promise.all(
    leftOf(record).map(kept => rebuild(kept).catch((error: unknown) => outOfReach(kept, error))),
  )
  const goals = sharingMoments(rebuilt)
  const planned = await lookAtAll(goals)
  const unreached: Unreached[] = []
  for (const place of entry.unreached) {
    try {
      planned.push(...(await replan(place.asks, place)))
    } catch (thrown) {
      unreached.push(unreachedAgain(place, thrown))
    }
  }
  return { planned, unreached }
}

/** Goals of one system look at one account, or one module: what one changes, the next one sees. */
function sharingMoments(goals: readonly Goal[]): Goal[] {
  const first = new Map<string, Goal['moment']>()
  return goals.map(goal => {
    const moment = first.get(goal.system) ?? goal.moment
    first.set(goal.system, moment)
    return { ...goal, moment }
  })
}

function unreachedAgain({ tenant, system, asks }: KeptUnreached, thrown: unknown): Unreached {
  return { tenant, system, reach: 'api', error: asK1Error(thrown), asks }
}

/** The plan of a unit that nobody may be at now: what is left fails with that, and the next resume tries it. */
export async function leftAsItIs(record: UnitRecord, why: K1Error): Promise<UnitPlan> {
  return {
    planned: await planAsItIs(leftOf(record), why),
    unreached: record.entry.unreached.map(place => unreachedAgain(place, why)),
  }
}

/** The same of goals of which none was begun. */
export function planAsItIs(goals: readonly KeptGoal[], why: K1Error): Promise<Planned[]> {
  return lookAtAll(goals.map(kept => outOfReach(kept, why)))
}

/** What was refused is over: nobody agreed to it. */
function leftOf({ entry, results }: UnitRecord): KeptGoal[] {
  const ended = results.filter(r => isSettled(r) || r.end === 'refused')
  return entry.goals.filter(({ id }) => !ended.some(r => r.goal === id))
}

function lookAtAll(goals: readonly Goal[]): Promise<Planned[]> {
  return Promise.all(goals.map(async goal => ({ goal, standing: await lookAt(goal) })))
}
