import { gather } from './gather.ts'
import type { CredentialKind } from './iam.ts'
import type { Looks } from './looks.ts'
import { isProvisioned, keptByIn } from './return-warnings.ts'

const credentialKinds: readonly CredentialKind[] = ['accessKeys', 'sshKeys', 'certificates', 'serviceCredentials']

export const existingNeeds = [
  ...['iam user', 'console password', ...credentialKinds, 'mfa devices', 'iam groups'],
  ...['attached policies', 'inline policies', 'identity center user', 'assignments', 'memberships'],
]

/** Either is undefined where it is gone. A list that could not be seen is left out: AWS refuses what it stands against. */
export type Existing = Awaited<ReturnType<typeof readExisting>>

/** The IAM user and the Identity Center user, and all that hangs on them. */
export async function readExisting(looks: Looks) {
  const [iam, center] = await Promise.all([readIam(looks), readCenter(looks)])
  return { iam, center }
}

async function readIam(looks: Looks) {
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

async function readCenter(looks: Looks) {
  const found = await looks.centerUser()
  if (found === null) return undefined
  const [assignments, memberships] = await Promise.all([looks.assignments(), looks.memberships()])
  const { UserName: user = '', UserId: userId } = found
  return { user, userId, provisioned: isProvisioned(found), assignments, memberships }
}
