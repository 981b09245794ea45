import type { AccountGoal, AccountGoalOptions } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { seen } from '../../../core/reading.ts'
import { isActive } from '../read-account.ts'
import type { User } from '../schemas.ts'
import { common, type OrganizationTools, type Subject, userOf } from './ground.ts'

interface Seen {
  user: User | null
  reports: readonly User[]
  /** Who manages them afterwards; null: nobody. */
  heir: User | null
}

/**
 * The account is gone, and whoever it managed has the successor, or nobody, as a manager: without saying which,
 * JumpCloud refuses to delete a manager (409).
 */
export function deleted(
  tools: OrganizationTools,
  subject: Subject,
  { successor }: AccountGoalOptions,
): AccountGoal<Seen> {
  const { client } = tools
  const { id, login } = subject

  /** The successor, where JumpCloud knows exactly one such active user; nobody otherwise. */
  async function findHeir(): Promise<User | null> {
    const word = successor?.trim().toLowerCase()
    if (word === undefined || word === '') return null
    const [user, ...more] = (await client.usersBy('email', word)).filter(one => one._id !== id && isActive(one))
    return user !== undefined && more.length === 0 ? user : null
  }

  return {
    ...common,
    kind: 'deleted',
    summary: 'The account is deleted',
    effect: 'irreversible',
    // A device that has not called in yet would keep the local account for good.
    after: ['sign-in-blocked', 'devices-released'],
    needs: ['user', 'reports', 'heir'],
    async read(moment) {
      const user = await userOf(tools, subject, moment)
      if (user === null) return seen({ user, reports: [], heir: null })
      const [reports, heir] = await Promise.all([
        moment.read('reports', () => client.usersBy('manager', id)),
        moment.read('heir', findHeir),
      ])
      return seen({ user, reports, heir })
    },
    holds: ({ user }) => user === null,
    changes: ({ user, reports, heir }): Change[] =>
      user === null
        ? []
        : [
            { id: 'account', what: 'Account', before: 'there', after: 'deleted' },
            ...(reports.length === 0
              ? []
              : [
                  {
                    id: 'reports',
                    what: `Manager of ${reports.length}`,
                    before: user.username,
                    after: heir?.username ?? 'nobody',
                  },
                ]),
          ],
    warnings: () => ['A deleted account cannot be brought back.'],
    shown: ({ user }) => (user === null ? { deleted: true } : { deleted: false, id, login: user.username ?? login }),
    take: (changes, { heir }) =>
      oneByOne(async change => {
        // The reports go with the account, in the same request.
        if (change.id === 'account') await client.deleteUser(id, heir?._id ?? null)
      })(changes),
  }
}
