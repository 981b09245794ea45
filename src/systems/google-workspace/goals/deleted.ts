import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import { seen } from '../../../core/reading.ts'
import { accountThing, goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import { type GoalGround, guardOf, type Holder, settlingMs, userIn } from '../ground.ts'
import type { GoogleUser } from '../schemas.ts'

/** The account is gone. Google keeps it for 20 days, for a super administrator to restore. */
export function deleted(
  ground: GoalGround,
  subject: Holder,
  after: readonly AccountGoalKind[],
): ThingsGoal<GoogleUser | null> {
  return goalOfThings<GoogleUser | null>({
    kind: 'deleted',
    summary: 'The account is deleted',
    after,
    needs: ['user'],
    read: async moment => seen(await userIn(moment, ground, subject)),
    things: user => (user === null ? [] : [accountThing(() => ground.users.remove(subject.id))]),
    warnings: () => [
      'After 20 days the account and its mail cannot be brought back; until then a super administrator can.',
    ],
    guard: user => (user === null ? undefined : guardOf(ground, subject, user)),
    settlesWithin: settlingMs,
    shown: user => (user === null ? { deleted: true } : { deleted: false, id: subject.id, login: user.primaryEmail }),
  })
}
