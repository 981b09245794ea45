import { z } from 'zod'
import type { Account, AccountGoal } from '../../../core/account.ts'
import { seenOrGone } from '../../../core/reading.ts'
import { type Act, goalOfThings } from '../../../core/things.ts'
import { adminCenter, type GoalGround, guardOf, type Holder, isSynced, replicationMs, rolesUnread } from '../ground.ts'
import type { GraphUser } from '../users.ts'
import { setAccountEnabled } from '../write.ts'

const source = 'active-directory'

export const follows = {
  system: source,
  why: 'The account is synced from Active Directory, and Entra Connect tells Microsoft 365 within 30 minutes.',
}

const needsHigherRole =
  'To block an administrator, the app itself must hold a higher role, such as Privileged Authentication Administrator.'
const rolesNotRead = 'Their roles could not be read: nobody knows whether this is the last Global Administrator.'

const hadShape = z.object({ accountEnabled: z.boolean() })

/** `accountEnabled` is false. Who is synced is blocked in Active Directory: a block here is undone by the next sync. */
export function signInBlocked(ground: GoalGround, subject: Holder): AccountGoal<GraphUser, Act> {
  const { account, readings } = subject
  const synced = isSynced(account)
  const block = () => ground.graph.write(setAccountEnabled(account.id, false))
  const unblock = () => ground.graph.write(setAccountEnabled(account.id, true))
  const warnings = [
    ...(account.roles.some(({ admin }) => admin) ? [needsHigherRole] : []),
    ...(rolesUnread(account) ? [rolesNotRead] : []),
  ]
  return goalOfThings<GraphUser, Pick<GraphUser, 'accountEnabled'>>({
    kind: 'sign-in-blocked',
    summary: 'Sign-in is blocked',
    needs: ['user'],
    read: moment => readings.user(moment).then(seenOrGone),
    things: ({ accountEnabled }) =>
      accountEnabled
        ? [{ id: 'sign-in', what: 'Sign-in', name: 'allowed', without: 'blocked', take: block, give: unblock }]
        : [],
    warnings: () => (synced ? [] : warnings),
    shown: ({ accountEnabled, id, userPrincipalName, onPremisesSyncEnabled }) => ({
      accountEnabled,
      id,
      login: userPrincipalName,
      ...(onPremisesSyncEnabled ? { syncedFrom: source } : {}),
    }),
    ...(synced
      ? elsewhere(subject, 'disable the account')
      : {
          settlesWithin: replicationMs,
          guard: () => guardOf(ground, subject, true),
          async anyway() {
            await block()
            return [{ id: 'sign-in' }]
          },
        }),
    back: {
      shape: hadShape,
      what: `whether ${account.login} could sign in`,
      place: adminCenter,
      summary: had => (had.accountEnabled ? 'Sign-in is allowed again' : 'Sign-in stays as it was'),
      ...(synced ? { give: nothing } : {}),
    },
  })
}

const nothing = async () => []

/** Of who is synced: what another system brings about, or a person where that system is not connected. */
export function elsewhere({ account, options }: Holder, what: string) {
  return {
    take: nothing,
    later: follows.why,
    settlesWithin: options.waitMs,
    ...(options.present.has(source) ? { follows } : { byHand: stepsInActiveDirectory(account, what) }),
  }
}

function stepsInActiveDirectory({ login }: Account, what: string): string[] {
  return [
    `On a domain controller open Active Directory Users and Computers and find ${login}.`,
    `There ${what}.`,
    'On the server with Entra Connect run: Start-ADSyncSyncCycle -PolicyType Delta',
  ]
}
