import { z } from 'zod'
import { unlessGone } from './error.ts'
import { listQuery, type Query, type QueryClient, query } from './query-client.ts'
import { listOf } from './xml.ts'

const user = z.object({
  UserName: z.string(),
  UserId: z.string(),
  Arn: z.string(),
  Tags: listOf(z.object({ Key: z.string(), Value: z.string() })).optional(),
})

/** Of a list: when the password was last used, and no access key. It is not there for who never used one. */
const listedUser = user.extend({ PasswordLastUsed: z.string().optional() })

/** As `GetUser` has it; a list of users leaves the tags out. */
export type IamUser = z.infer<typeof user>

export interface AttachedPolicy {
  name: string
  arn: string
}

/** One of what an IAM user can prove itself with; `active` is false for what is inactive or expired. */
export interface Credential {
  id: string
  active: boolean
}

export type CredentialKind = 'accessKeys' | 'sshKeys' | 'certificates' | 'serviceCredentials'

interface KindOfCredential {
  member: string
  id: string
  list: Query<Record<string, Record<string, string>[]>>
  update: string
  remove: string
}

/** How each kind of credential is listed, switched and deleted: they differ in names only. */
const kinds: Record<CredentialKind, KindOfCredential> = {
  accessKeys: {
    ...credentialsOf('ListAccessKeys', 'AccessKeyMetadata', 'AccessKeyId'),
    update: 'UpdateAccessKey',
    remove: 'DeleteAccessKey',
  },
  sshKeys: {
    ...credentialsOf('ListSSHPublicKeys', 'SSHPublicKeys', 'SSHPublicKeyId'),
    update: 'UpdateSSHPublicKey',
    remove: 'DeleteSSHPublicKey',
  },
  certificates: {
    ...credentialsOf('ListSigningCertificates', 'Certificates', 'CertificateId'),
    update: 'UpdateSigningCertificate',
    remove: 'DeleteSigningCertificate',
  },
  serviceCredentials: {
    ...credentialsOf('ListServiceSpecificCredentials', 'ServiceSpecificCredentials', 'ServiceSpecificCredentialId'),
    update: 'UpdateServiceSpecificCredential',
    remove: 'DeleteServiceSpecificCredential',
  },
}

function credentialsOf(action: string, member: string, id: string) {
  const one = z.object({ [id]: z.string(), Status: z.string() })
  return { member, id, list: listQuery(action, z.object({ [member]: listOf(one) })) }
}

const policyName = z.object({ PolicyName: z.string() })

const queries = {
  user: query('GetUser', z.object({ User: user })),
  users: listQuery('ListUsers', z.object({ Users: listOf(listedUser), IsTruncated: z.enum(['true', 'false']) })),
  attachedPolicies: listQuery(
    'ListAttachedUserPolicies',
    z.object({ AttachedPolicies: listOf(policyName.extend({ PolicyArn: z.string() })) }),
  ),
  attachedGroupPolicies: listQuery('ListAttachedGroupPolicies', z.object({ AttachedPolicies: listOf(policyName) })),
  inlinePolicies: listQuery('ListUserPolicies', z.object({ PolicyNames: listOf(z.string()) })),
  inlinePolicy: query('GetUserPolicy', z.object({ PolicyDocument: z.string() })),
  password: query('GetLoginProfile', z.object({ LoginProfile: z.object({ UserName: z.string() }) })),
  mfaDevices: listQuery('ListMFADevices', z.object({ MFADevices: listOf(z.object({ SerialNumber: z.string() })) })),
  groups: listQuery('ListGroupsForUser', z.object({ Groups: listOf(z.object({ GroupName: z.string() })) })),
  simulated: listQuery(
    'SimulatePrincipalPolicy',
    z.object({ EvaluationResults: listOf(z.object({ EvalActionName: z.string(), EvalDecision: z.string() })) }),
  ),
  role: query('GetRole', z.object({ Role: z.object({ Arn: z.string() }) })),
}

export type Iam = ReturnType<typeof createIam>

