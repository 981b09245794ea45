import type { AccountGoal } from '../../../core/account.ts'
import { type Change, whileTaken } from '../../../core/change.ts'
import { overApi } from '../../../core/things.ts'
import { randomPassword, unicodePassword } from '../password.ts'
import { isoTime, readInteger, type User } from '../user.ts'
import { type GoalGround, guardOf, type Holder, readAtUser } from './ground.ts'

const needs = 'Reset Password on users'

const unexpired =
  'Active Directory shows no time for the password but "must be changed": a reset does that when the account of ' +
  'k1ctl lacks the right Unexpire Password on the domain.'

/**
 * The password was replaced since the account was found, or the account was disabled when it was found. Twice, because
 * NTLM accepts the one before for a while (Microsoft, "Revoke user access").
 */
export function credentialsRevoked(tools: GoalGround, subject: Holder): AccountGoal<User> {
  const { account } = subject
  const asFound = readInteger(account.asFound?.pwdLastSet)
  const isReplaced = ({ passwordSet }: User) => !account.active || passwordSet > asFound
  return {
    ...overApi,
    kind: 'credentials-revoked',
    summary: 'The password is one that nobody knows',
    effect: 'irreversible',
    needs: ['user'],
    read: moment => readAtUser(tools, subject, moment, user => user),
    holds: isReplaced,
    unobservable: user => (!isReplaced(user) && user.passwordSet === 0n && asFound !== 0n ? unexpired : undefined),
    changes: user => (isReplaced(user) ? [] : changes(asFound)),
    shown: ({ passwordSet }) =>
      account.active
        ? { passwordSet: isoTime(passwordSet), passwordSetWhenFound: isoTime(asFound) }
        : { disabledWhenFound: true, passwordSet: isoTime(passwordSet) },
    guard: user => guardOf(subject, user),
    take: (changes, user) => whileTaken(() => reset(tools, user))(changes),
  }
}

/** Of the second only the controller knows. */
function changes(asFound: bigint): Change[] {
  const line = { what: 'Password', before: `set ${isoTime(asFound) ?? 'by an administrator'}` }
  const after = 'random, replaced twice'
  return [
    { ...line, id: 'first', after },
    { ...line, id: 'second', after, blind: true },
  ]
}

async function reset({ directory }: GoalGround, { target, login, name }: User): Promise<void> {
  const value = unicodePassword(randomPassword({ login, name }))
  await directory.modify(target, [{ operation: 'replace', attribute: 'unicodePwd', values: [value] }], needs)
}
