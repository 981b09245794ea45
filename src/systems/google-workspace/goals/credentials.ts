import { K1Error } from '../../../core/errors.ts'
import { unlessHidden } from '../../../core/parts.ts'
import { act, goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import { shownUnread, unreadChanges } from '../../../core/unread.ts'
import { type GoalGround, type Holder, readAtUser, settlingMs } from '../ground.ts'
import { credentialLists, credentialsOf, type HeldCredentials } from '../held-credentials.ts'
import { isBlocked } from '../read-account.ts'

const hiddenWhy = 'Google does not show app passwords, OAuth tokens and backup codes of a suspended account.'

/**
 * Nothing is left to sign in with besides the password: no recovery data, backup codes, app passwords, OAuth tokens.
 * Has to come before the suspension: of a suspended account Google invalidates no backup codes (GAM: "You must unsuspend
 * to process backupcodes").
 */
export function credentialsRevoked(ground: GoalGround, subject: Holder): ThingsGoal<HeldCredentials> {
  return goalOfThings<HeldCredentials>({
    kind: 'credentials-revoked',
    summary: 'Recovery data, backup codes, app passwords and OAuth tokens are revoked',
    needs: ['user', ...credentialLists],
    shows: credentialLists,
    read: moment =>
      readAtUser(ground, subject, moment, async user => {
        const found = await credentialsOf(moment, ground.users, user)
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

function thingsIn({ users }: GoalGround, { user, backupCodes, appPasswords, tokens }: HeldCredentials): Thing[] {
  const thing = (id: string, name: string, list: string, take: Thing['take']): Thing => {
    return { id, what: 'Credentials', name, shows: [list], take }
  }
  const recovery = [
    ...(isSet(user.recoveryEmail) ? ['recovery e-mail'] : []),
    ...(isSet(user.recoveryPhone) ? ['recovery phone'] : []),
  ].join(', ')
  const forgetRecovery = () => users.update(user.id, { recoveryEmail: '', recoveryPhone: '' })
  return [
    ...(recovery === '' ? [] : [thing('recovery data', recovery, 'user', forgetRecovery)]),
    ...(backupCodes
      ? [
          thing('backup codes', `backup codes (${backupCodes})`, 'backup codes', async () => {
            if (isBlocked(user)) throw codesStay(user.primaryEmail, backupCodes)
            await users.invalidateCodes(user.id)
          }),
        ]
      : []),
    ...(appPasswords ?? []).map(({ id, name }) =>
      thing(`app password ${id}`, `app password ${name}`, 'app passwords', () =>
        users.removeAppPassword(user.id, Number(id)),
      ),
    ),
    ...(tokens ?? []).map(({ id, name }) =>
      thing(`token ${id}`, `token of ${name}`, 'OAuth tokens', () => users.removeToken(user.id, id)),
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
