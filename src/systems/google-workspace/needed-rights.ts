import { directoryScopes, licensingScope } from './scopes.ts'

/** A right, with the calls that need it. */
export interface ScopeRight {
  scope: string
  /** What it is for: "read roles". */
  what: string
  /** The privilege of an administrator, as the Admin console calls it. */
  privilege: string
  /** Paths as the discovery documents spell them, below the API's base. */
  calls: readonly string[]
  /** Why no reading tells whether it is there: absent where one does. */
  unchecked?: string
}

const user = '/users/{userKey}'
const member = '/groups/{groupKey}/members'
const assignments = '/customer/{customer}/roleassignments'
const mobile = '/customer/{customerId}/devices/mobile'
const chromeos = '/customer/{customerId}/devices/chromeos'
const product = '/product/{productId}'

/** Scopes of each call: the discovery documents of the Admin SDK and of the Enterprise License Manager API. */
export const neededRights = {
  users: {
    scope: directoryScopes.users,
    what: 'read users',
    privilege: 'Users > Read',
    calls: ['GET /users', `GET ${user}`, `PUT ${user}`, `DELETE ${user}`, `POST ${user}/makeAdmin`],
  },
  security: {
    scope: directoryScopes.security,
    what: 'read OAuth tokens',
    privilege: 'Users > Security > User security management',
    calls: [
      `POST ${user}/signOut`,
      `GET ${user}/verificationCodes`,
      `POST ${user}/verificationCodes/invalidate`,
      `GET ${user}/asps`,
      `DELETE ${user}/asps/{codeId}`,
      `GET ${user}/tokens`,
      `DELETE ${user}/tokens/{clientId}`,
    ],
  },
  groups: {
    scope: directoryScopes.groups,
    what: 'read groups',
    privilege: 'Groups',
    calls: ['GET /groups', `GET ${member}/{memberKey}`],
  },
  members: {
    scope: directoryScopes.members,
    what: 'take people out of groups',
    privilege: 'Groups',
    calls: [`POST ${member}`, `DELETE ${member}/{memberKey}`],
    unchecked: 'members of groups can be read with the scope of groups as well, so only a change shows it',
  },
  roles: {
    scope: directoryScopes.roles,
    what: 'read roles',
    privilege: 'Super Admin',
    calls: [
      'GET /customer/{customer}/roles',
      `GET ${assignments}`,
      `POST ${assignments}`,
      `DELETE ${assignments}/{roleAssignmentId}`,
    ],
  },
  mobile: {
    scope: directoryScopes.mobile,
    what: 'read mobile devices',
    privilege: 'Mobile Device Management',
    calls: [`GET ${mobile}`, `GET ${mobile}/{resourceId}`, `POST ${mobile}/{resourceId}/action`],
  },
  chromeos: {
    scope: directoryScopes.chromeos,
    what: 'read ChromeOS devices',
    privilege: 'Chrome Management > Manage ChromeOS devices',
    calls: [
      `GET ${chromeos}`,
      `GET ${chromeos}/{deviceId}`,
      `PUT ${chromeos}/{deviceId}`,
      `POST ${chromeos}:batchChangeStatus`,
      `POST ${chromeos}/{deviceId}:issueCommand`,
      `GET ${chromeos}/{deviceId}/commands/{commandId}`,
    ],
  },
  transfer: {
    scope: directoryScopes.transfer,
    what: 'read data transfers',
    privilege: 'Data Transfer',
    calls: ['GET /applications', 'GET /transfers', 'POST /transfers'],
  },
  licences: {
    scope: licensingScope,
    what: 'read licences',
    privilege: 'License Management',
    calls: [
      `GET ${product}/users`,
      `POST ${product}/sku/{skuId}/user`,
      `GET ${product}/sku/{skuId}/user/{userId}`,
      `DELETE ${product}/sku/{skuId}/user/{userId}`,
    ],
  },
} as const satisfies Record<string, ScopeRight>

/** `admin.directory.user`: without the base that all scopes have. */
export function shortScope({ scope }: ScopeRight): string {
  return scope.slice(scope.lastIndexOf('/') + 1)
}
