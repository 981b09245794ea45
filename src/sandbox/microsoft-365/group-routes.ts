import { badRequest, GraphFailure, notFound, onPremisesMastered, textOf } from './answers.ts'
import { page, select } from './query.ts'
import type { Route, RouteCall } from './route.ts'
import type { Group, TenantState } from './tenant-state.ts'
import { deleteUser, userView } from './user-routes.ts'

const readers = ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All', 'GroupMember.ReadWrite.All']
/** Any of these shows what a group is, not only that somebody is in it. */
const groupReaders = ['Directory.Read.All', 'Directory.ReadWrite.All', 'Group.Read.All', 'Group.ReadWrite.All']
const memberWriters = ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All']
const writers = ['Group.ReadWrite.All', 'Directory.ReadWrite.All']
const appWriters = ['Application.ReadWrite.All', 'Directory.ReadWrite.All']

export const groupRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/:/memberOf',
    needs: [...readers, ...memberWriters],
    answer: ({ request, tenant, id, pageSize, granted }) => {
      const state = tenant.seen()
      const user = tenant.user(state, id(1))
      // Permissions reference: without Member.Read.Hidden, memberships of groups that hide them are left out.
      const seesHidden = granted.includes('Member.Read.Hidden')
      const theirs = state.groups.filter(
        ({ members, visibility }) => members.includes(user.id) && (seesHidden || visibility !== 'HiddenMembership'),
      )
      const isHidden = tenant.quirks.has('hiddenGroups') || !granted.some(right => groupReaders.includes(right))
      const groups = theirs.map(isHidden ? hiddenView : groupView)
      const roles = state.roleAssignments
        .filter(({ principalId }) => principalId === user.id)
        .map(({ roleDefinitionId }) => ({
          '@odata.type': '#microsoft.graph.directoryRole',
          id: roleDefinitionId,
          displayName: state.roleDefinitions.find(one => one.id === roleDefinitionId)?.displayName ?? '',
        }))
      return { status: 200, body: page([...groups, ...roles], request, pageSize) }
    },
  },
  {
    method: 'GET',
    path: '/groups',
    needs: [...readers, ...memberWriters],
    answer: ({ request, tenant, pageSize }) => ({
      status: 200,
      body: page(tenant.seen().groups.map(groupView), request, pageSize),
    }),
  },
  {
    method: 'GET',
    path: '/groups/:',
    needs: [...readers, ...memberWriters],
    answer: ({ request, tenant, id }) => ({
      status: 200,
      body: select(groupView(tenant.group(tenant.seen(), id(1))), request.query),
    }),
  },
  {
    method: 'GET',
    path: '/groups/:/transitiveMembers/microsoft.graph.user',
    needs: [...readers, ...memberWriters],
    answer: ({ request, tenant, id, pageSize }) => {
      // learn.microsoft.com/graph/aad-advanced-queries: a cast wants both.
      if (!request.eventual || request.query.get('$count') !== 'true') {
        throw badRequest('OData cast is not supported without ConsistencyLevel and $count.', 'Request_UnsupportedQuery')
      }
      const state = tenant.seen()
      const { members } = tenant.group(state, id(1))
      const users = state.users.filter(user => members.includes(user.id)).map(user => userView(tenant, user))
      return { status: 200, body: page(users, request, pageSize) }
    },
  },
  {
    method: 'POST',
    path: '/groups/:/members/$ref',
    needs: memberWriters,
    answer: call => {
      const group = writable(call.tenant.group(call.tenant.state, call.id(1)))
      const id = referenced(call)
      if (group.members.includes(id)) throw alreadyThere('members')
      group.members.push(id)
      return { status: 204 }
    },
  },
  {
    method: 'DELETE',
    path: '/groups/:/members/:/$ref',
    needs: memberWriters,
    answer: ({ tenant, id }) => {
      const group = writable(tenant.group(tenant.state, id(1)))
      if (!group.members.includes(id(2))) throw notFound(id(2))
      group.members = group.members.filter(member => member !== id(2))
      loseLicences(tenant.state, group, id(2))
      return { status: 204 }
    },
  },
  {
    // Without `/$ref` the member itself is deleted, as Microsoft's documentation warns.
    method: 'DELETE',
    path: '/groups/:/members/:',
    needs: ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
    answer: ({ tenant, id }) => {
      tenant.group(tenant.state, id(1))
      deleteUser(tenant, tenant.user(tenant.state, id(2)))
      return { status: 204 }
    },
  },
  ...(['groups', 'applications', 'servicePrincipals'] as const).flatMap(ownerRoutes),
  {
    method: 'GET',
    path: '/users/:/ownedObjects',
    needs: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    answer: ({ request, tenant, id, pageSize }) => {
      const state = tenant.seen()
      const user = tenant.user(state, id(1))
      const groups = state.groups.filter(({ owners }) => owners.includes(user.id)).map(groupView)
      const apps = state.applications
        .filter(({ owners }) => owners.includes(user.id))
        .map(({ id, kind, displayName }) => ({ '@odata.type': `#microsoft.graph.${kind}`, id, displayName }))
      return { status: 200, body: page([...groups, ...apps], request, pageSize) }
    },
  },
]

