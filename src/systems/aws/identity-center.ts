import { z } from 'zod'
import { isK1Error, K1Error } from '../../core/errors.ts'
import { unlessGone } from './error.ts'
import type { JsonClient } from './json-client.ts'

const user = z.object({
  UserId: z.string(),
  UserName: z.string().optional(),
  DisplayName: z.string().nullish(),
  Name: z
    .object({ Formatted: z.string().nullish(), GivenName: z.string().nullish(), FamilyName: z.string().nullish() })
    .nullish(),
  Emails: z.array(z.object({ Value: z.string().nullish(), Primary: z.boolean().nullish() })).nullish(),
  /** Whoever feeds this directory over SCIM puts its own id here. */
  ExternalIds: z.array(z.object({ Issuer: z.string(), Id: z.string() })).nullish(),
  UserStatus: z.string().nullish(),
})

export type CenterUser = z.infer<typeof user>

export interface Instance {
  arn: string
  storeId: string
}

/** What somebody may open: an account with the rights of a permission set; given to them, or to a group of theirs. */
export interface Assignment {
  account: string
  permissionSet: string
  principal: { type: 'USER' | 'GROUP'; id: string }
}

export interface Membership {
  id: string
  groupId: string
}

export interface PermissionSet {
  name: string
  /** ISO 8601, as `PT8H`. */
  session: string
}

/** Of what goes on after AWS has said yes. */
export interface Progress {
  id: string
  state: 'IN_PROGRESS' | 'FAILED' | 'SUCCEEDED'
  why: string
}

const progress = z
  .object({
    Status: z.enum(['IN_PROGRESS', 'FAILED', 'SUCCEEDED']),
    RequestId: z.string(),
    FailureReason: z.string().nullish(),
  })
  .transform((found): Progress => ({ id: found.RequestId, state: found.Status, why: found.FailureReason ?? '' }))
const deletion = z.object({ AccountAssignmentDeletionStatus: progress })
const creation = z.object({ AccountAssignmentCreationStatus: progress })

export type IdentityCenter = ReturnType<typeof createIdentityCenter>

/** The instance that there is; null where there is none. @throws K1Error `not-set-up` when there are several */
export async function findInstance(sso: JsonClient, wanted?: string): Promise<Instance | null> {
  const shape = z.object({
    Instances: z.array(z.object({ InstanceArn: z.string(), IdentityStoreId: z.string() })).nullish(),
  })
  const all: Instance[] = []
  for await (const { Instances } of sso.pages('ListInstances', {}, shape)) {
    all.push(...(Instances ?? []).map(one => ({ arn: one.InstanceArn, storeId: one.IdentityStoreId })))
  }
  const found = wanted === undefined ? all : all.filter(({ arn }) => arn === wanted)
  if (found.length < 2 && (wanted === undefined || found.length === 1)) return found[0] ?? null
  const arns = all.map(({ arn }) => arn)
  throw new K1Error(
    'not-set-up',
    `Which IAM Identity Center is meant is not clear: ${arns.join(', ') || 'none is seen'}.`,
    {
      hint: 'Give its ARN as instanceArn: the one of the organization, for it has the account assignments.',
      facts: { setting: 'instanceArn', candidates: arns },
    },
  )
}

