import { z } from 'zod'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { type GraphStage, plain } from './microsoft-365-stage.ts'
import { goalOf, theOne } from './people-stage.ts'
import type { TriedGoal } from './tried-goal.ts'

const created = z.object({ id: z.string() })

/** Goals of the stage, one at a time. */
export function triesOn(stage: GraphStage) {
  return {
    async goalFor(who: string, kind: AccountGoalKind, options: Partial<AccountGoalOptions> = {}, settings = {}) {
      const people = await stage.open({ settings })
      return goalOf(await people.goals(await theOne(people, who), { ...plain, ...options }), kind)
    },
    bring: async (goal: TriedGoal) => goal.bring?.(),
    group: async (body: object) => created.parse(await stage.control('groups', body)).id,
    async reading<T>(goal: TriedGoal, shape: z.ZodType<T>): Promise<T> {
      const standing = await goal.look()
      return shape.parse(standing.state === 'unobservable' ? {} : standing.reading)
    },
  }
}
