import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { waitFor } from '../../../http/wait-for.ts'
import { type HeldRole, isAdmin } from '../roles.ts'
import { setAccountEnabled } from '../write.ts'
import { type Ground, gone, notASnapshot, present, type Subject, settled, standing } from './ground.ts'

const source = 'active-directory'

export const follows = {
  system: source,
  why: 'The account is synced from Active Directory, and Entra Connect tells Microsoft 365 within 30 minutes.',
}

/** `accountEnabled` is false. Who is synced is blocked in Active Directory: a block here is undone by the next sync. */
export function signInBlocked(ground: Ground, subject: Subject, roles: readonly HeldRole[]): AccountGoal {
  const { account, now, options } = subject
  const look = () => lookAtEnabled(ground, account.id, false)
  const base = {
    kind: 'sign-in-blocked',
    reach: 'api',
    summary: 'Sign-in is blocked',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: now?.accountEnabled ? [{ what: 'Sign-in', before: 'allowed', after: 'blocked' }] : [],
    warnings: [],
    look,
    undo: (reading: unknown) => signInAllowed(ground, subject, reading),
  } satisfies AccountGoal
  if (!isSynced(subject)) {
    const admin = roles.some(isAdmin)
      ? [
          'To block an administrator, the app itself must hold a higher role, such as Privileged Authentication Administrator.',
        ]
      : []
    const block = async () => {
      await ground.guarded(account.id, async user => {
        if (user.accountEnabled) await ground.graph.write(setAccountEnabled(user.id, false))
      })
    }
    return { ...base, warnings: admin, bring: () => settled(ground, block, look) }
  }
  if (options.present.has(source)) {
    const { clock, signal } = ground
    return { ...base, follows, bring: () => waitFor(look, { clock, signal, waitMs: options.waitMs }) }
  }
  return { ...base, byHand: stepsInActiveDirectory(account.login, 'disable the account') }
}

export function isSynced({ account, now }: Subject): boolean {
  return now === null ? account.masteredIn !== undefined : now.onPremisesSyncEnabled === true
}

export function stepsInActiveDirectory(login: string, what: string): string[] {
  return [
    `On a domain controller open Active Directory Users and Computers and find ${login}.`,
    `There ${what}.`,
    'On the server with Entra Connect run: Start-ADSyncSyncCycle -PolicyType Delta',
  ]
}

async function lookAtEnabled({ users }: Ground, id: string, wanted: boolean): Promise<Standing> {
  const user = await users.user(id)
  if (user === null) return wanted ? standing(false, { gone: true }) : gone
  const { accountEnabled, userPrincipalName, onPremisesSyncEnabled } = user
  const synced = onPremisesSyncEnabled ? { syncedFrom: source } : {}
  return standing(accountEnabled === wanted, { accountEnabled, id, login: userPrincipalName, ...synced })
}

const snapshotSchema = z.union([z.object({ gone: z.literal(true) }), z.object({ accountEnabled: z.boolean() })])

function signInAllowed(ground: Ground, subject: Subject, before: unknown): AccountGoal {
  const { id, login } = subject.account
  const snapshot = snapshotSchema.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`whether ${login} could sign in`)
  const was = 'accountEnabled' in snapshot.data && snapshot.data.accountEnabled
  const look = async () => (was ? lookAtEnabled(ground, id, true) : standing(true, snapshot.data))
  const { clock, signal } = ground
  const allow = async () => {
    if (!(await present(ground, subject)).accountEnabled) await ground.graph.write(setAccountEnabled(id, true))
  }
  return {
    kind: 'sign-in-blocked',
    reach: 'api',
    summary: was ? 'Sign-in is allowed again' : 'Sign-in stays as it was',
    effect: 'reversible',
    repeatable: true,
    after: [],
    ...(isSynced(subject) ? { follows } : {}),
    differences: was ? [{ what: 'Sign-in', before: 'blocked', after: 'allowed' }] : [],
    warnings: [],
    look,
    bring: () =>
      isSynced(subject)
        ? waitFor(look, { clock, signal, waitMs: subject.options.waitMs })
        : settled(ground, allow, look),
  }
}