/** The part of Identity Center (SSO Admin and Identity Store) that an offboarding needs. */
export function createIdentityCenter(clients: { sso: JsonClient; store: JsonClient }, instance: Instance) {
  const { sso, store } = clients
  const { arn, storeId } = instance
  const none = z.object({})
  const sets = new Map<string, Promise<PermissionSet>>()
  const groups = new Map<string, Promise<string>>()
  const onStore = (body: Record<string, unknown>) => ({ IdentityStoreId: storeId, ...body })
  const target = ({ account, permissionSet, principal }: Assignment) => ({
    InstanceArn: arn,
    TargetId: account,
    TargetType: 'AWS_ACCOUNT',
    PermissionSetArn: permissionSet,
    PrincipalType: principal.type,
    PrincipalId: principal.id,
  })

  async function readSet(permissionSet: string): Promise<PermissionSet> {
    const shape = z.object({
      // Both are for sentences only.
      PermissionSet: z.object({ Name: z.string().catch(permissionSet), SessionDuration: z.string().catch('PT12H') }),
    })
    const body = { InstanceArn: arn, PermissionSetArn: permissionSet }
    const found = (await unlessGone(sso.read('DescribePermissionSet', body, shape)))?.PermissionSet
    return { name: found?.Name ?? permissionSet, session: found?.SessionDuration ?? 'PT12H' }
  }

  async function readGroup(id: string): Promise<string> {
    const shape = z.object({ DisplayName: z.string().nullish() })
    return (await unlessGone(store.read('DescribeGroup', onStore({ GroupId: id }), shape)))?.DisplayName ?? id
  }

  return {
    storeId,
    instanceArn: arn,

    user: (id: string): Promise<CenterUser | undefined> =>
      unlessGone(store.read('DescribeUser', onStore({ UserId: id }), user)),
    /** By an attribute that only one user has; AWS does not say whether it minds upper and lower case. */
    async userIdBy(attribute: 'userName' | 'emails.value', value: string): Promise<string | undefined> {
      const body = onStore({
        AlternateIdentifier: { UniqueAttribute: { AttributePath: attribute, AttributeValue: value } },
      })
      return (await unlessGone(store.read('GetUserId', body, z.object({ UserId: z.string() }))))?.UserId
    },
    async *users(pageSize = 100): AsyncIterable<CenterUser[]> {
      const shape = z.object({ Users: z.array(user) })
      for await (const { Users } of store.pages('ListUsers', onStore({ MaxResults: pageSize }), shape)) yield Users
    },
    deleteUser: (id: string) => store.write('DeleteUser', onStore({ UserId: id }), none),

    async memberships(userId: string): Promise<Membership[]> {
      const shape = z.object({ GroupMemberships: z.array(z.object({ MembershipId: z.string(), GroupId: z.string() })) })
      const all: Membership[] = []
      const body = onStore({ MemberId: { UserId: userId } })
      for await (const page of store.pages('ListGroupMembershipsForMember', body, shape)) {
        all.push(...page.GroupMemberships.map(one => ({ id: one.MembershipId, groupId: one.GroupId })))
      }
      return all
    },
    leaveGroup: (id: string) => store.write('DeleteGroupMembership', onStore({ MembershipId: id }), none),
    joinGroup: (groupId: string, userId: string) =>
      store.write('CreateGroupMembership', onStore({ GroupId: groupId, MemberId: { UserId: userId } }), none),
    /** For sentences only: the id where nobody may read it. */
    groupName(id: string): Promise<string> {
      const name = groups.get(id) ?? readGroup(id)
      groups.set(id, name)
      return name.catch(error => {
        groups.delete(id)
        return unlessCancelled(error, id)
      })
    },

    /** Also those that come from groups: their principal is the group. */
    async assignments(userId: string): Promise<Assignment[]> {
      const one = z
        .object({
          AccountId: z.string(),
          PermissionSetArn: z.string(),
          PrincipalId: z.string(),
          PrincipalType: z.enum(['USER', 'GROUP']),
        })
        .transform(
          (found): Assignment => ({
            account: found.AccountId,
            permissionSet: found.PermissionSetArn,
            principal: { type: found.PrincipalType, id: found.PrincipalId },
          }),
        )
      const all: Assignment[] = []
      const body = { InstanceArn: arn, PrincipalId: userId, PrincipalType: 'USER' }
      const shape = z.object({ AccountAssignments: z.array(one).nullish() })
      for await (const page of sso.pages('ListAccountAssignmentsForPrincipal', body, shape)) {
        all.push(...(page.AccountAssignments ?? []))
      }
      return all
    },
    /** ARNs of the applications that the user may open, given to them or to a group of theirs. */
    async applications(userId: string): Promise<string[]> {
      const all: string[] = []
      const body = { InstanceArn: arn, PrincipalId: userId, PrincipalType: 'USER' }
      const shape = z.object({ ApplicationAssignments: z.array(z.object({ ApplicationArn: z.string() })).nullish() })
      for await (const page of sso.pages('ListApplicationAssignmentsForPrincipal', body, shape)) {
        all.push(...(page.ApplicationAssignments ?? []).map(({ ApplicationArn }) => ApplicationArn))
      }
      return all
    },
    async takeAssignment(assignment: Assignment): Promise<Progress> {
      return (await sso.write('DeleteAccountAssignment', target(assignment), deletion)).AccountAssignmentDeletionStatus
    },
    async giveAssignment(assignment: Assignment): Promise<Progress> {
      return (await sso.write('CreateAccountAssignment', target(assignment), creation)).AccountAssignmentCreationStatus
    },
    /** How what AWS has under way goes; undefined where it does not say. It tells why, and decides nothing. */
    async progressOf(what: 'deletion' | 'creation', id: string): Promise<Progress | undefined> {
      try {
        if (what === 'deletion') {
          const body = { InstanceArn: arn, AccountAssignmentDeletionRequestId: id }
          return (await sso.read('DescribeAccountAssignmentDeletionStatus', body, deletion))
            .AccountAssignmentDeletionStatus
        }
        const body = { InstanceArn: arn, AccountAssignmentCreationRequestId: id }
        return (await sso.read('DescribeAccountAssignmentCreationStatus', body, creation))
          .AccountAssignmentCreationStatus
      } catch (error) {
        return unlessCancelled(error, undefined)
      }
    },
    /** For sentences only: its ARN where nobody may read it. */
    permissionSet(permissionSet: string): Promise<PermissionSet> {
      const found = sets.get(permissionSet) ?? readSet(permissionSet)
      sets.set(permissionSet, found)
      return found.catch(error => {
        sets.delete(permissionSet)
        return unlessCancelled(error, { name: permissionSet, session: '' })
      })
    },
  }
}

/** A name that is not shown stops nobody from being kept out. @throws K1Error `cancelled` */
function unlessCancelled<T>(error: unknown, other: T): T {
  if (isK1Error(error) && error.kind === 'cancelled') throw error
  return other
}
