import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { accountDisabled, type User } from '../user.ts'
import { changeAccount, type GoalGround, liveUser, lookAt, notASnapshot, type Subject, settle } from './ground.ts'

const needs = 'Write userAccountControl on users'

/** The account is disabled, or gone. */
export function signInBlocked(ground: GoalGround, subject: Subject): AccountGoal {
  const { now } = subject
  const look = () => lookAt(ground, subject, user => standing(user, false))
  return {
    kind: 'sign-in-blocked',
    reach: 'api',
    summary: 'Sign-in is blocked',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: now?.active ? [{ what: 'Sign-in', before: 'allowed', after: 'blocked' }] : [],
    warnings: now?.active ? warningsFor(now) : [],
    residual: now ? residualOf(now) : [],
    look,
    bring: () => changeAccount(ground, subject, user => setActive(ground, user, false, look)),
    undo: before => signInAllowed(ground, subject, before),
  }
}

/** The same account may sign in again, if it could before. Its password is another one. */
function signInAllowed(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const snapshot = z.union([z.object({ gone: z.literal(true) }), z.object({ active: z.boolean() })]).safeParse(before)
  if (!snapshot.success) throw notASnapshot(`whether ${subject.account.login} could sign in`)
  const was = 'active' in snapshot.data && snapshot.data.active
  const look = async (): Promise<Standing> =>
    was
      ? lookAt(ground, subject, user => standing(user, true)).then(orGone)
      : { state: 'holds', reading: snapshot.data }
  return {
    kind: 'sign-in-blocked',
    reach: 'api',
    summary: was ? 'Sign-in is allowed again' : 'Sign-in stays as it was',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: was ? [{ what: 'Sign-in', before: 'blocked', after: 'allowed' }] : [],
    warnings: was ? ['The password was replaced by one that nobody knows: set a new one before they sign in.'] : [],
    look,
    bring: async () => setActive(ground, await liveUser(ground, subject), true, look),
  }
}

function standing(user: User, wanted: boolean): Standing {
  const { active, id, login, dn } = user
  return { state: active === wanted ? 'holds' : 'not-yet', reading: { active, id, login, dn } }
}

/** What is gone cannot sign in again. */
function orGone(seen: Standing): Standing {
  return seen.state === 'holds' && typeof seen.reading === 'object' && seen.reading !== null && 'gone' in seen.reading
    ? { state: 'not-yet', reading: seen.reading }
    : seen
}

/** All other bits stay: what the account may do besides, and how its password is kept. */
async function setActive(
  { directory }: GoalGround,
  user: User,
  active: boolean,
  look: () => Promise<Standing>,
): Promise<void> {
  if (user.active === active) return
  const control = active ? user.control & ~accountDisabled : user.control | accountDisabled
  await settle(
    () =>
      directory.modify(
        user.target,
        [{ operation: 'replace', attribute: 'userAccountControl', values: [String(control)] }],
        needs,
      ),
    async () => (await look()).state === 'holds',
  )
}

function warningsFor(user: User): string[] {
  const [name] = user.entry.texts('servicePrincipalName')
  return name === undefined ? [] : [`A service may run as this account: it has the service name ${name}.`]
}

/** Other ways in, which work again as soon as somebody enables the account. */
function residualOf(user: User): string[] {
  const ways = [
    user.entry.texts('msDS-KeyCredentialLink').length > 0 ? 'Windows Hello or FIDO keys' : undefined,
    user.entry.texts('altSecurityIdentities').length > 0 ? 'certificates' : undefined,
  ].filter(way => way !== undefined)
  return ways.length === 0 ? [] : [`The account still has ${ways.join(' and ')}: they work again once it is enabled.`]
}
