import type { AccountGoal } from '../../../core/account.ts'
import { K1Error } from '../../../core/errors.ts'
import type { Moment } from '../../../core/moment.ts'
import { unlessHidden } from '../../../core/parts.ts'
import { type Act, act, goalOfThings, type Thing } from '../../../core/things.ts'
import { isUnread, readPart, shownUnread, type Unread, unreadChanges } from '../../../core/unread.ts'
import { isBlocked } from '../read-account.ts'
import type { GoogleUser } from '../schemas.ts'
import { type GoalGround, type Holder, readAtUser, settlingMs } from './ground.ts'

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

const lists = ['backup codes', 'app passwords', 'OAuth tokens'] as const

/** Where a change shows; what could not be read may be in any list. */
function touchedBy(change: Act): readonly string[] {
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
export function credentialsRevoked(ground: GoalGround, subject: Holder): AccountGoal<Credentials, Act> {
  return goalOfThings<Credentials>({
    kind: 'credentials-revoked',
    summary: 'Recovery data, backup codes, app passwords and OAuth tokens are revoked',
    needs: ['user', ...lists],
    touches: changes => [...new Set(changes.flatMap(touchedBy))],
    read: moment =>
      readAtUser(ground, subject, moment, async user => {
        const found = await credentialsOf(moment, ground, user)
        unlessHidden(thingsIn(ground, found).length === 0, found.unread)
        return found
      }),
    things: found => thingsIn(ground, found),
    unseen: ({ unread }) => unreadChanges(unread, 'none'),
    // Only of a blocked account are they hidden: nobody can use them now.
    unobservable: ({ hidden }) => (hidden ? hiddenWhy : undefined),
    take: async changes => (changes.length === 0 ? [{ id: 'all', skipped: true }] : act(changes)),
    settlesWithin: settlingMs,
    shown: ({ user, backupCodes, appPasswords, tokens, unread }) => ({
      recoveryEmail: isSet(user.recoveryEmail),
      recoveryPhone: isSet(user.recoveryPhone),
      backupCodes,
      appPasswords,
      tokens,
      ...shownUnread(unread),
    }),
  })
}

async function credentialsOf(moment: Moment, { users }: GoalGround, user: GoogleUser): Promise<Credentials> {
  const blocked = isBlocked(user)
  const unread: Unread[] = []
  const part = <T>(what: string, name: string, ask: () => Promise<T>) =>
    readPart(unread, what, undefined, () => moment.read(name, ask))
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

function thingsIn({ users }: GoalGround, { user, backupCodes, appPasswords, tokens }: Credentials): Thing[] {
  const thing = (id: string, name: string, take: Thing['take']) => ({ id, what: 'Credentials', name, take })
  const recovery = [
    ...(isSet(user.recoveryEmail) ? ['recovery e-mail'] : []),
    ...(isSet(user.recoveryPhone) ? ['recovery phone'] : []),
  ].join(', ')
  const forgetRecovery = () => users.update(user.id, { recoveryEmail: '', recoveryPhone: '' })
  return [
    ...(recovery === '' ? [] : [thing('recovery data', recovery, forgetRecovery)]),
    ...(backupCodes
      ? [
          thing('backup codes', `backup codes (${backupCodes})`, async () => {
            if (isBlocked(user)) throw codesStay(user.primaryEmail, backupCodes)
            await users.invalidateCodes(user.id)
          }),
        ]
      : []),
    ...(appPasswords ?? []).map(({ id, name }) =>
      thing(`app password ${id}`, `app password ${name}`, () => users.removeAppPassword(user.id, Number(id))),
    ),
    ...(tokens ?? []).map(({ id, name }) =>
      thing(`token ${id}`, `token of ${name}`, () => users.removeToken(user.id, id)),
    ),
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
