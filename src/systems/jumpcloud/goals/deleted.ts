import type { AccountGoal, AccountGoalOptions } from '../../../core/account.ts'
import { allAtOnce } from '../../../core/change.ts'
import { seen } from '../../../core/reading.ts'
import { type Act, accountThing, goalOfThings } from '../../../core/things.ts'
import { type GoalGround, type Holder, userOf } from '../ground.ts'
import { isActive } from '../read-account.ts'
import type { User } from '../schemas.ts'

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
export function deleted(tools: GoalGround, subject: Holder, { successor }: AccountGoalOptions): AccountGoal<Seen, Act> {
  const { client } = tools
  const { id, login } = subject

  /** The successor, where JumpCloud knows exactly one such active user; nobody otherwise. */
  async function findHeir(): Promise<User | null> {
    const word = successor?.trim().toLowerCase()
    if (word === undefined || word === '') return null
    const [user, ...more] = (await client.usersBy('email', word)).filter(one => one._id !== id && isActive(one))
    return user !== undefined && more.length === 0 ? user : null
  }

  return goalOfThings<Seen>({
    kind: 'deleted',
    summary: 'The account is deleted',
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
    things: ({ user, reports: { length }, heir }) => {
      if (user === null) return []
      const reports = { id: 'reports', what: `Manager of ${length}`, name: user.username }
      const take = () => client.deleteUser(id, heir?._id ?? null)
      return [accountThing(take), ...(length === 0 ? [] : [{ ...reports, without: heir?.username ?? 'nobody', take }])]
    },
    // They go with the account.
    take: allAtOnce(async ([first]) => first?.act()),
    warnings: () => ['A deleted account cannot be brought back.'],
    shown: ({ user }) => (user === null ? { deleted: true } : { deleted: false, id, login: user.username ?? login }),
  })
}
