import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { isActive } from '../read-account.ts'
import { common, type GoalGround, gone, type Subject } from './ground.ts'

/**
 * No API ends sessions or shows them: suspending is what does it (devices log out through their agent, bound resources
 * refuse). So this holds when the account is suspended, and has nothing to send of its own.
 */
export function sessionsEnded({ client }: GoalGround, { id, now }: Subject): AccountGoal {
  async function look(): Promise<Standing> {
    const user = await client.user(id)
    if (user === null) return gone
    return { state: isActive(user) ? 'not-yet' : 'holds', reading: { state: user.state, suspended: user.suspended } }
  }
  return {
    ...common,
    kind: 'sessions-ended',
    summary: 'Sessions are ended by suspending',
    after: ['sign-in-blocked'],
    residual: [
      'Open SSO and RADIUS sessions last until the service ends them; Windows Home is not logged out, only locked out at the next log-in.',
    ],
    differences: now !== null && isActive(now) ? [{ what: 'Sessions', before: 'possible', after: 'ended' }] : [],
    look,
    async bring() {},
    undo: before => ({
      ...common,
      kind: 'sessions-ended',
      summary: 'Sessions are not brought back: they sign in again',
      differences: [],
      look: async () => ({ state: 'holds', reading: before }),
      async bring() {},
    }),
  }
}
