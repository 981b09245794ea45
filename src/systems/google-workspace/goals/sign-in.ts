import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { asK1Error, K1Error } from '../../../core/errors.ts'
import { rememberSecret } from '../../../core/redact.ts'
import { goalOfThings, type Thing, type ThingsGoal, takeUnseen } from '../../../core/things.ts'
import { adminConsole, type GoalGround, guardOf, type Holder, readAtUser, settlingMs } from '../ground.ts'
import { isBlocked } from '../read-account.ts'
import type { GoogleUser } from '../schemas.ts'
import type { UserClient } from '../user-client.ts'

const hadShape = z.object({ suspended: z.boolean(), archived: z.boolean() })

interface Locks {
  suspended: boolean
  archived: boolean
}

/**
 * Suspended. The new password and the sign-out cannot be read back; neither keeps the account open when it is refused.
 */
export function signInBlocked(ground: GoalGround, subject: Holder): ThingsGoal<GoogleUser & Locks> {
  const { id, email } = subject
  return goalOfThings<GoogleUser & Locks, Locks>({
    kind: 'sign-in-blocked',
    summary: 'Sign-in is blocked',
    behind: ['admin-roles-dropped', 'credentials-revoked'],
    needs: ['user'],
    read: moment => readAtUser(ground, subject, moment, user => ({ ...user, archived: user.archived === true })),
    things: (had, now) => (isBlocked(had) ? [] : locksIn(ground, id, now)),
    unshown: now => locksIn(ground, id, now).filter(({ blind }) => blind),
    warnings: () => ['The password becomes a random one that nobody knows; an undo does not bring it back.'],
    guard: user => guardOf(ground, subject, user),
    anyway: () => takeUnseen(locksIn(ground, id, { suspended: false, archived: false })),
    settlesWithin: settlingMs,
    back: {
      shape: hadShape,
      what: `whether ${email} could sign in`,
      place: adminConsole,
      summary: had => (isBlocked(had) ? 'Sign-in stays as it was' : 'Sign-in is allowed again'),
      warnings: had =>
        isBlocked(had) ? [] : ['The password is a random one: give the person a new one in the Admin console.'],
    },
    shown: showSignIn,
  })
}

/**
 * What keeps somebody out; for a person it is one thing. Suspending goes alone in its request: together with other
 * changes Google answers with errors. It goes last, for of a suspended account nothing can be signed out.
 */
function locksIn({ users }: GoalGround, id: string, { suspended, archived }: Locks): Thing[] {
  const signIn = { what: 'Sign-in', name: 'allowed', without: 'suspended' }
  const set = (change: Partial<Locks>) => () => users.update(id, change)
  const unarchive = { take: set({ archived: true }), give: set({ archived: false }) }
  return [
    ...(archived ? [{ ...signIn, id: 'archived', without: 'archived', ...unarchive }] : []),
    { ...signIn, id: 'password', take: () => replacePassword(users, id), blind: true },
    { ...signIn, id: 'sign-out', take: () => telling('Sessions may still be open', users.signOut(id)), blind: true },
    {
      ...signIn,
      id: 'suspended',
      take: set({ suspended: true }),
      give: suspended ? set({ suspended: false }) : undefined,
    },
  ]
}

function replacePassword(users: UserClient, id: string): Promise<void> {
  const password = randomBytes(36).toString('base64url')
  rememberSecret(password)
  const change = users.update(id, { password, changePasswordAtNextLogin: false })
  return telling('The password may still be the old one', change)
}

/** @throws K1Error the same, with what it means, where no look can tell */
async function telling(meaning: string, change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (error.kind === 'cancelled') throw error
    const { kind, message, hint, facts } = error
    throw new K1Error(kind, `${meaning}: ${message}`, { facts, cause: error, ...(hint ? { hint } : {}) })
  }
}

function showSignIn({ suspended, archived, primaryEmail }: GoogleUser) {
  return { suspended, archived: archived === true, login: primaryEmail }
}

/** The sign-out was sent right before the suspension, and of a suspended account there is nothing more to sign out. */
export function sessionsEnded(ground: GoalGround, subject: Holder): ThingsGoal<GoogleUser> {
  const open = { id: 'sessions', what: 'Sessions', name: 'may be open', without: 'signed out' }
  return goalOfThings<GoogleUser>({
    kind: 'sessions-ended',
    summary: 'Sessions are ended',
    after: ['sign-in-blocked'],
    needs: ['user'],
    read: moment => readAtUser(ground, subject, moment, user => user),
    things: user => (isBlocked(user) ? [] : [{ ...open, take: async () => undefined }]),
    take: async changes => changes.map(({ id }) => ({ id, skipped: true })),
    shown: showSignIn,
  })
}
