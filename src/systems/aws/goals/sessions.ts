import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { IamRef } from '../account-id.ts'
import { denialName, deny, isDenyAll, readDenial } from '../denial.ts'
import {
  deadlineOf,
  findIamUser,
  type GoalGround,
  goneForGood,
  insist,
  notASnapshot,
  type Subject,
  settle,
} from '../ground.ts'
import type { IamUser } from '../iam.ts'

const shape = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({ user: z.string(), deniedBy: z.string().nullable() }),
])

/**
 * Everything is denied to the IAM user. Temporary keys cannot be taken back, but each request with those of the user is
 * weighed against the user's policies of that moment.
 */
export function sessionsEnded(ground: GoalGround, subject: Subject, ref: IamRef, denied: boolean): AccountGoal {
  const look = () => lookAtDenial(ground, ref)
  return {
    kind: 'sessions-ended',
    reach: 'api',
    summary: 'Sessions of the IAM user can do nothing',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: denied ? [] : [{ what: 'Open sessions', before: 'may act', after: 'denied' }],
    warnings: [],
    residual: ['Roles that the IAM user assumed before stay open until their sessions end, 12 hours at most.'],
    look,
    async bring() {
      const user = await findIamUser(ground.iam, ref)
      if (user === null || (await readDenial(ground.iam, user)) !== null) return
      await insist(ground, deadlineOf(ground), () => deny(ground.iam, user))
      await settle(ground, look)
    },
    undo: before => sessionsAllowed(ground, subject, ref, before),
  }
}

type SessionsReading = z.infer<typeof shape>

async function read({ iam }: GoalGround, ref: IamRef): Promise<SessionsReading> {
  const user = await findIamUser(iam, ref)
  return user === null ? { gone: true } : { user: user.UserName, deniedBy: await readDenial(iam, user) }
}

async function lookAtDenial(ground: GoalGround, ref: IamRef): Promise<Standing> {
  const reading = await read(ground, ref)
  return { state: 'user' in reading && reading.deniedBy === null ? 'not-yet' : 'holds', reading }
}

function sessionsAllowed(ground: GoalGround, subject: Subject, ref: IamRef, before: unknown): AccountGoal {
  const snapshot = shape.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`whether sessions of ${subject.login} were denied`)
  const was = 'user' in snapshot.data && snapshot.data.deniedBy === null
  const look = async (): Promise<Standing> => {
    if (!was) return { state: 'holds', reading: snapshot.data }
    const reading = await read(ground, ref)
    return { state: 'user' in reading && reading.deniedBy === null ? 'holds' : 'not-yet', reading }
  }
  return {
    kind: 'sessions-ended',
    reach: 'api',
    summary: was ? 'Sessions of the IAM user may act again' : 'Sessions stay as they were',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: was ? [{ what: 'Open sessions', before: 'denied', after: 'may act' }] : [],
    warnings: [],
    look,
    async bring() {
      const user = await findIamUser(ground.iam, ref)
      if (user === null) throw goneForGood(subject.login)
      await undeny(ground, user)
      await settle(ground, look)
    },
  }
}

/** Takes away what denies everything, and nothing else. */
export async function undeny(ground: GoalGround, user: IamUser): Promise<void> {
  const { iam } = ground
  const end = deadlineOf(ground)
  if ((await iam.inlinePolicies(user.UserName)).includes(denialName)) {
    await insist(ground, end, () => iam.deletePolicy(user.UserName, denialName))
  }
  for (const { arn } of await iam.attachedPolicies(user.UserName)) {
    if (isDenyAll(arn)) await insist(ground, end, () => iam.detachPolicy(user.UserName, arn))
  }
}
