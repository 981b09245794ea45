import type { AccountGoal } from '../../../core/account.ts'
import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import { K1Error } from '../../../core/errors.ts'
import { goneReading, type Reading, seen } from '../../../core/reading.ts'
import { type Act, accountThing, goalOfThings, type Thing } from '../../../core/things.ts'
import type { CenterRef } from '../account-id.ts'
import { askFor } from '../assignments.ts'
import { denialName, isDenyAll } from '../denial.ts'
import { gather } from '../gather.ts'
import { directoryOf, type GoalGround, type Holder, settleMs, taken } from '../ground.ts'
import type { AttachedPolicy, Credential, CredentialKind } from '../iam.ts'
import type { Assignment, Membership } from '../identity-center.ts'
import { looksAt } from '../looks.ts'
import { isProvisioned, keptByIn, returnWarnings } from '../return-warnings.ts'

const credentialKinds: readonly CredentialKind[] = ['accessKeys', 'sshKeys', 'certificates', 'serviceCredentials']

/** What hangs on the two users. A list that could not be seen is left out: AWS itself refuses what it stands against. */
interface Existing {
  iam?: {
    user: string
    userId: string
    keptBy?: string
    password: boolean
    credentials: { kind: CredentialKind; list: readonly Credential[] }[]
    mfaDevices: readonly string[]
    groups: readonly string[]
    attached: readonly AttachedPolicy[]
    inline: readonly string[]
  }
  center?: {
    user: string
    userId: string
    provisioned: boolean
    assignments: readonly Assignment[]
    memberships: readonly Membership[]
  }
}

/** The IAM user and the Identity Center user are gone, with all that hung on them. */
export function deleted(
  ground: GoalGround,
  subject: Holder,
  kinds: readonly AccountGoalKind[],
): AccountGoal<Existing, Act> {
  const { parts } = subject
  return goalOfThings<Existing>({
    kind: 'deleted',
    summary: 'The users are deleted',
    after: ['sign-in-blocked'],
    behind: kinds.filter(kind => kind !== 'sign-in-blocked'),
    needs: [
      ...(parts.iam
        ? [
            ...['iam user', 'console password', ...credentialKinds, 'mfa devices', 'iam groups'],
            ...['attached policies', 'inline policies'],
          ]
        : []),
      ...(parts.center ? ['identity center user', 'assignments', 'memberships'] : []),
    ],
    async read(moment): Promise<Reading<Existing>> {
      const looks = looksAt(ground, parts, moment)
      const [iam, center] = await Promise.all([
        parts.iam ? readIam(looks) : undefined,
        parts.center ? readCenter(looks) : undefined,
      ])
      if (!iam && !center) return goneReading
      return seen({ ...(iam ? { iam } : {}), ...(center ? { center } : {}) })
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

type Looks = ReturnType<typeof looksAt>

async function readIam(looks: Looks): Promise<Existing['iam']> {
  const found = await looks.user()
  if (found === null) return undefined
  const user = found.UserName
  const all = gather()
  const [password = true, mfaDevices = [], groups = [], attached = [], inline = [], ...credentials] = await Promise.all(
    [
      all.of('the console password', looks.password(user)),
      all.of('the MFA devices', looks.mfaDevices(user)),
      all.of('the IAM groups', looks.groups(user)),
      all.of('the attached policies', looks.attached(user)),
      all.of('the inline policies', looks.inline(user)),
      ...credentialKinds.map(async kind => ({ kind, list: (await all.of(kind, looks.credentials(user, kind))) ?? [] })),
    ],
  )
  return { user, userId: found.UserId, ...keptByIn(found), password, credentials, mfaDevices, groups, attached, inline }
}

async function readCenter(looks: Looks): Promise<Existing['center']> {
  const found = await looks.centerUser()
  if (found === null) return undefined
  const [assignments, memberships] = await Promise.all([looks.assignments(), looks.memberships()])
  const { UserName: user = '', UserId: userId } = found
  return { user, userId, provisioned: isProvisioned(found), assignments, memberships }
}

const part = (id: string, take: Thing['take']): Thing => ({ ...accountThing(take), id })

/** What IAM names one at a time when it refuses to delete a user, all of it; the deny last. */
function iamThings({ iam }: GoalGround, now: NonNullable<Existing['iam']>): Thing[] {
  const { user: name } = now
  const last = (one: AttachedPolicy) => (isDenyAll(one.arn) ? 1 : 0)
  const sure = (id: string, take: Thing['take']) => part(id, () => taken(take()))
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
    ...[...now.attached]
      .sort((a, b) => last(a) - last(b))
      .map(({ arn }) => sure(arn, () => iam.detachPolicy(name, arn))),
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
      part(`group ${groupId}`, async () => taken((await directory()).leaveGroup(id))),
    ),
    part(`Identity Center user ${now.user}`, async () => {
      const center = await directory()
      // Asked right before what cannot be taken back.
      const left = (await center.assignments(person.userId)).filter(isOwn)
      if (left.length === 0) return taken(center.deleteUser(person.userId))
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
