import { z } from 'zod'
import type { Account, AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { seenOrGone } from '../../../core/reading.ts'
import { overApi } from '../../../core/things.ts'
import type { GraphUser } from '../users.ts'
import { setAccountEnabled } from '../write.ts'
import {
  adminCenter,
  change,
  type GoalGround,
  guardOf,
  type Holder,
  isSynced,
  replicationMs,
  rolesUnread,
  type Sent,
} from './ground.ts'

const source = 'active-directory'

export const follows = {
  system: source,
  why: 'The account is synced from Active Directory, and Entra Connect tells Microsoft 365 within 30 minutes.',
}

const needsHigherRole =
  'To block an administrator, the app itself must hold a higher role, such as Privileged Authentication Administrator.'
const rolesNotRead = 'Their roles could not be read: nobody knows whether this is the last Global Administrator.'

/** `accountEnabled` is false. Who is synced is blocked in Active Directory: a block here is undone by the next sync. */
export function signInBlocked(ground: GoalGround, subject: Holder): AccountGoal<GraphUser, Sent> {
  const { account, readings } = subject
  const synced = isSynced(account)
  const block = () => ground.graph.write(setAccountEnabled(account.id, false))
  const warnings = [
    ...(account.roles.some(({ admin }) => admin) ? [needsHigherRole] : []),
    ...(rolesUnread(account) ? [rolesNotRead] : []),
  ]
  return {
    kind: 'sign-in-blocked',
    ...overApi,
    summary: 'Sign-in is blocked',
    effect: 'reversible',
    needs: ['user'],
    read: moment => readings.user(moment).then(seenOrGone),
    holds: ({ accountEnabled }) => !accountEnabled,
    changes: ({ accountEnabled }) => (accountEnabled ? [change('sign-in', 'Sign-in', 'allowed', 'blocked')] : []),
    warnings: () => (synced ? [] : warnings),
    shown: ({ accountEnabled, id, userPrincipalName, onPremisesSyncEnabled }) => ({
      accountEnabled,
      id,
      login: userPrincipalName,
      ...(onPremisesSyncEnabled ? { syncedFrom: source } : {}),
    }),
    take: synced ? async () => [] : oneByOne(block),
    ...(synced ? elsewhere(subject, 'disable the account') : { settlesWithin: replicationMs }),
    ...(synced
      ? {}
      : {
          guard: () => guardOf(ground, subject, true),
          async anyway() {
            await block()
            return [{ id: 'sign-in' }]
          },
        }),
    back: {
      shape: z.object({ accountEnabled: z.boolean() }),
      what: `whether ${account.login} could sign in`,
      place: adminCenter,
      summary: had => (had.accountEnabled ? 'Sign-in is allowed again' : 'Sign-in stays as it was'),
      isBack: (had, now) => !had.accountEnabled || now.accountEnabled,
      changes: () => [change('sign-in', 'Sign-in', 'blocked', 'allowed')],
      give: synced ? async () => [] : oneByOne(() => ground.graph.write(setAccountEnabled(account.id, true))),
    },
  }
}

/** Of who is synced: what another system brings about, or a person where that system is not connected. */
export function elsewhere({ account, options }: Holder, what: string) {
  return {
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
