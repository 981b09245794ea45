import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { asK1Error, K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { rememberSecret } from '../../../core/redact.ts'
import { type GoalGround, gone, goneForGood, isBlocked, notASnapshot, type Subject, waitShortly } from './ground.ts'

/**
 * Suspended. The password and the sign-out cannot be read back, so they go with it: the account is suspended last, and
 * a lost answer leads to all three again. Suspending goes alone in its request: together with other changes Google
 * answers with errors.
 */
export function signInBlocked(ground: GoalGround, subject: Subject): AccountGoal {
  const { id, now } = subject
  const look = () => lookAtSuspended(ground, id, true)
  const allowed = now !== null && !isBlocked(now)
  return {
    kind: 'sign-in-blocked',
    reach: 'api',
    summary: 'Sign-in is blocked',
    effect: 'reversible',
    repeatable: true,
    after: [],
    behind: ['admin-roles-dropped', 'credentials-revoked'],
    differences: allowed ? [{ what: 'Sign-in', before: 'allowed', after: 'suspended' }] : [],
    warnings: allowed ? ['The password becomes a random one that nobody knows; an undo does not bring it back.'] : [],
    look,
    bring: () =>
      ground.guarded(id, async user => {
        if (isBlocked(user)) return
        const trouble = await shutOut(ground, id)
        // A resumed run does all of it again; a refusal is final, and must not keep the account open.
        if (trouble && !isFinal(trouble)) throw trouble
        await ground.users.update(id, { suspended: true })
        await waitShortly(ground, look)
        if (trouble) throw suspendedOnly(trouble)
      }),
    undo: before => signInAllowed(ground, subject, before),
  }
}

/** A new password and the end of all sessions, and what went wrong with it. */
async function shutOut(ground: GoalGround, id: string): Promise<K1Error | undefined> {
  const password = randomBytes(36).toString('base64url')
  rememberSecret(password)
  try {
    await ground.users.update(id, { password, changePasswordAtNextLogin: false })
    await ground.users.signOut(id)
    return undefined
  } catch (error) {
    return asK1Error(error)
  }
}

function isFinal({ kind }: K1Error): boolean {
  return kind === 'forbidden' || kind === 'rejected' || kind === 'contract'
}

function suspendedOnly(trouble: K1Error): K1Error {
  const { kind, message, hint, facts } = trouble
  return new K1Error(kind, `Suspended; but the password may still be the old one, or sessions open: ${message}`, {
    ...(hint ? { hint } : {}),
    facts,
    cause: trouble,
  })
}

/** The sign-out was sent right before the suspension; whether it is suspended is what can be read. */
export function sessionsEnded(ground: GoalGround, { id, now }: Subject): AccountGoal {
  const open = now !== null && !isBlocked(now)
  return {
    kind: 'sessions-ended',
    reach: 'api',
    summary: 'Sessions are ended',
    effect: 'irreversible',
    repeatable: true,
    after: ['sign-in-blocked'],
    differences: open ? [{ what: 'Sessions', before: 'may be open', after: 'signed out' }] : [],
    warnings: [],
    look: () => lookAtSuspended(ground, id, true),
    // What ends them is sent by sign-in-blocked: of a suspended account there is nothing more to sign out.
    bring: async () => {},
  }
}

async function lookAtSuspended(ground: GoalGround, id: string, wanted: boolean): Promise<Standing> {
  const user = await ground.user(id)
  if (user === null) return wanted ? gone : { state: 'not-yet', reading: { gone: true } }
  const reading = { suspended: user.suspended, archived: user.archived === true, login: user.primaryEmail }
  return { state: isBlocked(user) === wanted ? 'holds' : 'not-yet', reading }
}

function signInAllowed(ground: GoalGround, { id, email }: Subject, before: unknown): AccountGoal {
  const snapshot = z
    .union([z.object({ gone: z.literal(true) }), z.object({ suspended: z.boolean(), archived: z.boolean() })])
    .safeParse(before)
  if (!snapshot.success) throw notASnapshot(`whether ${email} could sign in`)
  const was = 'suspended' in snapshot.data && !snapshot.data.suspended && !snapshot.data.archived
  const look = (): Promise<Standing> =>
    was ? lookAtSuspended(ground, id, false) : Promise.resolve({ state: 'holds', reading: snapshot.data })
  return {
    kind: 'sign-in-blocked',
    reach: 'api',
    summary: was ? 'Sign-in is allowed again' : 'Sign-in stays as it was',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: was ? [{ what: 'Sign-in', before: 'suspended', after: 'allowed' }] : [],
    warnings: was ? ['The password is a random one: give the person a new one in the Admin console.'] : [],
    look,
    async bring() {
      const user = await ground.user(id)
      if (user === null) throw goneForGood(email)
      if (user.archived) await ground.users.update(id, { archived: false })
      if (user.suspended) await ground.users.update(id, { suspended: false })
      await waitShortly(ground, look)
    },
  }
}
