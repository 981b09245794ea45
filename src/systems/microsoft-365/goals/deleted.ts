import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { seen } from '../../../core/reading.ts'
import { deleteUser } from '../write.ts'
import { change, type GoalGround, guardOf, type Holder, isSynced, replicationMs, type Sent } from './ground.ts'
import { elsewhere } from './sign-in.ts'

type Deleted = { deleted: true } | { deleted: false; id: string; login: string }

/** The account is gone, to the deleted users. Who is synced is deleted in Active Directory. */
export function deleted(ground: GoalGround, subject: Holder): AccountGoal<Deleted, Sent> {
  const { account, readings } = subject
  const synced = isSynced(account)
  return {
    kind: 'deleted',
    reach: 'api',
    summary: 'The account is deleted',
    effect: 'irreversible',
    repeatable: true,
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
    holds: value => value.deleted,
    changes: value => (value.deleted ? [] : [change('account', 'Account', 'there', 'deleted')]),
    warnings: () => [
      'For 30 days the account can be restored in the Entra admin center, Deleted users. Its mailbox goes with it, also a shared one, and so does its OneDrive.',
    ],
    take: synced ? async () => [] : oneByOne(() => ground.graph.write(deleteUser(account.id))),
    ...(synced
      ? elsewhere(subject, 'delete the account')
      : { settlesWithin: replicationMs, guard: () => guardOf(ground, subject, false) }),
  }
}
