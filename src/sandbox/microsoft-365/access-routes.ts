import { badRequest, GraphFailure, isObject, notFound, textOf } from './answers.ts'
import { guidOf } from './guid.ts'
import { page } from './query.ts'
import type { Route } from './route.ts'
import type { User } from './tenant-state.ts'
import { userView } from './user-routes.ts'

const all = ['Directory.Read.All', 'Directory.ReadWrite.All']
const grantWriters = ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All']

export const accessRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/:/appRoleAssignments',
    needs: [...all, 'AppRoleAssignment.ReadWrite.All'],
    answer: ({ request, tenant, id, pageSize }) => {
      const state = tenant.seen()
      const user = tenant.user(state, id(1))
      const groups = state.groups.filter(({ members }) => members.includes(user.id)).map(group => group.id)
      const found = state.appRoleAssignments.filter(one => [user.id, ...groups].includes(one.principalId))
      return { status: 200, body: page(found, request, pageSize) }
    },
  },
  {
    method: 'POST',
    path: '/users/:/appRoleAssignments',
    needs: ['AppRoleAssignment.ReadWrite.All'],
    answer: ({ request, tenant, id }) => {
      const { body } = request
      const user = tenant.user(tenant.state, id(1))
      const resourceId = textOf(body, 'resourceId')
      const known = tenant.state.appRoleAssignments.find(one => one.resourceId === resourceId)
      const made = {
        id: guidOf('app role', user.id, resourceId, textOf(body, 'appRoleId')),
        appRoleId: textOf(body, 'appRoleId'),
        principalId: textOf(body, 'principalId'),
        principalType: 'User' as const,
        resourceId,
        resourceDisplayName: known?.resourceDisplayName ?? resourceId,
      }
      const theirs = tenant.state.appRoleAssignments.filter(one => one.principalId === made.principalId)
      if (theirs.some(one => one.resourceId === resourceId && one.appRoleId === made.appRoleId)) {
        throw badRequest('Permission being assigned already exists on the object')
      }
      tenant.state.appRoleAssignments.push(made)
      return { status: 201, body: made }
    },
  },
  {
    method: 'DELETE',
    path: '/users/:/appRoleAssignments/:',
    needs: ['AppRoleAssignment.ReadWrite.All'],
    answer: ({ tenant, id }) => {
      const { state } = tenant
      const user = tenant.user(state, id(1))
      const found = state.appRoleAssignments.find(one => one.id === id(2) && one.principalId === user.id)
      if (found === undefined) throw notFound(id(2))
      state.appRoleAssignments = state.appRoleAssignments.filter(one => one !== found)
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/users/:/oauth2PermissionGrants',
    needs: [...all, ...grantWriters],
    answer: ({ request, tenant, id, pageSize }) => {
      const state = tenant.seen()
      const user = tenant.user(state, id(1))
      const found = state.permissionGrants.filter(one => one.principalId === user.id)
      return { status: 200, body: page(found, request, pageSize) }
    },
  },
  {
    method: 'POST',
    path: '/oauth2PermissionGrants',
    needs: grantWriters,
    answer: ({ request, tenant }) => {
      const { body } = request
      const principalId = textOf(body, 'principalId')
      const made = {
        id: guidOf('grant', principalId, textOf(body, 'clientId'), textOf(body, 'resourceId')),
        clientId: textOf(body, 'clientId'),
        consentType: 'Principal' as const,
        principalId,
        resourceId: textOf(body, 'resourceId'),
        scope: textOf(body, 'scope'),
      }
      const theirs = tenant.state.permissionGrants.filter(one => one.principalId === principalId)
      if (theirs.some(one => one.clientId === made.clientId && one.resourceId === made.resourceId)) {
        throw new GraphFailure(409, 'Request_MultipleObjectsWithSameKeyValue', 'Permission entry already exists.')
      }
      tenant.state.permissionGrants.push(made)
      return { status: 201, body: made }
    },
  },
  {
    method: 'DELETE',
    path: '/oauth2PermissionGrants/:',
    needs: grantWriters,
    answer: ({ tenant, id }) => {
      const { state } = tenant
      if (!state.permissionGrants.some(one => one.id === id(1))) throw notFound(id(1))
      state.permissionGrants = state.permissionGrants.filter(one => one.id !== id(1))
      return { status: 204 }
    },
  },
  {
    method: 'POST',
    path: '/users/:/assignLicense',
    needs: ['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
    answer: ({ request, tenant, id }) => {
      const user = tenant.user(tenant.state, id(1))
      assignLicense(user, request.body)
      return { status: 200, body: userView(tenant, user) }
    },
  },
]

function assignLicense(user: User, { addLicenses, removeLicenses }: Record<string, unknown>): void {
  if (!Array.isArray(addLicenses) || !Array.isArray(removeLicenses)) {
    throw badRequest('One or more parameters of the operation are missing: addLicenses, removeLicenses.')
  }
  for (const skuId of removeLicenses.map(String)) {
    const states = user.licenseAssignmentStates.filter(one => one.skuId === skuId)
    if (states.length === 0) throw badRequest('User does not have a corresponding license.')
    if (states.every(one => one.assignedByGroup !== null)) {
      throw badRequest(
        'User license is inherited from a group membership and it cannot be removed directly from the user.',
      )
    }
    user.licenseAssignmentStates = user.licenseAssignmentStates.filter(
      one => one.skuId !== skuId || one.assignedByGroup !== null,
    )
  }
  for (const one of addLicenses.filter(isObject)) {
    const disabledPlans = Array.isArray(one.disabledPlans) ? one.disabledPlans.map(String) : []
    const skuId = textOf(one, 'skuId')
    user.licenseAssignmentStates.push({ skuId, assignedByGroup: null, disabledPlans, state: 'Active' })
  }
}