/** The part of IAM that an offboarding needs, in our words. Each call may be repeated. */
export function createIam(client: QueryClient, partition: string) {
  const of = (name: string) => ({ UserName: name })

  return {
    async user(name: string): Promise<IamUser | undefined> {
      return (await unlessGone(client.read(queries.user, of(name))))?.User
    },
    /** All of them: a list that does not say whether it is whole proves nobody's absence. */
    users: () => client.readAll(queries.users, { MaxItems: '1000' }, page => page.Users),

    async attachedPolicies(name: string): Promise<AttachedPolicy[]> {
      const found = await client.readAll(queries.attachedPolicies, of(name), page => page.AttachedPolicies)
      return found.map(one => ({ name: one.PolicyName, arn: one.PolicyArn }))
    },
    async attachedGroupPolicies(group: string): Promise<string[]> {
      const of = { GroupName: group }
      const found = await client.readAll(queries.attachedGroupPolicies, of, page => page.AttachedPolicies)
      return found.map(one => one.PolicyName)
    },
    /** The ARN of a policy of AWS's own. */
    managedPolicy: (name: string) => `arn:${partition}:iam::aws:policy/${name}`,
    attachPolicy: (name: string, arn: string) => client.write('AttachUserPolicy', { ...of(name), PolicyArn: arn }),
    detachPolicy: (name: string, arn: string) => client.write('DetachUserPolicy', { ...of(name), PolicyArn: arn }),

    inlinePolicies: (name: string): Promise<string[]> =>
      client.readAll(queries.inlinePolicies, of(name), page => page.PolicyNames),
    /** The document as JSON text; IAM percent-encodes it inside its XML. */
    async inlinePolicy(name: string, policy: string): Promise<string | undefined> {
      const found = await unlessGone(client.read(queries.inlinePolicy, { ...of(name), PolicyName: policy }))
      return found && decodeURIComponent(found.PolicyDocument)
    },
    putPolicy: (name: string, policy: string, document: string) =>
      client.write('PutUserPolicy', { ...of(name), PolicyName: policy, PolicyDocument: document }),
    deletePolicy: (name: string, policy: string) =>
      client.write('DeleteUserPolicy', { ...of(name), PolicyName: policy }),

    async hasPassword(name: string): Promise<boolean> {
      return (await unlessGone(client.read(queries.password, of(name)))) !== undefined
    },
    deletePassword: (name: string) => client.write('DeleteLoginProfile', of(name)),

    async credentials(name: string, kind: CredentialKind): Promise<Credential[]> {
      const { list, member, id } = kinds[kind]
      const found = await client.readAll(list, of(name), page => page[member] ?? [])
      return found.map(one => ({ id: one[id] ?? '', active: one.Status === 'Active' }))
    },
    switchCredential: (name: string, kind: CredentialKind, id: string, active: boolean) =>
      client.write(kinds[kind].update, { ...of(name), [kinds[kind].id]: id, Status: active ? 'Active' : 'Inactive' }),
    deleteCredential: (name: string, kind: CredentialKind, id: string) =>
      client.write(kinds[kind].remove, { ...of(name), [kinds[kind].id]: id }),

    /** Serial numbers; of a virtual device that is its ARN. */
    async mfaDevices(name: string): Promise<string[]> {
      const found = await client.readAll(queries.mfaDevices, of(name), page => page.MFADevices)
      return found.map(one => one.SerialNumber)
    },
    deactivateMfa: (name: string, serial: string) =>
      client.write('DeactivateMFADevice', { ...of(name), SerialNumber: serial }),
    deleteVirtualMfa: (serial: string) => client.write('DeleteVirtualMFADevice', { SerialNumber: serial }),

    async groups(name: string): Promise<string[]> {
      return (await client.readAll(queries.groups, of(name), page => page.Groups)).map(one => one.GroupName)
    },
    joinGroup: (name: string, group: string) => client.write('AddUserToGroup', { ...of(name), GroupName: group }),
    leaveGroup: (name: string, group: string) => client.write('RemoveUserFromGroup', { ...of(name), GroupName: group }),

    deleteUser: (name: string) => client.write('DeleteUser', of(name)),

    /** The actions of these that are not allowed to the principal on that resource. Nothing is done. */
    async denied(principalArn: string, actions: readonly string[], resource: string): Promise<string[]> {
      const asked = { PolicySourceArn: principalArn, ActionNames: actions, ResourceArns: [resource] }
      const found = await client.readAll(queries.simulated, asked, page => page.EvaluationResults)
      return found.filter(one => one.EvalDecision !== 'allowed').map(one => one.EvalActionName)
    },
    /** With its path, which the ARN of a session leaves out. */
    async roleArn(name: string): Promise<string> {
      return (await client.read(queries.role, { RoleName: name })).Role.Arn
    },
  }
}
