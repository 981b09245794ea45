import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { randomPassword, unicodePassword } from '../password.ts'
import { isoTime, readInteger, type User } from '../user.ts'
import { changeAccount, type GoalGround, lookAt, type Subject, settle } from './ground.ts'

const needs = 'Reset Password on users'

/**
 * The password was replaced since the account was found, or the account was disabled when it was found. Twice, because
 * NTLM accepts the one before for a while (Microsoft, "Revoke user access").
 */
export function credentialsRevoked(ground: GoalGround, subject: Subject): AccountGoal {
  const { account, now } = subject
  const asFound = readInteger(account.asFound?.pwdLastSet)
  const look = () => lookAt(ground, subject, user => standing(user, account.active, asFound))
  const open = now !== null && standing(now, account.active, asFound).state !== 'holds'
  return {
    kind: 'credentials-revoked',
    reach: 'api',
    summary: 'The password is one that nobody knows',
    effect: 'irreversible',
    repeatable: true,
    after: [],
    differences: open
      ? [
          {
            what: 'Password',
            before: `set ${isoTime(asFound) ?? 'by an administrator'}`,
            after: 'random, replaced twice',
          },
        ]
      : [],
    warnings: [],
    look,
    bring: () =>
      changeAccount(ground, subject, async user => {
        if (standing(user, account.active, asFound).state === 'holds') return
        for (const round of [1, 2]) {
          const write = () => reset(ground, user)
          // Of the second only the controller knows; the first can be looked for.
          if (round === 1) await settle(write, async () => (await look()).state === 'holds')
          else await write()
        }
      }),
  }
}

async function reset({ directory }: GoalGround, user: User): Promise<void> {
  const value = unicodePassword(randomPassword())
  await directory.modify(user.target, [{ operation: 'replace', attribute: 'unicodePwd', values: [value] }], needs)
}

function standing(user: User, wasActive: boolean, asFound: bigint): Standing {
  const passwordSet = isoTime(user.passwordSet)
  if (!wasActive) return { state: 'holds', reading: { disabledWhenFound: true, passwordSet } }
  const reading = { passwordSet, passwordSetWhenFound: isoTime(asFound) }
  if (user.passwordSet > asFound) return { state: 'holds', reading }
  if (user.passwordSet === 0n && asFound !== 0n) {
    return {
      state: 'unobservable',
      why:
        'Active Directory shows no time for the password but "must be changed": a reset does that when the account of ' +
        'k1ctl lacks the right Unexpire Password on the domain.',
    }
  }
  return { state: 'not-yet', reading }
}
