import { z } from 'zod'
import { goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import { type GoalGround, type Holder, portal, readAtUser } from '../ground.ts'
import { isActive } from '../read-account.ts'
import type { User } from '../schemas.ts'

/**
 * No API ends sessions or shows them: suspending is what does it (devices log out through their agent, bound resources
 * refuse). So this holds when the account is suspended, and has nothing to send of its own.
 */
export function sessionsEnded(tools: GoalGround, subject: Holder): ThingsGoal<User> {
  return goalOfThings<User>({
    kind: 'sessions-ended',
    summary: 'Sessions are ended by suspending',
    after: ['sign-in-blocked'],
    needs: ['user'],
    read: moment => readAtUser(tools, subject, moment, user => user),
    things: user =>
      isActive(user)
        ? [{ id: 'sessions', what: 'Sessions', name: 'possible', without: 'ended', take: async () => undefined }]
        : [],
    take: async changes => changes.map(({ id }) => ({ id, skipped: true })),
    residual: () => [
      'Open SSO and RADIUS sessions last until the service ends them; Windows Home is not logged out, only locked out at the next log-in.',
    ],
    shown: ({ state, suspended }) => ({ state, suspended }),
    back: {
      shape: z.any(),
      what: 'which sessions were open',
      place: portal,
      summary: () => 'Sessions are not brought back: they sign in again',
    },
  })
}
