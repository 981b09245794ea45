import type { AccountGoal } from '../../../core/account.ts'
import { seen } from '../../../core/reading.ts'
import { type Act, accountThing, goalOfThings } from '../../../core/things.ts'
import { type GoalGround, guardOf, type Holder, isSynced, replicationMs } from '../ground.ts'
import { deleteUser } from '../write.ts'
import { elsewhere } from './sign-in.ts'

type Deleted = { deleted: true } | { deleted: false; id: string; login: string }

/** The account is gone, to the deleted users. Who is synced is deleted in Active Directory. */
export function deleted(ground: GoalGround, subject: Holder): AccountGoal<Deleted, Act> {
  const { account, readings } = subject
  const synced = isSynced(account)
  return goalOfThings<Deleted>({
    kind: 'deleted',
    summary: 'The account is deleted',
    after: ['sign-in-blocked'],
    behind: [
      'groups-left',
      'others-mailboxes-left',
      'meetings-cancelled',
      'mail-kept-in',
      'mailbox-shared',
      'access-freed',
      'data-handed-over',
      'successor-let-in',
      'licences-freed',
      'devices-released',
    ],
    needs: ['user'],
    async read(moment) {
      const user = await readings.user(moment)
      return seen(user === null ? { deleted: true } : { deleted: false, id: user.id, login: user.userPrincipalName })
    },
    things: value => (value.deleted ? [] : [accountThing(() => ground.graph.write(deleteUser(account.id)))]),
    warnings: () => [
      'For 30 days the account can be restored in the Entra admin center, Deleted users. Its mailbox goes with it, also a shared one, and so does its OneDrive.',
    ],
    ...(synced
      ? elsewhere(subject, 'delete the account')
      : { settlesWithin: replicationMs, guard: () => guardOf(ground, subject, false) }),
  })
}
