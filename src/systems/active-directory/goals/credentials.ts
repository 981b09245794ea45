import { whileTaken } from '../../../core/change.ts'
import { type Act, goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import { type GoalGround, guardOf, type Holder, readAtUser } from '../ground.ts'
import { randomPassword, unicodePassword } from '../password.ts'
import { isoTime, readInteger, type User } from '../user.ts'

const needs = 'Reset Password on users'

const unexpired =
  'Active Directory shows no time for the password but "must be changed": a reset does that when the account of ' +
  'k1ctl lacks the right Unexpire Password on the domain.'

/**
 * The password was replaced since the account was found, or the account was disabled when it was found. Twice, because
 * NTLM accepts the one before for an hour, or for as long as `OldPasswordAllowedPeriod` says (Microsoft, "Revoke user
 * access", and KB 906305). When it was last set does not tell the second from the first.
 */
export function credentialsRevoked(tools: GoalGround, subject: Holder): ThingsGoal<User> {
  const { account } = subject
  const asFound = readInteger(account.asFound?.pwdLastSet)
  const isReplaced = ({ passwordSet }: User) => !account.active || passwordSet > asFound
  return goalOfThings<User>({
    kind: 'credentials-revoked',
    summary: 'The password is one that nobody knows',
    needs: ['user'],
    read: moment => readAtUser(tools, subject, moment, user => user),
    unobservable: user => (!isReplaced(user) && user.passwordSet === 0n && asFound !== 0n ? unexpired : undefined),
    things: user => (isReplaced(user) ? [] : twice(asFound, () => reset(tools, user))),
    unshown: user => (account.active ? twice(asFound, () => reset(tools, user)).filter(({ blind }) => blind) : []),
    shown: ({ passwordSet }) =>
      account.active
        ? { passwordSet: isoTime(passwordSet), passwordSetWhenFound: isoTime(asFound) }
        : { disabledWhenFound: true, passwordSet: isoTime(passwordSet) },
    guard: user => guardOf(subject, user),
    take: whileTaken((change: Act) => change.act()),
  })
}

/** Of the second only the controller knows. */
function twice(asFound: bigint, take: Thing['take']): Thing[] {
  const name = `set ${isoTime(asFound) ?? 'by an administrator'}`
  const password = { what: 'Password', name, without: 'random, replaced twice', take }
  return [
    { ...password, id: 'first' },
    { ...password, id: 'second', blind: true },
  ]
}

async function reset({ directory }: GoalGround, { target, login, name }: User): Promise<void> {
  const value = unicodePassword(randomPassword({ login, name }))
  await directory.modify(target, [{ operation: 'replace', attribute: 'unicodePwd', values: [value] }], needs)
}
