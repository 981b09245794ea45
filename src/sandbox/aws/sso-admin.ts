import { AwsError } from './aws-error.ts'
import { gone, invalid } from './identity-store.ts'
import { uuid } from './seed.ts'
import type { Assignment, AssignmentRequest, AwsState, Center } from './state.ts'

type Input = Readonly<Record<string, unknown>>

/** How long assignments take, and why the next one fails, for control calls. */
export interface AssignmentPace {
  delayMs: number
  failNext: string[]
}

/** One operation of SSO Admin. @throws AwsError */
export function ssoAdminAction(
  { center }: AwsState,
  action: string,
  input: Input,
  at: { region: string; now: number; pace: AssignmentPace },
): object {
  finish(center, at.now)
  if (action === 'ListInstances') {
    const { instanceArn: InstanceArn, storeId: IdentityStoreId, owner: OwnerAccountId } = center
    const here = [{ InstanceArn, IdentityStoreId, OwnerAccountId, Name: 'ironbridge', Status: 'ACTIVE' }]
    return { paged: 'Instances', items: at.region === center.region ? here : [] }
  }
  if (input.InstanceArn !== center.instanceArn || at.region !== center.region) {
    throw gone('Instance', String(input.InstanceArn))
  }
  switch (action) {
    case 'ListAccountAssignmentsForPrincipal':
      return { paged: 'AccountAssignments', items: assignmentsFor(center, input).map(show) }
    case 'ListApplicationAssignmentsForPrincipal': {
      const applications = center.applications.filter(one => one.principal === input.PrincipalId)
      const items = applications.map(one => ({
        ApplicationArn: one.arn,
        PrincipalId: one.principal,
        PrincipalType: 'USER',
      }))
      return { paged: 'ApplicationAssignments', items }
    }
    case 'DescribePermissionSet': {
      const set = center.permissionSets.find(({ arn }) => arn === input.PermissionSetArn)
      if (set === undefined) throw gone('PermissionSet', String(input.PermissionSetArn))
      return { PermissionSet: { Name: set.name, PermissionSetArn: set.arn, SessionDuration: set.session } }
    }
    case 'DeleteAccountAssignment':
    case 'CreateAccountAssignment': {
      const request = begin(center, action === 'DeleteAccountAssignment' ? 'delete' : 'create', input, at)
      return { [statusName[request.what]]: showRequest(request) }
    }
    case 'DescribeAccountAssignmentDeletionStatus':
      return { [statusName.delete]: showRequest(requestOf(center, input.AccountAssignmentDeletionRequestId)) }
    case 'DescribeAccountAssignmentCreationStatus':
      return { [statusName.create]: showRequest(requestOf(center, input.AccountAssignmentCreationRequestId)) }
    default:
      throw new AwsError('UnknownOperationException', `${action} is not an operation of SSO Admin`)
  }
}

const statusName = { delete: 'AccountAssignmentDeletionStatus', create: 'AccountAssignmentCreationStatus' }

/** Somebody's own, and those of their groups: with the group as principal. */
function assignmentsFor(center: Center, { PrincipalId: id, PrincipalType: type }: Input): Assignment[] {
  if (type !== 'USER' && type !== 'GROUP') throw invalid('PrincipalType')
  const known = type === 'USER' ? center.users : center.groups
  if (!known.some(one => one.id === id)) throw gone(type, String(id))
  const groups = type === 'USER' ? center.memberships.filter(one => one.user === id).map(({ group }) => group) : []
  return center.assignments.filter(
    one => (one.type === type && one.principal === id) || (one.type === 'GROUP' && groups.includes(one.principal)),
  )
}

function show({ account, permissionSet, type, principal }: Assignment) {
  return { AccountId: account, PermissionSetArn: permissionSet, PrincipalType: type, PrincipalId: principal }
}

function begin(
  center: Center,
  what: AssignmentRequest['what'],
  input: Input,
  { now, pace }: { now: number; pace: AssignmentPace },
): AssignmentRequest {
  const { TargetId, TargetType, PermissionSetArn, PrincipalType, PrincipalId } = input
  if (typeof TargetId !== 'string' || !/^\d{12}$/.test(TargetId) || TargetType !== 'AWS_ACCOUNT')
    throw invalid('TargetId')
  if (PrincipalType !== 'USER' && PrincipalType !== 'GROUP') throw invalid('PrincipalType')
  if (!center.permissionSets.some(({ arn }) => arn === PermissionSetArn)) {
    throw gone('PermissionSet', String(PermissionSetArn))
  }
  const assignment: Assignment = {
    account: TargetId,
    permissionSet: String(PermissionSetArn),
    type: PrincipalType,
    principal: String(PrincipalId),
  }
  if (center.requests.some(one => one.state === 'IN_PROGRESS' && isSame(one.assignment, assignment))) {
    throw new AwsError('ConflictException', 'A request for the same assignment is in progress.')
  }
  const found = center.assignments.some(one => isSame(one, assignment))
  if (what === 'delete' && !found) throw gone('AccountAssignment', assignment.principal)
  const why = pace.failNext.shift()
  const request: AssignmentRequest = {
    id: uuid(`request ${center.requests.length + 1}`),
    what,
    assignment,
    due: now + pace.delayMs,
    state: 'IN_PROGRESS',
    ...(why === undefined ? {} : { why }),
  }
  center.requests.push(request)
  return request
}

/** Does what is due. The user has to be there for it: an orphaned assignment can never be deleted. */
function finish(center: Center, now: number): void {
  for (const request of center.requests) {
    if (request.state !== 'IN_PROGRESS' || request.due > now) continue
    const { assignment, what } = request
    const known = assignment.type === 'USER' ? center.users : center.groups
    if (!known.some(({ id }) => id === assignment.principal)) {
      request.why = `${assignment.type} assignee '${assignment.principal}' was not found in directory.`
    }
    request.state = request.why === undefined ? 'SUCCEEDED' : 'FAILED'
    if (request.state === 'FAILED') continue
    center.assignments = center.assignments.filter(one => !isSame(one, assignment))
    if (what === 'create') center.assignments.push(assignment)
  }
}

function isSame(one: Assignment, other: Assignment): boolean {
  return one.account === other.account && one.permissionSet === other.permissionSet && one.principal === other.principal
}

function requestOf(center: Center, id: unknown): AssignmentRequest {
  const found = center.requests.find(one => one.id === id)
  if (found === undefined) throw gone('Request', String(id))
  return found
}

function showRequest({ id, state, why, assignment }: AssignmentRequest) {
  return {
    Status: state,
    RequestId: id,
    ...(state === 'FAILED' ? { FailureReason: why } : {}),
    TargetId: assignment.account,
    TargetType: 'AWS_ACCOUNT',
    PermissionSetArn: assignment.permissionSet,
    PrincipalType: assignment.type,
    PrincipalId: assignment.principal,
  }
}
