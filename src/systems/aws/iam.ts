import { z } from 'zod'
import { unlessGone } from './error.ts'
import type { QueryClient } from './query-client.ts'
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

/** How each kind of credential is listed, switched and deleted: they differ in names only. */
const kinds: Record<CredentialKind, { list: string; member: string; id: string; update: string; remove: string }> = {
  accessKeys: {
    list: 'ListAccessKeys',
    member: 'AccessKeyMetadata',
    id: 'AccessKeyId',
    update: 'UpdateAccessKey',
    remove: 'DeleteAccessKey',
  },
  sshKeys: {
    list: 'ListSSHPublicKeys',
    member: 'SSHPublicKeys',
    id: 'SSHPublicKeyId',
    update: 'UpdateSSHPublicKey',
    remove: 'DeleteSSHPublicKey',
  },
  certificates: {
    list: 'ListSigningCertificates',
    member: 'Certificates',
    id: 'CertificateId',
    update: 'UpdateSigningCertificate',
    remove: 'DeleteSigningCertificate',
  },
  serviceCredentials: {
    list: 'ListServiceSpecificCredentials',
    member: 'ServiceSpecificCredentials',
    id: 'ServiceSpecificCredentialId',
    update: 'UpdateServiceSpecificCredential',
    remove: 'DeleteServiceSpecificCredential',
  },
}

export type Iam = ReturnType<typeof createIam>

/** The part of IAM that an offboarding needs, in our words. Each call may be repeated. */
export function createIam(client: QueryClient, partition: string) {
  const of = (name: string) => ({ UserName: name })

  return {
    async user(name: string): Promise<IamUser | undefined> {
      return (await unlessGone(client.read('GetUser', of(name), z.object({ User: user }))))?.User
    },
    /** All of them: a list that does not say whether it is whole proves nobody's absence. */
    users: () =>
      client.readAll(
        'ListUsers',
        { MaxItems: '1000' },
        z.object({ Users: listOf(listedUser), IsTruncated: z.enum(['true', 'false']) }),
        page => page.Users,
      ),

    async attachedPolicies(name: string): Promise<AttachedPolicy[]> {
      const policy = z.object({ PolicyName: z.string(), PolicyArn: z.string() })
      const page = z.object({ AttachedPolicies: listOf(policy) })
      const found = await client.readAll('ListAttachedUserPolicies', of(name), page, p => p.AttachedPolicies)
      return found.map(one => ({ name: one.PolicyName, arn: one.PolicyArn }))
    },
    async attachedGroupPolicies(group: string): Promise<string[]> {
      const page = z.object({ AttachedPolicies: listOf(z.object({ PolicyName: z.string() })) })
      const found = await client.readAll(
        'ListAttachedGroupPolicies',
        { GroupName: group },
        page,
        p => p.AttachedPolicies,
      )
      return found.map(one => one.PolicyName)
    },
    /** The ARN of a policy of AWS's own. */
    managedPolicy: (name: string) => `arn:${partition}:iam::aws:policy/${name}`,
    attachPolicy: (name: string, arn: string) => client.write('AttachUserPolicy', { ...of(name), PolicyArn: arn }),
    detachPolicy: (name: string, arn: string) => client.write('DetachUserPolicy', { ...of(name), PolicyArn: arn }),

    inlinePolicies: (name: string): Promise<string[]> =>
      client.readAll('ListUserPolicies', of(name), z.object({ PolicyNames: listOf(z.string()) }), p => p.PolicyNames),
    /** The document as JSON text; IAM percent-encodes it inside its XML. */
    async inlinePolicy(name: string, policy: string): Promise<string | undefined> {
      const shape = z.object({ PolicyDocument: z.string() })
      const found = await unlessGone(client.read('GetUserPolicy', { ...of(name), PolicyName: policy }, shape))
      return found && decodeURIComponent(found.PolicyDocument)
    },
    putPolicy: (name: string, policy: string, document: string) =>
      client.write('PutUserPolicy', { ...of(name), PolicyName: policy, PolicyDocument: document }),
    deletePolicy: (name: string, policy: string) =>
      client.write('DeleteUserPolicy', { ...of(name), PolicyName: policy }),

    async hasPassword(name: string): Promise<boolean> {
      const shape = z.object({ LoginProfile: z.object({ UserName: z.string() }) })
      return (await unlessGone(client.read('GetLoginProfile', of(name), shape))) !== undefined
    },
    deletePassword: (name: string) => client.write('DeleteLoginProfile', of(name)),

    async credentials(name: string, kind: CredentialKind): Promise<Credential[]> {
      const { list, member, id } = kinds[kind]
      const page = z.object({ [member]: listOf(z.object({ [id]: z.string(), Status: z.string() })) })
      const found = await client.readAll(list, of(name), page, p => p[member] ?? [])
      return found.map(one => ({ id: one[id] ?? '', active: one.Status === 'Active' }))
    },
    switchCredential: (name: string, kind: CredentialKind, id: string, active: boolean) =>
      client.write(kinds[kind].update, { ...of(name), [kinds[kind].id]: id, Status: active ? 'Active' : 'Inactive' }),
    deleteCredential: (name: string, kind: CredentialKind, id: string) =>
      client.write(kinds[kind].remove, { ...of(name), [kinds[kind].id]: id }),

    /** Serial numbers; of a virtual device that is its ARN. */
    async mfaDevices(name: string): Promise<string[]> {
      const page = z.object({ MFADevices: listOf(z.object({ SerialNumber: z.string() })) })
      const found = await client.readAll('ListMFADevices', of(name), page, p => p.MFADevices)
      return found.map(one => one.SerialNumber)
    },
    deactivateMfa: (name: string, serial: string) =>
      client.write('DeactivateMFADevice', { ...of(name), SerialNumber: serial }),
    deleteVirtualMfa: (serial: string) => client.write('DeleteVirtualMFADevice', { SerialNumber: serial }),

    async groups(name: string): Promise<string[]> {
      const page = z.object({ Groups: listOf(z.object({ GroupName: z.string() })) })
      return (await client.readAll('ListGroupsForUser', of(name), page, p => p.Groups)).map(one => one.GroupName)
    },
    joinGroup: (name: string, group: string) => client.write('AddUserToGroup', { ...of(name), GroupName: group }),
    leaveGroup: (name: string, group: string) => client.write('RemoveUserFromGroup', { ...of(name), GroupName: group }),

    deleteUser: (name: string) => client.write('DeleteUser', of(name)),

    /** The actions of these that are not allowed to the principal on that resource. Nothing is done. */
    async denied(principalArn: string, actions: readonly string[], resource: string): Promise<string[]> {
      const result = z.object({ EvalActionName: z.string(), EvalDecision: z.string() })
      const found = await client.readAll(
        'SimulatePrincipalPolicy',
        { PolicySourceArn: principalArn, ActionNames: actions, ResourceArns: [resource] },
        z.object({ EvaluationResults: listOf(result) }),
        page => page.EvaluationResults,
      )
      return found.filter(one => one.EvalDecision !== 'allowed').map(one => one.EvalActionName)
    },
    /** With its path, which the ARN of a session leaves out. */
    async roleArn(name: string): Promise<string> {
      const shape = z.object({ Role: z.object({ Arn: z.string() }) })
      return (await client.read('GetRole', { RoleName: name }, shape)).Role.Arn
    },
  }
}
