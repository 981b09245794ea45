import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { GraphUser } from '../users.ts'
import { revokeSessions } from '../write.ts'
import { type Ground, gone, type Subject, settled, standing } from './ground.ts'

/**
 * Sessions that began before this run are worthless. Graph shows from when on they count
 * (`signInSessionsValidFromDateTime`): that has to be later than when the account was found. For somebody who was blocked
 * already when found it holds as it is: Entra gives no new tokens to a disabled account, whatever it holds.
 */
export function sessionsEnded(ground: Ground, subject: Subject): AccountGoal {
  const { account, now } = subject
  const isGuest = now?.userType === 'Guest'
  const look = async (): Promise<Standing> => {
    const user = await ground.users.user(account.id)
    if (user === null) return gone
    const { accountEnabled, signInSessionsValidFromDateTime: validFrom } = user
    if (user.userType === 'Guest') return standing(!accountEnabled, { accountEnabled, guest: true })
    return standing(ended(user, account.asFound), { accountEnabled, sessionsValidFrom: validFrom ?? null })
  }
  const guest = 'This is a guest: their sessions belong to their home tenant, and can only be ended there.'
  return {
    kind: 'sessions-ended',
    reach: 'api',
    summary: isGuest ? 'A guest can start no session' : 'Sessions are ended',
    effect: 'irreversible',
    repeatable: true,
    // Revoking does nothing for a guest: what keeps them out is the block.
    after: isGuest ? ['sign-in-blocked'] : [],
    differences: now?.accountEnabled ? [{ what: 'Sessions', before: 'open', after: 'ended' }] : [],
    warnings: [],
    ...(isGuest ? { residual: [guest] } : {}),
    look,
    bring: () =>
      settled(
        ground,
        async () => {
          // Each time it is asked for, sessions count anew: not where they are ended already.
          if (!isGuest && (await look()).state === 'not-yet') await ground.graph.write(revokeSessions(account.id))
        },
        look,
      ),
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
