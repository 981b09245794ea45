import type { AccountGoal } from '../../../core/account.ts'
import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import { oneByOne } from '../../../core/change.ts'
import { seen } from '../../../core/reading.ts'
import type { GoogleUser } from '../schemas.ts'
import { type GoalGround, guardOf, type Subject, settlingMs, userIn } from './ground.ts'

interface Presence {
  user: GoogleUser | null
}

/** The account is gone. Google keeps it for 20 days, for a super administrator to restore. */
export function deleted(
  ground: GoalGround,
  subject: Subject,
  after: readonly AccountGoalKind[],
): AccountGoal<Presence> {
  return {
    kind: 'deleted',
    reach: 'api',
    summary: 'The account is deleted',
    effect: 'irreversible',
    repeatable: true,
    after,
    needs: ['user'],
    read: async moment => seen({ user: await userIn(moment, ground, subject) }),
    holds: ({ user }) => user === null,
    changes: ({ user }) =>
      user === null ? [] : [{ id: 'account', what: 'Account', before: 'there', after: 'deleted' }],
    warnings: () => [
      'After 20 days the account and its mail cannot be brought back; until then a super administrator can.',
    ],
    guard: now => (now?.user === null ? undefined : guardOf(ground, subject, now?.user)),
    take: oneByOne(() => ground.users.remove(subject.id)),
    settlesWithin: settlingMs,
    shown: ({ user }) =>
      user === null ? { deleted: true } : { deleted: false, id: subject.id, login: user.primaryEmail },
  }
}
