import { badRequest, isObject, notFound, textOf } from './answers.ts'
import { guidOf } from './guid.ts'
import { page, select } from './query.ts'
import type { Route } from './route.ts'
import type { TeamsNumber } from './tenant-state.ts'

const files = ['Files.ReadWrite.All', 'Sites.ReadWrite.All']
const numbers = '/admin/teams/telephoneNumberManagement/numberAssignments'
const numberWriters = ['TeamsTelephoneNumber.ReadWrite.All']

/** OneDrive, and telephone numbers in Teams. */
export const teamsRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/:/drive',
    needs: [...files, 'Files.Read.All'],
    answer: ({ request, tenant, id }) => {
      const state = tenant.seen()
      const user = tenant.user(state, id(1))
      const drive = state.drives.find(({ owner }) => owner === user.id)
      if (drive === undefined) throw notFound(id(1))
      return { status: 200, body: select({ id: drive.id, driveType: 'business', webUrl: drive.webUrl }, request.query) }
    },
  },
  {
    method: 'GET',
    path: '/drives/:/root/permissions',
    needs: [...files, 'Files.Read.All'],
    answer: ({ request, tenant, id, pageSize }) => {
      const state = tenant.seen()
      const drive = state.drives.find(one => one.id === id(1))
      if (drive === undefined) throw notFound(id(1))
      const owner = { id: 'owner', roles: ['owner'], grantedToV2: { user: { id: drive.owner } } }
      const shared = drive.permissions.map(({ id, user, roles }) => ({
        id,
        roles,
        grantedToV2: { user: { id: user } },
      }))
      return { status: 200, body: page([owner, ...shared], request, pageSize) }
    },
  },
  {
    method: 'POST',
    path: '/drives/:/root/invite',
    needs: files,
    answer: ({ request: { body }, tenant, id }) => {
      const drive = tenant.state.drives.find(one => one.id === id(1))
      if (drive === undefined) throw notFound(id(1))
      const recipients = Array.isArray(body.recipients) ? body.recipients.filter(isObject) : []
      const roles = Array.isArray(body.roles) ? body.roles.map(String) : []
      if (recipients.length === 0 || !['read', 'write'].includes(roles[0] ?? '')) {
        throw badRequest('One of the provided arguments is not acceptable.', 'invalidRequest')
      }
      for (const recipient of recipients) {
        const user = tenant.user(tenant.state, textOf(recipient, 'email')).id
        drive.permissions = drive.permissions.filter(one => one.user !== user)
        drive.permissions.push({ id: guidOf('permission', drive.id, user), user, roles })
      }
      return { status: 200, body: { value: [] } }
    },
  },
  {
    method: 'GET',
    path: numbers,
    needs: ['TeamsTelephoneNumber.Read.All', ...numberWriters],
    answer: ({ request, tenant, pageSize }) => ({
      status: 200,
      body: page(tenant.seen().numbers.map(numberView), request, pageSize),
    }),
  },
  {
    method: 'POST',
    path: `${numbers}/unassignNumber`,
    needs: numberWriters,
    answer: ({ request, tenant }) => {
      const found = tenant.state.numbers.find(one => one.telephoneNumber === textOf(request.body, 'telephoneNumber'))
      if (found === undefined || found.numberType !== textOf(request.body, 'numberType')) throw notFound('number')
      if (found.holder === null) throw badRequest('The telephone number is not assigned.')
      found.holder = null
      return { status: 202 }
    },
  },
  {
    method: 'POST',
    path: `${numbers}/assignNumber`,
    needs: numberWriters,
    answer: ({ request, tenant }) => {
      const found = tenant.state.numbers.find(one => one.telephoneNumber === textOf(request.body, 'telephoneNumber'))
      if (found === undefined || found.numberType !== textOf(request.body, 'numberType')) throw notFound('number')
      if (found.holder !== null) throw badRequest('The telephone number is assigned to somebody else.')
      found.holder = tenant.user(tenant.state, textOf(request.body, 'assignmentTargetId')).id
      return { status: 202 }
    },
  },
]

function numberView({ id, telephoneNumber, numberType, holder }: TeamsNumber): object {
  return {
    id,
    telephoneNumber,
    numberType,
    activationState: 'activated',
    operatorId: '00000000-0000-0000-0000-000000000000',
    capabilities: ['userAssignment'],
    supportedCustomerActions: [],
    reverseNumberLookupOptions: [],
    assignmentStatus: holder === null ? 'unassigned' : 'userAssigned',
    ...(holder === null ? {} : { assignmentTargetId: holder, assignmentCategory: 'primary' }),
  }
}
