import { z } from 'zod'
import { goalOfThings, type Thing, type ThingsGoal, takeUnseen } from '../../../core/things.ts'
import { console, type GoalGround, guardOf, type Holder, readAtUser } from '../ground.ts'
import { guidBase } from '../ids.ts'
import { accountDisabled, normalAccount, readInteger, type User } from '../user.ts'

const needs = 'Write userAccountControl on users'
const signIn = { id: 'sign-in', what: 'Sign-in', name: 'allowed', without: 'blocked' }

type SeenUser = User & { control: number }

const hadShape = z.object({ active: z.boolean() })

/** The account is disabled, or gone. */
export function signInBlocked(tools: GoalGround, subject: Holder): ThingsGoal<SeenUser> {
  const { account } = subject
  return goalOfThings<SeenUser, { active: boolean }>({
    kind: 'sign-in-blocked',
    summary: 'Sign-in is blocked',
    needs: ['user'],
    // What cannot be seen is not taken for enabled.
    read: moment =>
      readAtUser(tools, subject, moment, user => ({ ...user, control: user.entry.neededNumber('userAccountControl') })),
    things: ({ active }, user) =>
      active
        ? [
            {
              ...signIn,
              take: () => setControl(tools, user, user.control | accountDisabled),
              give: () => setControl(tools, user, user.control & ~accountDisabled),
            },
          ]
        : [],
    warnings: warningsFor,
    residual: residualOf,
    shown: ({ active, id, login, dn }) => ({ active, id, login, dn }),
    guard: user => guardOf(subject, user, { keepsOut: true }),
    anyway: () => takeUnseen(unseenThings(tools, account.id, account.asFound?.control)),
    back: {
      shape: hadShape,
      what: `whether ${account.login} could sign in`,
      place: console,
      summary: had => (had.active ? 'Sign-in is allowed again' : 'Sign-in stays as it was'),
      warnings: had =>
        had.active ? ['The password was replaced by one that nobody knows: set a new one before they sign in.'] : [],
    },
  })
}

/** All other bits stay: what the account may do besides, and how its password is kept. */
function setControl({ directory }: GoalGround, { target }: Pick<User, 'target'>, control: number): Promise<void> {
  const values = [String(control)]
  return directory.modify(target, [{ operation: 'replace', attribute: 'userAccountControl', values }], needs)
}

/**
 * On the bits that were there when the account was found: nobody may read them now. Where they were hidden then, too, it
 * becomes an ordinary account that is disabled: keeping out comes before what else the bits said (a password that never
 * expires, a smart card that is asked for).
 */
function unseenThings(tools: GoalGround, id: string, found: string | undefined): Thing[] {
  const target = guidBase(id)
  if (target === undefined) return []
  const control = found === undefined ? normalAccount : Number(readInteger(found))
  return [{ ...signIn, take: () => setControl(tools, { target }, control | accountDisabled) }]
}

function warningsFor({ active, entry }: User): string[] {
  const [name] = active ? entry.texts('servicePrincipalName') : []
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
