import { isK1Error, K1Error } from '../../core/errors.ts'
import { unlessGone } from './error.ts'
import { type Assignment, type CenterUser, operations, type Progress } from './identity-center-operations.ts'
import type { JsonClient } from './json-client.ts'

export type { Assignment, CenterUser, Progress } from './identity-center-operations.ts'

export interface Instance {
  arn: string
  storeId: string
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

export type IdentityCenter = ReturnType<typeof createIdentityCenter>

/** The instance that there is; null where there is none. @throws K1Error `not-set-up` when there are several */
export async function findInstance(sso: JsonClient, wanted?: string): Promise<Instance | null> {
  const all: Instance[] = []
  for await (const { Instances } of sso.pages(operations.instances, {})) {
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
    const body = { InstanceArn: arn, PermissionSetArn: permissionSet }
    const found = (await unlessGone(sso.read(operations.permissionSet, body)))?.PermissionSet
    return { name: found?.Name ?? permissionSet, session: found?.SessionDuration ?? 'PT12H' }
  }

  async function readGroup(id: string): Promise<string> {
    return (await unlessGone(store.read(operations.group, onStore({ GroupId: id }))))?.DisplayName ?? id
  }

  return {
    storeId,
    instanceArn: arn,

    user: (id: string): Promise<CenterUser | undefined> =>
      unlessGone(store.read(operations.user, onStore({ UserId: id }))),
    /** By an attribute that only one user has; AWS does not say whether it minds upper and lower case. */
    async userIdBy(attribute: 'userName' | 'emails.value', value: string): Promise<string | undefined> {
      const body = onStore({
        AlternateIdentifier: { UniqueAttribute: { AttributePath: attribute, AttributeValue: value } },
      })
      return (await unlessGone(store.read(operations.userId, body)))?.UserId
    },
    async *users(pageSize = 100): AsyncIterable<CenterUser[]> {
      for await (const { Users } of store.pages(operations.users, onStore({ MaxResults: pageSize }))) yield Users
    },
    deleteUser: (id: string) => store.write(operations.deleteUser, onStore({ UserId: id })),

    async memberships(userId: string): Promise<Membership[]> {
      const all: Membership[] = []
      const body = onStore({ MemberId: { UserId: userId } })
      for await (const page of store.pages(operations.memberships, body)) {
        all.push(...page.GroupMemberships.map(one => ({ id: one.MembershipId, groupId: one.GroupId })))
      }
      return all
    },
    leaveGroup: (id: string) => store.write(operations.leaveGroup, onStore({ MembershipId: id })),
    joinGroup: (groupId: string, userId: string) =>
      store.write(operations.joinGroup, onStore({ GroupId: groupId, MemberId: { UserId: userId } })),
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
      const all: Assignment[] = []
      const body = { InstanceArn: arn, PrincipalId: userId, PrincipalType: 'USER' }
      for await (const page of sso.pages(operations.assignments, body)) {
        all.push(...(page.AccountAssignments ?? []))
      }
      return all
    },
    /** ARNs of the applications that the user may open, given to them or to a group of theirs. */
    async applications(userId: string): Promise<string[]> {
      const all: string[] = []
      const body = { InstanceArn: arn, PrincipalId: userId, PrincipalType: 'USER' }
      for await (const page of sso.pages(operations.applications, body)) {
        all.push(...(page.ApplicationAssignments ?? []).map(({ ApplicationArn }) => ApplicationArn))
      }
      return all
    },
    async takeAssignment(assignment: Assignment): Promise<Progress> {
      return (await sso.write(operations.takeAssignment, target(assignment))).AccountAssignmentDeletionStatus
    },
    async giveAssignment(assignment: Assignment): Promise<Progress> {
      return (await sso.write(operations.giveAssignment, target(assignment))).AccountAssignmentCreationStatus
    },
    /** How what AWS has under way goes; undefined where it does not say. It tells why, and decides nothing. */
    async progressOf(what: 'deletion' | 'creation', id: string): Promise<Progress | undefined> {
      try {
        if (what === 'deletion') {
          const body = { InstanceArn: arn, AccountAssignmentDeletionRequestId: id }
          return (await sso.read(operations.deletion, body)).AccountAssignmentDeletionStatus
        }
        const body = { InstanceArn: arn, AccountAssignmentCreationRequestId: id }
        return (await sso.read(operations.creation, body)).AccountAssignmentCreationStatus
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
