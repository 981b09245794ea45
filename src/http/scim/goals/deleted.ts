import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { seen } from '../../../core/reading.ts'
import { isNotFound } from '../error.ts'
import type { Follows } from '../people-rules.ts'
import type { ScimUser } from '../schemas.ts'
import { guardOf, type Holder, type ScimTools, userOf } from './ground.ts'

export interface DeletedOptions {
  follows?: Follows | undefined
  waitMs: number
}

/** The account is gone. */
export function deleted(
  tools: ScimTools,
  subject: Holder,
  { follows, waitMs }: DeletedOptions,
): AccountGoal<ScimUser | null> {
  const { server, rules, others } = tools
  const { id, login } = subject
  return {
    kind: 'deleted',
    reach: tools.reach,
    summary: 'The account is deleted',
    effect: 'irreversible',
    repeatable: true,
    after: ['sign-in-blocked'],
    ...(follows ? { follows, settlesWithin: waitMs } : {}),
    needs: ['user'],
    read: async moment => seen(await userOf(tools, subject, moment)),
    holds: user => user === null,
    changes: user => (user === null ? [] : [{ id: 'account', what: 'Account', before: 'there', after: 'deleted' }]),
    warnings: () => ['A deleted account cannot be brought back.'],
    shown: user => (user === null ? { deleted: true } : { deleted: false, id, login: user.userName }),
    guard(user) {
      if (!user) return undefined
      const untouchable = guardOf(tools, subject, user)
      if (follows || !(untouchable || rules.neverDeleted)) return undefined
      return async () => {
        const why = await rules.neverDeleted?.(user, others)
        return why ? `${login} in ${server.title} is not deleted: ${why}` : untouchable?.()
      }
    },
    take: follows
      ? async () => []
      : oneByOne(async () => {
          try {
            await server.client.remove('Users', id)
          } catch (error) {
            if (!isNotFound(error)) throw error
          }
        }),
  }
}
