import type { NeededRight } from '../../core/needed-right.ts'

const settings = '/tenants/{tenantId}/unified-login'
const people = '/tenants/{tenantId}/scim/v2'

/**
 * What the calls of the module admin contract need. Kaseya publishes no rights a call: its help names one role for all of a
 * module's settings, and nothing for people. The endpoint itself says what an account lacks for the settings
 * (`GET /session`, `missing`), which is what the doctor asks; rights over people show when they are used.
 * @param role that changes settings in the module; undefined where the system has none
 */
export function moduleRights(role: string | undefined): readonly NeededRight[] {
  return [
    {
      right: 'An account that may log in at the endpoint',
      calls: [
        ...['POST /log-in', 'POST /log-in/refresh', 'DELETE /session'],
        ...['POST', 'GET', 'DELETE'].map(method => `${method} /log-in/{challenge}`),
      ],
    },
    {
      right: 'Whose account it is, which rights it lacks, and its tenants: read',
      calls: ['GET /session', 'GET /tenants'],
    },
    ...(role === undefined
      ? []
      : [
          {
            right: `${role}: read and change the settings`,
            calls: [
              ...[`GET ${settings}`, `GET ${settings}/roles`, `GET ${settings}/groups`, `PATCH ${settings}`],
              ...['PUT', 'DELETE'].map(method => `${method} ${settings}/access-groups/{groupId}`),
            ],
          },
        ]),
    {
      right: 'People and their groups: read and search',
      calls: ['ServiceProviderConfig', 'Users', 'Users/{id}', 'Groups', 'Groups/{id}'].map(
        what => `GET ${people}/${what}`,
      ),
      unchecked: true,
    },
    {
      right: 'People and their groups: change',
      calls: ['Users', 'Groups'].map(what => `PATCH ${people}/${what}/{id}`),
      unchecked: true,
    },
    {
      right: 'People: delete',
      calls: [`DELETE ${people}/Users/{id}`],
      when: 'with --delete',
      unchecked: true,
    },
  ]
}

/** For `SystemAbout`: said beside the rights. */
export const rightsNote =
  'Kaseya publishes no right a call. The doctor asks the endpoint what the account lacks for the settings; rights over people show when they are used.'
