import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { asK1Error, K1Error } from '../../../core/errors.ts'
import { rememberSecret } from '../../../core/redact.ts'
import { overApi } from '../../../core/things.ts'
import { isBlocked } from '../read-account.ts'
import type { GoogleUser } from '../schemas.ts'
import { adminConsole, type GoalGround, guardOf, type Holder, readAtUser, settlingMs } from './ground.ts'

/** For a person it is one thing. */
const signIn = { what: 'Sign-in', before: 'allowed', after: 'suspended' }

/**
 * Suspending goes alone in its request: together with other changes Google answers with errors. It goes last, for of a
 * suspended account nothing can be signed out.
 */
const steps: readonly Change[] = [
  { id: 'password', ...signIn, blind: true },
  { id: 'sign-out', ...signIn, blind: true },
  { id: 'suspended', ...signIn },
]

/** What a refusal means, where no look can tell. */
const meanings: Readonly<Record<string, string>> = {
  password: 'The password may still be the old one',
  'sign-out': 'Sessions may still be open',
}

/**
 * Suspended. The new password and the sign-out cannot be read back; neither keeps the account open when it is refused.
 */
export function signInBlocked(ground: GoalGround, subject: Holder): AccountGoal<GoogleUser> {
  const { id, email } = subject
  const take = oneByOne<Change>(change => takeStep(ground, id, change.id).catch(error => refuseStep(change.id, error)))
  return {
    ...overApi,
    kind: 'sign-in-blocked',
    summary: 'Sign-in is blocked',
    effect: 'reversible',
    behind: ['admin-roles-dropped', 'credentials-revoked'],
    needs: ['user'],
    read: moment => readAtUser(ground, subject, moment, user => user),
    holds: isBlocked,
    changes: user => (isBlocked(user) ? [] : steps),
    warnings: () => ['The password becomes a random one that nobody knows; an undo does not bring it back.'],
    guard: user => guardOf(ground, subject, user),
    take,
    anyway: () => take(steps),
    settlesWithin: settlingMs,
    back: {
      shape: z.object({ suspended: z.boolean(), archived: z.boolean() }),
      what: `whether ${email} could sign in`,
      place: adminConsole,
      summary: had => (isBlocked(had) ? 'Sign-in stays as it was' : 'Sign-in is allowed again'),
      isBack: (had, now) => isBlocked(had) || !isBlocked(now),
      changes: (had, now) => (isBlocked(had) ? [] : locksOf(now)),
      give: oneByOne(({ id: lock }) =>
        ground.users.update(id, lock === 'archived' ? { archived: false } : { suspended: false }),
      ),
      warnings: had =>
        isBlocked(had) ? [] : ['The password is a random one: give the person a new one in the Admin console.'],
    },
    shown: showSignIn,
  }
}

async function takeStep({ users }: GoalGround, id: string, step: string): Promise<void> {
  if (step === 'suspended') return users.update(id, { suspended: true })
  if (step === 'sign-out') return users.signOut(id)
  const password = randomBytes(36).toString('base64url')
  rememberSecret(password)
  return users.update(id, { password, changePasswordAtNextLogin: false })
}

/** @throws K1Error the same, with what it means */
function refuseStep(step: string, thrown: unknown): never {
  const error = asK1Error(thrown)
  const meaning = meanings[step]
  if (meaning === undefined || error.kind === 'cancelled') throw error
  const { kind, message, hint, facts } = error
  throw new K1Error(kind, `${meaning}: ${message}`, { facts, cause: error, ...(hint ? { hint } : {}) })
}

/** What keeps somebody out, in the order in which Google takes it away. */
function locksOf(user: GoogleUser): Change[] {
  const locks = [...(user.archived ? ['archived'] : []), ...(user.suspended ? ['suspended'] : [])]
  return locks.map(id => ({ id, what: 'Sign-in', before: id, after: 'allowed' }))
}

function showSignIn({ suspended, archived, primaryEmail }: GoogleUser) {
  return { suspended, archived: archived === true, login: primaryEmail }
}

/** The sign-out was sent right before the suspension, and of a suspended account there is nothing more to sign out. */
export function sessionsEnded(ground: GoalGround, subject: Holder): AccountGoal<GoogleUser> {
  return {
    ...overApi,
    kind: 'sessions-ended',
    summary: 'Sessions are ended',
    effect: 'irreversible',
    after: ['sign-in-blocked'],
    needs: ['user'],
    read: moment => readAtUser(ground, subject, moment, user => user),
    holds: isBlocked,
    changes: user =>
      isBlocked(user) ? [] : [{ id: 'sessions', what: 'Sessions', before: 'may be open', after: 'signed out' }],
    take: async changes => changes.map(({ id }) => ({ id, skipped: true })),
    shown: showSignIn,
  }
}