function ownerRoutes(folder: 'groups' | 'applications' | 'servicePrincipals'): Route[] {
  const needs = folder === 'groups' ? writers : appWriters
  const owned = (state: TenantState, id: string) => {
    const found = folder === 'groups' ? state.groups.find(g => g.id === id) : state.applications.find(a => a.id === id)
    if (found === undefined) throw notFound(id)
    return found
  }
  return [
    {
      method: 'GET',
      path: `/${folder}/:/owners`,
      needs: [...needs, 'Group.Read.All', 'Application.Read.All', 'Directory.Read.All', 'GroupMember.ReadWrite.All'],
      answer: ({ request, tenant, id, pageSize }) => {
        const state = tenant.seen()
        const { owners } = owned(state, id(1))
        const users = state.users.filter(user => owners.includes(user.id)).map(user => userView(tenant, user))
        return { status: 200, body: page(users, request, pageSize) }
      },
    },
    {
      method: 'POST',
      path: `/${folder}/:/owners/$ref`,
      needs,
      answer: call => {
        const { owners } = owned(call.tenant.state, call.id(1))
        const id = referenced(call)
        if (owners.includes(id)) throw alreadyThere('owners')
        owners.push(id)
        return { status: 204 }
      },
    },
    {
      method: 'DELETE',
      path: `/${folder}/:/owners/:/$ref`,
      needs,
      answer: ({ tenant, id }) => {
        const object = owned(tenant.state, id(1))
        if (!object.owners.includes(id(2))) throw notFound(id(2))
        if (folder === 'groups' && object.owners.length === 1) {
          throw badRequest('The group must have at least one owner, hence this owner cannot be removed.')
        }
        object.owners = object.owners.filter(owner => owner !== id(2))
        return { status: 204 }
      },
    },
  ]
}

function referenced({ request, tenant }: RouteCall): string {
  const id = textOf(request.body, '@odata.id').split('/').at(-1) ?? ''
  return tenant.user(tenant.state, id).id
}

function groupView({ members: _members, owners: _owners, ...group }: Group): object {
  return { '@odata.type': '#microsoft.graph.group', ...group }
}

/**
 * Where the right to read groups is missing, only type and id are shown (learn.microsoft.com/graph/permissions-overview,
 * "Limited information returned for inaccessible member objects").
 */
function hiddenView(group: Group): object {
  const names = Object.keys(groupView(group)).filter(name => name !== '@odata.type' && name !== 'id')
  const hidden = Object.fromEntries(names.map(name => [name, null]))
  return { '@odata.type': '#microsoft.graph.group', id: group.id, ...hidden }
}

/** @throws GraphFailure for memberships that Graph does not change */
function writable(group: Group): Group {
  if (group.onPremisesSyncEnabled) throw badRequest(onPremisesMastered)
  if (group.groupTypes.includes('DynamicMembership')) {
    throw badRequest('Insufficient privileges to complete the operation: the membership is dynamic.')
  }
  if (group.mailEnabled && !group.groupTypes.includes('Unified')) {
    throw new GraphFailure(
      400,
      'Request_BadRequest',
      'Cannot Update a mail-enabled security groups and or distribution list.',
    )
  }
  return group
}

function loseLicences(state: TenantState, group: Group, userId: string): void {
  const user = state.users.find(({ id }) => id === userId)
  if (user === undefined) return
  user.licenseAssignmentStates = user.licenseAssignmentStates.filter(one => one.assignedByGroup !== group.id)
}

function alreadyThere(what: string): GraphFailure {
  return badRequest(
    `One or more added object references already exist for the following modified properties: '${what}'.`,
  )
}
