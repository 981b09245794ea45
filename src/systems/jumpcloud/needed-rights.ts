import type { NeededRight } from '../../core/needed-right.ts'

const user = '/systemusers/{id}'
const mdm = '/v2/applemdms'

/**
 * JumpCloud grants by role ("Admin Portal roles"); the right is what the role has to hold, for paths below `/api`. What
 * reads is tried by `k1ctl doctor`; a right to write shows when it is used.
 */
export const neededRights: readonly NeededRight[] = [
  {
    right: 'Users: read',
    calls: [
      'GET /systemusers',
      `GET ${user}`,
      `GET ${user}/sshkeys`,
      'GET /v2/users/{id}/pushendpoints',
      'GET /v2/users/{id}/memberof',
      'GET /v2/users/{id}/associations',
      'GET /v2/bulk/userstates',
    ],
  },
  {
    right: 'Users: write (suspend, credentials, bindings, delete)',
    calls: [
      `PUT ${user}`,
      `DELETE ${user}`,
      `DELETE ${user}/sshkeys/{id}`,
      `POST ${user}/resetmfa`,
      `POST ${user}/expire`,
      'DELETE /v2/users/{id}/pushendpoints/{id}',
      'POST /v2/users/{id}/associations',
      'POST /v2/bulk/userstates',
      'DELETE /v2/bulk/userstates/{id}',
    ],
    unchecked: true,
  },
  { right: 'User groups: read', calls: ['GET /v2/groups', 'GET /v2/usergroups/{id}'] },
  { right: 'User groups: write', calls: ['POST /v2/usergroups/{id}/members'], unchecked: true },
  {
    right: 'What users are bound to (applications, RADIUS, device groups, directories): read',
    calls: ['GET /applications/{id}', 'GET /radiusservers/{id}', 'GET /v2/systemgroups/{id}', 'GET /v2/directories'],
    unchecked: true,
  },
  { right: 'Systems: read', calls: ['GET /systems', 'GET /systems/{id}', 'GET /v2/systems/{id}/users'] },
  {
    right: 'MDM: read',
    calls: [`GET ${mdm}`, `GET ${mdm}/{id}/devices`, 'GET /v2/google-emm/devices/{id}'],
    when: 'for --devices lock and erase',
  },
  {
    right: 'Systems and MDM: write',
    calls: [
      'POST /systems/{id}/command/builtin/{id}',
      `POST ${mdm}/{id}/devices/{id}/{id}`,
      'POST /v2/google-emm/devices/{id}/lock',
    ],
    when: 'for --devices lock and erase',
    unchecked: true,
  },
  {
    right: 'Administrators: read',
    calls: ['GET /users', 'GET /users/getSelf', 'GET /organizations', 'GET /organizations/{id}'],
  },
  {
    right: 'Administrator of the provider, with access to the organization',
    calls: [
      'GET /v2/providers/{id}/organizations',
      'GET /v2/providers/{id}/administrators',
      'GET /v2/organizations/{id}/administratorlinks',
      'GET /v2/administrators/{id}/organizationlinks',
      'POST /v2/administrators/{id}/organizationlinks',
      'DELETE /v2/administrators/{id}/organizationlinks/{id}',
    ],
    when: 'behind a provider (MSP)',
  },
]
