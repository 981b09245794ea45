import type { AccountGoal } from '../../../core/account.ts'
import { seenOrGone } from '../../../core/reading.ts'
import { type Act, goalOfThings } from '../../../core/things.ts'
import { type GoalGround, type Holder, replicationMs } from '../ground.ts'
import { type GraphUser, isGuest, isNewer } from '../users.ts'
import { revokeSessions } from '../write.ts'

const atHome = 'This is a guest: their sessions belong to their home tenant, and can only be ended there.'

/**
 * Sessions that began before this run are worthless. Graph shows from when on they count
 * (`signInSessionsValidFromDateTime`): that has to be later than when the account was found. For somebody who was blocked
 * already when found it holds as it is: Entra gives no new tokens to a disabled account, whatever it holds.
 */
export function sessionsEnded({ graph }: GoalGround, { account, readings }: Holder): AccountGoal<GraphUser, Act> {
  const guest = isGuest(account)
  const take = () => graph.write(revokeSessions(account.id))
  return goalOfThings<GraphUser>({
    kind: 'sessions-ended',
    summary: guest ? 'A guest can start no session' : 'Sessions are ended',
    // Revoking does nothing for a guest: what keeps them out is the block.
    ...(guest ? { after: ['sign-in-blocked'], holds: user => !user.accountEnabled } : {}),
    needs: ['user'],
    read: moment => readings.user(moment).then(seenOrGone),
    things: user =>
      guest || isNewer(user, account, 'sessionsValidFrom')
        ? []
        : [{ id: 'sessions', what: 'Sessions', name: 'open', without: 'ended', take }],
    residual: () => (guest ? [atHome] : []),
    shown: ({ accountEnabled, signInSessionsValidFromDateTime: validFrom }) =>
      guest ? { accountEnabled, guest: true } : { accountEnabled, sessionsValidFrom: validFrom ?? null },
    settlesWithin: replicationMs,
  })
}
