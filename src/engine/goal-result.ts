import type { Goal } from '../core/goal.ts'
import type { Clock } from '../core/ports.ts'
import type { Ending } from './end-of.ts'
import type { Look } from './look.ts'
import type { GoalResult } from './verdict.ts'

/** How a goal ended, with what is known of the goal itself. */
export function goalResultOf(goal: Goal, ending: Ending, clock: Clock, before?: Look): GoalResult {
  return {
    goal: goal.id,
    tenant: goal.tenant,
    system: goal.system,
    ...(goal.feature ? { feature: goal.feature } : {}),
    ...(goal.person === undefined ? {} : { person: goal.person }),
    ...(goal.kind === undefined ? {} : { kind: goal.kind }),
    reach: goal.reach,
    summary: goal.summary,
    proved: false,
    at: clock.now().toISOString(),
    differences: before?.differences ?? [],
    ...ending,
  }
}
