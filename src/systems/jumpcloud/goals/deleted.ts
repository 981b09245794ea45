import type { AccountGoalOptions } from '../../../core/account.ts'
import type { OldAccountGoal as AccountGoal } from '../../../core/old-goal.ts'
import { isActive } from '../read-account.ts'
import type { User } from '../schemas.ts'
import { common, type GoalGround, type Subject } from './ground.ts'

/**
 * The account is gone, and whoever it managed has the successor, or nobody, as a manager: without saying which,
 * JumpCloud refuses to delete a manager (409).
 */
export async function deleted(
  ground: GoalGround,
  { id, now }: Subject,
  { successor }: AccountGoalOptions,
): Promise<AccountGoal> {
  const { client } = ground
  const [reports, heir] = await Promise.all([
    now === null ? [] : client.usersBy('manager', id),
    now === null ? null : findHeir(),
  ])

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
    differences: [
      ...(now === null ? [] : [{ what: 'Account', before: 'there', after: 'deleted' }]),
      ...(reports.length === 0
        ? []
        : [{ what: `Manager of ${reports.length}`, before: now?.username ?? '', after: heir?.username ?? 'nobody' }]),
    ],
    warnings: now === null ? [] : ['A deleted account cannot be brought back.'],
    async look() {
      const user = await client.user(id)
      if (user === null) return { state: 'holds', reading: { deleted: true } }
      return { state: 'not-yet', reading: { deleted: false, id, login: user.username } }
    },
    async bring() {
      if ((await client.user(id)) === null) return
      const manager = await findHeir()
      await client.deleteUser(id, manager?._id ?? null)
    },
  }
}
