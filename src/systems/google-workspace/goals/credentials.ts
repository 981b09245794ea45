import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { K1Error } from '../../../core/errors.ts'
import type { Moment } from '../../../core/moment.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { isBlocked } from '../read-account.ts'
import type { GoogleUser } from '../schemas.ts'
import { type GoalGround, type Subject, settlingMs, userIn } from './ground.ts'
import { isUnread, partOf, refuseBlindness, shownUnread, type Unread, unreadChanges } from './unread.ts'

interface Named {
  id: string
  name: string
}

/** Null: not shown. */
interface Credentials {
  user: GoogleUser
  backupCodes: number | null
  appPasswords: Named[] | null
  tokens: Named[] | null
  /** Google refused to show at least one of the lists, as it may for a suspended account. */
  hidden: boolean
  unread: Unread[]
}

interface Revoking extends Change {
  revoke?: (ground: GoalGround) => Promise<unknown>
}

const lists = ['backup codes', 'app passwords', 'OAuth tokens'] as const

/** Where a change shows; what could not be read may be in any list. */
function touchedBy(change: Revoking): readonly string[] {
  if (isUnread(change)) return lists
  if (change.id === 'recovery data') return ['user']
  if (change.id === 'backup codes') return ['backup codes']
  return change.id.startsWith('token ') ? ['OAuth tokens'] : ['app passwords']
}

const hiddenWhy = 'Google does not show app passwords, OAuth tokens and backup codes of a suspended account.'

/**
 * Nothing is left to sign in with besides the password: no recovery data, backup codes, app passwords, OAuth tokens.
 * Has to come before the suspension: of a suspended account Google invalidates no backup codes (GAM: "You must unsuspend
 * to process backupcodes").
 */
export function credentialsRevoked(ground: GoalGround, subject: Subject): AccountGoal<Credentials, Revoking> {
  return {
    kind: 'credentials-revoked',
    reach: 'api',
    summary: 'Recovery data, backup codes, app passwords and OAuth tokens are revoked',
    effect: 'irreversible',
    repeatable: true,
    after: [],
    needs: ['user', ...lists],
    touches: changes => [...new Set(changes.flatMap(touchedBy))],
    async read(moment) {
      const user = await userIn(moment, ground, subject)
      if (user === null) return goneReading
      const found = await credentialsOf(moment, ground, user)
      refuseBlindness(found.unread, changesOf(found))
      return seen(found)
    },
    holds: found => changesOf(found).length === 0,
    // Only of a blocked account are they hidden: nobody can use them now.
    unobservable: ({ hidden }) => (hidden ? hiddenWhy : undefined),
    changes: changesOf,
    async take(changes) {
      if (changes.length === 0) return [{ id: 'all', skipped: true }]
      return oneByOne<Revoking>(async change => {
        if (isUnread(change)) throw change.error
        await change.revoke?.(ground)
      })(changes)
    },
    settlesWithin: settlingMs,
    shown: ({ user, backupCodes, appPasswords, tokens, unread }) => ({
      recoveryEmail: isSet(user.recoveryEmail),
      recoveryPhone: isSet(user.recoveryPhone),
      backupCodes,
      appPasswords,
      tokens,
      ...shownUnread(unread),
    }),
  }
}

async function credentialsOf(moment: Moment, { users }: GoalGround, user: GoogleUser): Promise<Credentials> {
  const blocked = isBlocked(user)
  const unread: Unread[] = []
  const part = <T>(what: string, name: string, ask: () => Promise<T>) =>
    partOf(unread, what, undefined, () => moment.read(name, ask))
  const [codes, passwords, tokens] = await Promise.all([
    part('Backup codes', 'backup codes', () => users.countCodes(user.id, blocked)),
    part('App passwords', 'app passwords', () => users.appPasswords(user.id, blocked)),
    part('OAuth tokens', 'OAuth tokens', () => users.tokens(user.id, blocked)),
  ])
  return {
    user,
    backupCodes: codes ?? null,
    appPasswords: passwords?.map(({ codeId, name }) => ({ id: String(codeId), name: name ?? '' })) ?? null,
    tokens: tokens?.map(({ clientId, displayText }) => ({ id: clientId, name: displayText ?? clientId })) ?? null,
    hidden: codes === null || passwords === null || tokens === null,
    unread,
  }
}

function changesOf({ user, backupCodes, appPasswords, tokens, unread }: Credentials): Revoking[] {
  const change = (id: string, before: string, revoke: Revoking['revoke']): Revoking[] => [
    { id, what: 'Credentials', before, after: 'none', ...(revoke ? { revoke } : {}) },
  ]
  const recovery = [
    ...(isSet(user.recoveryEmail) ? ['recovery e-mail'] : []),
    ...(isSet(user.recoveryPhone) ? ['recovery phone'] : []),
  ]
  return [
    ...(recovery.length > 0
      ? change('recovery data', recovery.join(', '), ({ users }) =>
          users.update(user.id, { recoveryEmail: '', recoveryPhone: '' }),
        )
      : []),
    ...(backupCodes
      ? change('backup codes', `backup codes (${backupCodes})`, ({ users }) => {
          if (isBlocked(user)) throw codesStay(user.primaryEmail, backupCodes)
          return users.invalidateCodes(user.id)
        })
      : []),
    ...(appPasswords ?? []).flatMap(({ id, name }) =>
      change(`app password ${id}`, `app password ${name}`, ({ users }) => users.removeAppPassword(user.id, Number(id))),
    ),
    ...(tokens ?? []).flatMap(({ id, name }) =>
      change(`token ${id}`, `token of ${name}`, ({ users }) => users.removeToken(user.id, id)),
    ),
    ...unreadChanges(unread, 'none'),
  ]
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
