import { K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { GoogleUser } from '../schemas.ts'
import { type GoalGround, gone, ifAllowed, isBlocked, type Subject, waitShortly } from './ground.ts'

interface Credentials {
  recoveryEmail: boolean
  recoveryPhone: boolean
  backupCodes: number
  appPasswords: { id: string; name: string }[]
  tokens: { id: string; name: string }[]
}

const unreadable = 'Google does not show app passwords, OAuth tokens and backup codes of a suspended account.'

/**
 * Nothing is left to sign in with besides the password: no recovery data, backup codes, app passwords, OAuth tokens.
 * Has to come before the suspension: of a suspended account Google invalidates no backup codes (GAM: "You must unsuspend
 * to process backupcodes").
 */
export async function credentialsRevoked(ground: GoalGround, subject: Subject): Promise<AccountGoal> {
  const { id, now } = subject
  const found = now === null ? null : await ifAllowed(() => read(ground, now), null)
  const look = () => lookAtCredentials(ground, id)
  return {
    kind: 'credentials-revoked',
    reach: 'api',
    summary: 'Recovery data, backup codes, app passwords and OAuth tokens are revoked',
    effect: 'irreversible',
    repeatable: true,
    after: [],
    differences:
      found !== null && isAny(found) ? [{ what: 'Credentials', before: describe(found), after: 'none' }] : [],
    warnings: [],
    look,
    async bring() {
      const user = await ground.user(id)
      const found = user === null ? null : await read(ground, user)
      // Only of a blocked account are they hidden: nobody can use them now.
      if (user === null || found === null) return 'nothing'
      if (isAny(found)) {
        await revoke(ground, user, found)
        await waitShortly(ground, look)
      }
      return undefined
    },
  }
}

async function lookAtCredentials(ground: GoalGround, id: string): Promise<Standing> {
  const user = await ground.user(id)
  if (user === null) return gone
  const found = await read(ground, user)
  if (found === null) return { state: 'unobservable', why: unreadable }
  return { state: isAny(found) ? 'not-yet' : 'holds', reading: found }
}

/** Null when Google refuses to show them. */
async function read({ users }: GoalGround, user: GoogleUser): Promise<Credentials | null> {
  const blocked = isBlocked(user)
  const [backupCodes, appPasswords, tokens] = await Promise.all([
    users.countCodes(user.id, blocked),
    users.appPasswords(user.id, blocked),
    users.tokens(user.id, blocked),
  ])
  if (backupCodes === null || appPasswords === null || tokens === null) return null
  return {
    recoveryEmail: isSet(user.recoveryEmail),
    recoveryPhone: isSet(user.recoveryPhone),
    backupCodes,
    appPasswords: appPasswords.map(({ codeId, name }) => ({ id: String(codeId), name: name ?? '' })),
    tokens: tokens.map(({ clientId, displayText }) => ({ id: clientId, name: displayText ?? clientId })),
  }
}

/** @throws K1Error `refused` when backup codes are left on an account that is suspended already */
async function revoke({ users }: GoalGround, user: GoogleUser, found: Credentials): Promise<void> {
  for (const { id } of found.tokens) await users.removeToken(user.id, id)
  for (const { id } of found.appPasswords) await users.removeAppPassword(user.id, Number(id))
  if (found.recoveryEmail || found.recoveryPhone) await users.update(user.id, { recoveryEmail: '', recoveryPhone: '' })
  if (found.backupCodes === 0) return
  if (isBlocked(user)) throw codesStay(user.primaryEmail, found.backupCodes)
  await users.invalidateCodes(user.id)
}

function codesStay(email: string, count: number): K1Error {
  const many = count === 1 ? '1 backup code stays' : `${count} backup codes stay`
  return new K1Error('refused', `${many} with ${email}: Google invalidates none while an account is suspended.`, {
    hint: 'Nobody can use them while it is suspended. To be rid of them, restore the user in the Admin console and run the same command at once.',
    facts: { backupCodes: count },
  })
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== ''
}

function isAny(found: Credentials): boolean {
  const { recoveryEmail, recoveryPhone, backupCodes, appPasswords, tokens } = found
  return recoveryEmail || recoveryPhone || backupCodes > 0 || appPasswords.length > 0 || tokens.length > 0
}

function describe(found: Credentials): string {
  const parts = [
    found.recoveryEmail ? 'recovery e-mail' : '',
    found.recoveryPhone ? 'recovery phone' : '',
    found.backupCodes > 0 ? `backup codes (${found.backupCodes})` : '',
    ...found.appPasswords.map(({ name }) => `app password ${name}`),
    ...found.tokens.map(({ name }) => `token of ${name}`),
  ]
  return parts.filter(part => part !== '').join(', ')
}
