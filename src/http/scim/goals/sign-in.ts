import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { changeResource, settle } from '../change.ts'
import type { Follows } from '../people-rules.ts'
import { readActive } from '../read-account.ts'
import type { ScimUser } from '../schemas.ts'
import { type GoalGround, goneForGood, notASnapshot, waitFollowing } from './ground.ts'

/** Whose account a goal is about, and how it was when the goal was made. */
export interface Subject {
  id: string
  login: string
  /** Null when it is gone. */
  now: ScimUser | null
}

export interface SignInOptions {
  follows?: Follows | undefined
  waitMs: number
  warnings: readonly string[]
}

/** `active` is false, or the account is gone. */
export function signInBlocked(ground: GoalGround, subject: Subject, options: SignInOptions): AccountGoal {
  const { follows, waitMs, warnings } = options
  const look = () => lookAtActive(ground, subject, false)
  const allowed = subject.now !== null && subject.now.active !== false
  return {
    kind: 'sign-in-blocked',
    reach: ground.reach,
    summary: 'Sign-in is blocked',
    effect: 'reversible',
    repeatable: true,
    after: [],
    ...(follows ? { follows } : {}),
    differences: allowed ? [{ what: 'Sign-in', before: 'allowed', after: 'blocked' }] : [],
    warnings,
    look,
    bring: follows ? () => waitFollowing(ground, look, waitMs) : () => setActive(ground, subject, false, look),
    undo: before => signInAllowed(ground, subject, before),
  }
}

/** The same account may sign in again, if it could before. */
function signInAllowed(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const snapshot = z.union([z.object({ gone: z.literal(true) }), z.object({ active: z.boolean() })]).safeParse(before)
  if (!snapshot.success) throw notASnapshot(`whether ${subject.login} could sign in`)
  const was = 'active' in snapshot.data && snapshot.data.active
  const look = (): Promise<Standing> =>
    was ? lookAtActive(ground, subject, true) : Promise.resolve({ state: 'holds', reading: snapshot.data })
  return {
    kind: 'sign-in-blocked',
    reach: ground.reach,
    summary: was ? 'Sign-in is allowed again' : 'Sign-in stays as it was',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: was ? [{ what: 'Sign-in', before: 'blocked', after: 'allowed' }] : [],
    warnings: [],
    look,
    bring: () => setActive(ground, subject, true, look),
  }
}

async function lookAtActive({ server, rules }: GoalGround, { id }: Subject, wanted: boolean): Promise<Standing> {
  const user = await server.user(id)
  if (user === null) return { state: wanted ? 'not-yet' : 'holds', reading: { gone: true } }
  const active = readActive(server.title, user, rules.isContract)
  if (active === undefined) {
    return { state: 'unobservable', why: `${server.title} does not say whether an account is active.` }
  }
  return { state: active === wanted ? 'holds' : 'not-yet', reading: { active, id, login: user.userName } }
}

async function setActive(
  ground: GoalGround,
  { id, login }: Subject,
  active: boolean,
  look: () => Promise<Standing>,
): Promise<void> {
  const write = async (user: ScimUser | null): Promise<void> => {
    if (user === null && active) throw goneForGood(ground, login)
    if (user === null || user.active === active) return
    await settle(
      () =>
        changeResource(ground.server, 'Users', id, {
          operations: [{ op: 'replace', path: 'active', value: active }],
          edit: resource => ({ ...resource, active }),
        }),
      async () => (await look()).state === 'holds',
    )
  }
  if (active) await write(await ground.server.user(id))
  else await ground.guarded(id, write)
}
