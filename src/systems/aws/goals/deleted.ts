import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import { K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { CenterRef, IamRef } from '../account-id.ts'
import { takeAssignments } from '../assignments.ts'
import { denialName, isDenyAll } from '../denial.ts'
import { codeOf } from '../error.ts'
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
  until,
} from '../ground.ts'
import type { CredentialKind, IamUser } from '../iam.ts'

/** The IAM user and the Identity Center user are gone, with all that hung on them. */
export function deleted(
  ground: GoalGround,
  subject: Subject,
  options: { exists: boolean; kinds: readonly AccountGoalKind[]; warnings: readonly string[] },
): AccountGoal {
  const look = () => lookAtExistence(ground, subject)
  const { iam, center } = subject.parts
  return {
    kind: 'deleted',
    reach: 'api',
    summary: 'The users are deleted',
    effect: 'irreversible',
    repeatable: true,
    after: ['sign-in-blocked'],
    behind: options.kinds.filter(kind => kind !== 'sign-in-blocked'),
    differences: options.exists ? [{ what: 'Account', before: 'there', after: 'deleted' }] : [],
    warnings: options.exists ? ['A deleted user cannot be brought back.', ...options.warnings] : [],
    look,
    async bring() {
      await eachOf([
        async () => (iam ? deleteIamUser(ground, iam) : undefined),
        async () => (center ? deleteCenterUser(ground, center) : undefined),
      ])
      await settle(ground, look)
    },
  }
}

async function lookAtExistence(ground: GoalGround, { parts }: Subject): Promise<Standing> {
  const iam = parts.iam ? await findIamUser(ground.iam, parts.iam) : null
  const center = parts.center ? await findCenterUser(await directoryOf(ground, parts.center), parts.center) : null
  if (iam === null && center === null) return { state: 'holds', reading: { deleted: true } }
  return {
    state: 'not-yet',
    reading: {
      deleted: false,
      ...(iam ? { iam: { user: iam.UserName, userId: iam.UserId } } : {}),
      ...(center ? { identityCenter: { user: center.UserName ?? '', userId: center.UserId } } : {}),
    },
  }
}

const credentialKinds: readonly CredentialKind[] = ['accessKeys', 'sshKeys', 'certificates', 'serviceCredentials']

/** What IAM names one at a time when it refuses to delete a user, all of it, in one go; the deny last. */
async function deleteIamUser(ground: GoalGround, ref: IamRef): Promise<void> {
  const { iam } = ground
  const user = await findIamUser(iam, ref)
  if (user === null) return
  const end = deadlineOf(ground)
  await until(ground, end, async () => {
    await strip(ground, user, end)
    try {
      await insist(ground, end, () => iam.deleteUser(user.UserName))
      return true
    } catch (error) {
      // A list was older than the truth: what it left out is there on the next round.
      if (codeOf(error) !== 'DeleteConflict' || ground.clock.now().getTime() >= end) throw error
      return null
    }
  })
}

async function strip(ground: GoalGround, { UserName: name }: IamUser, end: number): Promise<void> {
  const { iam } = ground
  const sure = (act: () => Promise<unknown>) => insist(ground, end, act)
  if (await iam.hasPassword(name)) await sure(() => iam.deletePassword(name))
  for (const kind of credentialKinds) {
    for (const { id } of await iam.credentials(name, kind)) await sure(() => iam.deleteCredential(name, kind, id))
  }
  for (const serial of await iam.mfaDevices(name)) {
    await sure(() => iam.deactivateMfa(name, serial))
    // A hardware device has a number, a passkey an ARN of its own; only a virtual one is a thing that stays behind.
    if (/:mfa\//.test(serial)) await sure(() => iam.deleteVirtualMfa(serial))
  }
  for (const group of await iam.groups(name)) await sure(() => iam.leaveGroup(name, group))
  const [attached, inline] = await Promise.all([iam.attachedPolicies(name), iam.inlinePolicies(name)])
  const last = (one: { arn: string }) => (isDenyAll(one.arn) ? 1 : 0)
  for (const policy of inline.filter(one => one !== denialName)) await sure(() => iam.deletePolicy(name, policy))
  for (const { arn } of attached.sort((a, b) => last(a) - last(b))) await sure(() => iam.detachPolicy(name, arn))
  if (inline.includes(denialName)) await sure(() => iam.deletePolicy(name, denialName))
}

/**
 * Assignments, then groups, then the user: an assignment whose user is gone can never be deleted again
 * (terraform-provider-aws #19341).
 */
async function deleteCenterUser(ground: GoalGround, ref: CenterRef): Promise<void> {
  const center = await directoryOf(ground, ref)
  if ((await findCenterUser(center, ref)) === null) return
  const end = deadlineOf(ground)
  const own = async () => (await center.assignments(ref.userId)).filter(({ principal }) => principal.type === 'USER')
  await takeAssignments(ground, center, await own(), end)
  const left = await own()
  if (left.length > 0) {
    throw new K1Error(
      'refused',
      `${left.length} account assignments of the user are still there, so it is not deleted.`,
      {
        facts: { accounts: left.map(({ account }) => account) },
        hint: 'An assignment outlives its user and could never be removed. Resume the run when they are gone.',
      },
    )
  }
  for (const { id } of await center.memberships(ref.userId)) await insist(ground, end, () => center.leaveGroup(id))
  await insist(ground, end, () => center.deleteUser(ref.userId))
}
