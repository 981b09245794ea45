import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import { K1Error } from '../../../core/errors.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { accountThing, goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import type { CenterRef } from '../account-id.ts'
import { askFor } from '../assignments.ts'
import { denialName, isDenyAll } from '../denial.ts'
import { unlessGone } from '../error.ts'
import { type Existing, existingNeeds, readExisting } from '../existing.ts'
import { directoryOf, type GoalGround, type Holder, settleMs } from '../ground.ts'
import type { Assignment } from '../identity-center.ts'
import { looksAt } from '../looks.ts'
import { returnWarnings } from '../return-warnings.ts'

/** The IAM user and the Identity Center user are gone, with all that hung on them. */
export function deleted(ground: GoalGround, subject: Holder, kinds: readonly AccountGoalKind[]): ThingsGoal<Existing> {
  const { parts } = subject
  return goalOfThings<Existing>({
    kind: 'deleted',
    summary: 'The users are deleted',
    after: ['sign-in-blocked'],
    behind: kinds.filter(kind => kind !== 'sign-in-blocked'),
    needs: existingNeeds,
    async read(moment) {
      const existing = await readExisting(looksAt(ground, parts, moment))
      return existing.iam || existing.center ? seen(existing) : goneReading
    },
    things: ({ iam, center }) => [
      ...(iam ? iamThings(ground, iam) : []),
      ...(center && parts.center ? centerThings(ground, subject, parts.center, center) : []),
    ],
    warnings: ({ iam, center }) => ['A deleted user cannot be brought back.', ...returnWarnings(iam, center)],
    settlesWithin: settleMs,
    shown: ({ iam, center }) => ({
      deleted: false,
      ...(iam ? { iam: { user: iam.user, userId: iam.userId } } : {}),
      ...(center ? { identityCenter: { user: center.user, userId: center.userId } } : {}),
    }),
  })
}

const part = (id: string, take: Thing['take']): Thing => ({ ...accountThing(take), id })

/** What IAM names one at a time when it refuses to delete a user, all of it; the deny last. */
function iamThings({ iam }: GoalGround, now: NonNullable<Existing['iam']>): Thing[] {
  const { user: name } = now
  const detach = ({ arn }: { arn: string }) => sure(arn, () => iam.detachPolicy(name, arn))
  const sure = (id: string, take: Thing['take']) => part(id, () => unlessGone(take()))
  return [
    ...(now.password ? [sure('console password', () => iam.deletePassword(name))] : []),
    ...now.credentials.flatMap(({ kind, list }) =>
      list.map(({ id }) => sure(id, () => iam.deleteCredential(name, kind, id))),
    ),
    ...now.mfaDevices.map(serial => sure(serial, () => iam.deactivateMfa(name, serial))),
    // A hardware device has a number, a passkey an ARN of its own; only a virtual one is a thing that stays behind.
    ...now.mfaDevices
      .filter(serial => /:mfa\//.test(serial))
      .map(serial => sure(`virtual ${serial}`, () => iam.deleteVirtualMfa(serial))),
    ...now.groups.map(group => sure(`group ${group}`, () => iam.leaveGroup(name, group))),
    ...now.inline
      .filter(one => one !== denialName)
      .map(policy => sure(`policy ${policy}`, () => iam.deletePolicy(name, policy))),
    ...now.attached.filter(({ arn }) => !isDenyAll(arn)).map(detach),
    ...now.attached.filter(({ arn }) => isDenyAll(arn)).map(detach),
    ...(now.inline.includes(denialName)
      ? [sure(`policy ${denialName}`, () => iam.deletePolicy(name, denialName))]
      : []),
    sure(`IAM user ${name}`, () => iam.deleteUser(name)),
  ]
}

/**
 * Assignments, then groups, then the user: an assignment whose user is gone can never be deleted again
 * (terraform-provider-aws #19341).
 */
function centerThings(
  ground: GoalGround,
  { requests }: Holder,
  person: CenterRef,
  now: NonNullable<Existing['center']>,
): Thing[] {
  const directory = () => directoryOf(ground, person)
  const isOwn = ({ principal }: Assignment) => principal.type === 'USER'
  return [
    ...now.assignments
      .filter(isOwn)
      .map(one =>
        part(`${one.permissionSet} in ${one.account}`, async () =>
          askFor('deletion', one, await directory(), requests),
        ),
      ),
    ...now.memberships.map(({ id, groupId }) =>
      part(`group ${groupId}`, async () => unlessGone((await directory()).leaveGroup(id))),
    ),
    part(`Identity Center user ${now.user}`, async () => {
      const center = await directory()
      // Asked right before what cannot be taken back.
      const left = (await center.assignments(person.userId)).filter(isOwn)
      if (left.length === 0) return unlessGone(center.deleteUser(person.userId))
      throw new K1Error(
        'refused',
        `${left.length} account assignments of the user are still there, so it is not deleted.`,
        {
          facts: { accounts: left.map(({ account }) => account) },
          hint: 'An assignment outlives its user and could never be removed. Resume the run when they are gone.',
        },
      )
    }),
  ]
}
