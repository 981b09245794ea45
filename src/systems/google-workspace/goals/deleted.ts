import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { type GoalGround, type Subject, waitShortly } from './ground.ts'

/** The account is gone. Google keeps it for 20 days, for a super administrator to restore. */
export function deleted(ground: GoalGround, { id, now }: Subject, after: readonly AccountGoalKind[]): AccountGoal {
  const look = async (): Promise<Standing> => {
    const user = await ground.user(id)
    if (user === null) return { state: 'holds', reading: { deleted: true } }
    return { state: 'not-yet', reading: { deleted: false, id, login: user.primaryEmail } }
  }
  return {
    kind: 'deleted',
    reach: 'api',
    summary: 'The account is deleted',
    effect: 'irreversible',
    repeatable: true,
    after,
    differences: now === null ? [] : [{ what: 'Account', before: 'there', after: 'deleted' }],
    warnings:
      now === null
        ? []
        : ['After 20 days the account and its mail cannot be brought back; until then a super administrator can.'],
    look,
    bring: () =>
      ground.guarded(id, async () => {
        try {
          await ground.users.remove(id)
        } catch (error) {
          // Somebody was quicker, or it is our own request whose answer was lost: a look tells.
          if ((await look()).state !== 'holds') throw error
        }
        await waitShortly(ground, look)
      }),
  }
}
