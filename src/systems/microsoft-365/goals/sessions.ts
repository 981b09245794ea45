import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { seenOrGone } from '../../../core/reading.ts'
import { type GraphUser, isGuest } from '../users.ts'
import { revokeSessions } from '../write.ts'
import { change, type GoalGround, type Holder, replicationMs, type Sent } from './ground.ts'

const atHome = 'This is a guest: their sessions belong to their home tenant, and can only be ended there.'

/**
 * Sessions that began before this run are worthless. Graph shows from when on they count
 * (`signInSessionsValidFromDateTime`): that has to be later than when the account was found. For somebody who was blocked
 * already when found it holds as it is: Entra gives no new tokens to a disabled account, whatever it holds.
 */
export function sessionsEnded(ground: GoalGround, { account, readings }: Holder): AccountGoal<GraphUser, Sent> {
  const guest = isGuest(account)
  const holds = (user: GraphUser) => (guest ? !user.accountEnabled : ended(user, account.asFound))
  return {
    kind: 'sessions-ended',
    reach: 'api',
    summary: guest ? 'A guest can start no session' : 'Sessions are ended',
    effect: 'irreversible',
    repeatable: true,
    // Revoking does nothing for a guest: what keeps them out is the block.
    after: guest ? ['sign-in-blocked'] : [],
    needs: ['user'],
    read: moment => readings.user(moment).then(seenOrGone),
    holds,
    changes: user => (holds(user) || guest ? [] : [change('sessions', 'Sessions', 'open', 'ended')]),
    residual: () => (guest ? [atHome] : []),
    shown: ({ accountEnabled, signInSessionsValidFromDateTime: validFrom }) =>
      guest ? { accountEnabled, guest: true } : { accountEnabled, sessionsValidFrom: validFrom ?? null },
    take: oneByOne(() => ground.graph.write(revokeSessions(account.id))),
    settlesWithin: replicationMs,
  }
}

function ended(user: GraphUser, found: Readonly<Record<string, string>> = {}): boolean {
  if (found.active === 'false' && !user.accountEnabled) return true
  return isLater(user.signInSessionsValidFromDateTime, found.sessionsValidFrom)
}

/** ISO times; what was never set is earlier than everything. */
export function isLater(time: string | null | undefined, than: string | undefined): boolean {
  const [one, other] = [Date.parse(time ?? ''), Date.parse(than ?? '')]
  return !Number.isNaN(one) && (Number.isNaN(other) || one > other)
}
