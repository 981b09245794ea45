import type { OldAccountGoal as AccountGoal } from '../../../core/old-goal.ts'
import { takeAssignments } from '../assignments.ts'
import { deny, readDenial } from '../denial.ts'
import {
  deadlineOf,
  directoryOf,
  eachOf,
  findCenterUser,
  findIamUser,
  type GoalGround,
  insist,
  type Subject,
  settle,
} from '../ground.ts'
import { describeSignIn, readSignIn, type SignInReading, signInStanding } from '../sign-in-reading.ts'
import { signInAllowed } from './sign-in-allowed.ts'

/**
 * The IAM user is denied everything, has no password and no active key; the Identity Center user may open no account.
 * An Identity Center user cannot be disabled over the API (`UserStatus` is read only), and disabling alone would let an
 * open session of the portal go on (AWS, "Revoke active IAM role sessions"): what keeps them out is that nothing is
 * assigned to them, nor to a group of theirs.
 */
export function signInBlocked(
  ground: GoalGround,
  subject: Subject,
  now: SignInReading,
  more: { warnings: readonly string[]; residual: readonly string[] },
): AccountGoal {
  const look = async () => signInStanding(await readSignIn(ground, subject))
  const before = describeSignIn(now)
  const password = now.iam !== undefined && 'user' in now.iam && now.iam.consolePassword
  return {
    kind: 'sign-in-blocked',
    reach: 'api',
    summary: 'Sign-in is blocked',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: before === '' ? [] : [{ what: 'Sign-in', before, after: 'blocked' }],
    warnings: [
      ...more.warnings,
      ...(password ? ['The console password is deleted; to come back, the IAM user needs a new one.'] : []),
    ],
    residual: more.residual,
    look,
    async bring() {
      await eachOf([() => blockIam(ground, subject), () => blockCenter(ground, subject)])
      await settle(ground, look)
    },
    undo: taken => signInAllowed(ground, subject, taken),
  }
}

/** The deny comes first: it holds against what the rest of it may miss. */
async function blockIam(ground: GoalGround, { parts }: Subject): Promise<void> {
  const { iam } = ground
  const user = parts.iam ? await findIamUser(iam, parts.iam) : null
  if (user === null) return
  const name = user.UserName
  const end = deadlineOf(ground)
  await eachOf([
    async () => (await readDenial(iam, user)) ?? (await insist(ground, end, () => deny(iam, user))),
    async () => {
      for (const key of await iam.credentials(name, 'accessKeys')) {
        if (key.active) await insist(ground, end, () => iam.switchCredential(name, 'accessKeys', key.id, false))
      }
    },
    async () => {
      if (await iam.hasPassword(name)) await insist(ground, end, () => iam.deletePassword(name))
    },
  ])
}

async function blockCenter(ground: GoalGround, { parts }: Subject): Promise<void> {
  if (parts.center === undefined) return
  const { userId } = parts.center
  const center = await directoryOf(ground, parts.center)
  if ((await findCenterUser(center, parts.center)) === null) return
  const end = deadlineOf(ground)
  const all = await center.assignments(userId)
  const giving = new Set(all.filter(({ principal }) => principal.type === 'GROUP').map(({ principal }) => principal.id))
  await eachOf([
    // Groups first: that takes effect at once.
    async () => {
      if (giving.size === 0) return
      for (const { id, groupId } of await center.memberships(userId)) {
        if (giving.has(groupId)) await insist(ground, end, () => center.leaveGroup(id))
      }
    },
    () =>
      takeAssignments(
        ground,
        center,
        all.filter(({ principal }) => principal.type === 'USER'),
        end,
      ),
  ])
}
