import { bodyOf, type GoogleCall, noContent, ok, page, type Route, textIn } from './call.ts'
import { GoogleError, notAuthorized, notFound } from './google-error.ts'
import { type RoleAssignmentState, superAdminRoleId } from './state.ts'
import { findUser, setSuperAdmin } from './users.ts'

const base = '/admin/directory/v1/customer/{customer}'
const scopes = ['admin.directory.rolemanagement']

function shown(one: RoleAssignmentState) {
  return { kind: 'admin#directory#roleAssignment', etag: `"${one.roleAssignmentId}"`, ...one }
}

function listAssignments(call: GoogleCall) {
  const { state, query } = call
  const userKey = query.get('userKey')
  let all = state.assignments
  if (userKey !== null) {
    const { id } = findUser(call, userKey)
    const indirect = query.get('includeIndirectRoleAssignments') === 'true'
    const inGroup = (groupId: string) => state.groups.get(groupId)?.members.get(id)?.leftAt === null
    all = all.filter(one => one.assignedTo === id || (indirect && inGroup(one.assignedTo)))
  }
  const { items, next } = page(call, all, 100)
  const list = items.map(shown)
  const kind = 'admin#directory#roleAssignments'
  return ok({ kind, etag: '"r"', ...(list.length > 0 ? { items: list } : {}), ...next })
}

function listRoles(call: GoogleCall) {
  const { items, next } = page(call, call.state.roles, 100)
  const list = items.map(role => ({
    kind: 'admin#directory#role',
    etag: `"${role.roleId}"`,
    ...role,
    rolePrivileges: [{ privilegeName: 'USERS_RETRIEVE', serviceId: '00haapch16h1ysv' }],
  }))
  return ok({ kind: 'admin#directory#roles', etag: '"roles"', items: list, ...next })
}

function unassign(call: GoogleCall) {
  const { state, params, admin } = call
  if (!admin.isAdmin) throw notAuthorized()
  const found = state.assignments.find(one => one.roleAssignmentId === params.roleAssignmentId)
  if (found === undefined) throw notFound('roleAssignment')
  if (found.roleId === superAdminRoleId) setSuperAdmin(state, findUser(call, found.assignedTo), false)
  state.assignments = state.assignments.filter(one => one !== found)
  return noContent
}

function assign(call: GoogleCall) {
  const { state, admin } = call
  if (!admin.isAdmin) throw notAuthorized()
  const body = bodyOf(call)
  const [roleId, assignedTo] = [textIn(body, 'roleId'), textIn(body, 'assignedTo')]
  if (!state.roles.some(role => role.roleId === roleId)) throw notFound('roleId')
  const scopeType = textIn(body, 'scopeType') === 'ORG_UNIT' ? 'ORG_UNIT' : 'CUSTOMER'
  const same = state.assignments.find(one => one.roleId === roleId && one.assignedTo === assignedTo)
  if (same?.scopeType === scopeType) throw new GoogleError(409, 'duplicate', 'Role assignment already exists.')
  state.count += 1
  const orgUnitId = body.get('orgUnitId')
  const made: RoleAssignmentState = {
    roleAssignmentId: String(8000 + state.count),
    roleId,
    assignedTo,
    assigneeType: state.groups.has(assignedTo) ? 'group' : 'user',
    scopeType,
    ...(typeof orgUnitId === 'string' ? { orgUnitId } : {}),
  }
  state.assignments.push(made)
  return ok(shown(made))
}

export const roleRoutes: readonly Route[] = [
  { method: 'GET', path: `${base}/roles`, scopes, handle: listRoles },
  { method: 'GET', path: `${base}/roleassignments`, scopes, handle: listAssignments },
  { method: 'POST', path: `${base}/roleassignments`, scopes, handle: assign },
  { method: 'DELETE', path: `${base}/roleassignments/{roleAssignmentId}`, scopes, handle: unassign },
]
