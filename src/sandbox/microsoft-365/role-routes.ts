import { badRequest, GraphFailure, notFound, textOf } from './answers.ts'
import { guidOf } from './guid.ts'
import { page } from './query.ts'
import type { Route } from './route.ts'
import { assigned } from './seed-tenant.ts'
import type { Tenant } from './tenant.ts'
import type { GroupEligibility, RoleAssignment, TenantState } from './tenant-state.ts'
import { isLastGlobalAdministrator, userView } from './user-routes.ts'

const readers = ['RoleManagement.Read.Directory', 'RoleManagement.ReadWrite.Directory', 'Directory.Read.All']
const writers = ['RoleManagement.ReadWrite.Directory']
const groupWriters = ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup']

export const roleRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/roleManagement/directory/roleAssignments',
    needs: readers,
    answer: ({ request, tenant, pageSize }) => {
      if (tenant.quirks.has('rolesForbidden')) {
        throw new GraphFailure(403, 'Authorization_RequestDenied', 'Insufficient privileges.')
      }
      const state = tenant.seen()
      const views = state.roleAssignments.map(one => expanded(tenant, state, one, request.query.get('$expand')))
      return { status: 200, body: page(views, request, pageSize) }
    },
  },
  {
    method: 'POST',
    path: '/roleManagement/directory/roleAssignments',
    needs: writers,
    answer: ({ request, tenant }) => {
      const made = assigned(textOf(request.body, 'principalId'), textOf(request.body, 'roleDefinitionId'))
      if (tenant.state.roleAssignments.some(({ id }) => id === made.id)) {
        throw badRequest('A conflicting object with one or more of the specified property values is present.')
      }
      tenant.state.roleAssignments.push({ ...made, directoryScopeId: textOf(request.body, 'directoryScopeId') })
      return { status: 201, body: made }
    },
  },
  {
    method: 'DELETE',
    path: '/roleManagement/directory/roleAssignments/:',
    needs: writers,
    answer: ({ tenant, id }) => {
      const { state } = tenant
      const found = state.roleAssignments.find(one => one.id === id(1))
      if (found === undefined) throw notFound(id(1))
      if (isLastGlobalAdministrator(tenant, state, found.principalId)) {
        throw badRequest('The last Global Administrator of the company cannot be removed.')
      }
      state.roleAssignments = state.roleAssignments.filter(one => one !== found)
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/roleManagement/directory/roleEligibilityScheduleInstances',
    needs: ['RoleEligibilitySchedule.Read.Directory', 'RoleEligibilitySchedule.ReadWrite.Directory', ...readers],
    answer: ({ request, tenant, pageSize }) => {
      if (tenant.quirks.has('noPrivilegedIdentity')) {
        throw badRequest('The tenant needs a license for Privileged Identity Management.', 'AadPremiumLicenseRequired')
      }
      const state = tenant.seen()
      const views = state.roleEligibilities.map(one => expanded(tenant, state, one, request.query.get('$expand')))
      return { status: 200, body: page(views, request, pageSize) }
    },
  },
  {
    method: 'POST',
    path: '/roleManagement/directory/roleEligibilityScheduleRequests',
    needs: ['RoleEligibilitySchedule.ReadWrite.Directory', ...writers],
    answer: ({ request: { body }, tenant }) => {
      const { state } = tenant
      const wished = {
        ...assigned(textOf(body, 'principalId'), textOf(body, 'roleDefinitionId')),
        directoryScopeId: textOf(body, 'directoryScopeId'),
      }
      const same = (one: RoleAssignment) =>
        one.principalId === wished.principalId &&
        one.roleDefinitionId === wished.roleDefinitionId &&
        one.directoryScopeId === wished.directoryScopeId
      state.roleEligibilities = fulfilled(state.roleEligibilities, same, wished, textOf(body, 'action'), 'Role')
      return { status: 201, body: { status: 'Revoked', ...wished } }
    },
  },
  {
    method: 'GET',
    path: '/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances',
    needs: ['PrivilegedEligibilitySchedule.Read.AzureADGroup', ...groupWriters],
    answer: ({ request, tenant, pageSize }) => {
      if (tenant.quirks.has('noPrivilegedIdentity')) {
        throw badRequest('The tenant needs a license for Privileged Identity Management.', 'AadPremiumLicenseRequired')
      }
      const state = tenant.seen()
      const views = state.groupEligibilities.map(one => {
        const group = state.groups.find(({ id }) => id === one.groupId)
        return { ...one, memberType: 'direct', group: group ? { id: group.id, displayName: group.displayName } : null }
      })
      return { status: 200, body: page(views, request, pageSize) }
    },
  },
  {
    method: 'POST',
    path: '/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests',
    needs: groupWriters,
    answer: ({ request: { body }, tenant }) => {
      const { state } = tenant
      const [principalId, groupId] = [textOf(body, 'principalId'), textOf(body, 'groupId')]
      const accessId = textOf(body, 'accessId') === 'owner' ? ('owner' as const) : ('member' as const)
      const wished = { id: guidOf('group eligibility', principalId, groupId, accessId), principalId, groupId, accessId }
      const same = (one: GroupEligibility) => one.id === wished.id
      state.groupEligibilities = fulfilled(state.groupEligibilities, same, wished, textOf(body, 'action'), 'Group')
      return { status: 201, body: { status: 'Provisioned', ...wished } }
    },
  },
]

/** @throws GraphFailure where it is so already */
function fulfilled<T>(list: readonly T[], same: (one: T) => boolean, wished: T, action: string, what: string): T[] {
  const others = list.filter(one => !same(one))
  if (action === 'adminRemove') {
    if (others.length === list.length)
      throw badRequest(`The ${what} assignment does not exist.`, `${what}AssignmentDoesNotExist`)
    return others
  }
  if (action !== 'adminAssign') throw badRequest(`The action ${action} is not valid.`, 'InvalidAction')
  if (others.length < list.length) throw badRequest(`The ${what} assignment already exists.`, `${what}AssignmentExists`)
  return [...others, wished]
}

/** Graph expands one thing at a time. */
function expanded(tenant: Tenant, state: TenantState, one: RoleAssignment, what: string | null): object {
  if (what === null) return one
  if (what === 'roleDefinition') {
    return { ...one, roleDefinition: state.roleDefinitions.find(({ id }) => id === one.roleDefinitionId) ?? null }
  }
  if (what !== 'principal') throw new GraphFailure(400, 'Request_BadRequest', 'Only one property can be expanded.')
  const user = state.users.find(({ id }) => id === one.principalId)
  const group = state.groups.find(({ id }) => id === one.principalId)
  const principal = user
    ? userView(tenant, user)
    : group && { '@odata.type': '#microsoft.graph.group', id: group.id, displayName: group.displayName }
  return { ...one, principal: principal ?? null }
}
