import type { FeatureKey } from '../../core/features.ts'
import { type ApiPart, answer, body, pathParameter, problems, tenantId, textPart } from './openapi-parts.ts'
import { fieldOf } from './settings.ts'

const tags = ['Unified Login']
const etag: ApiPart = {
  ETag: {
    required: true,
    description: 'Strong. It changes whenever anything in the answer does.',
    schema: { ...textPart, pattern: '^"[^"]*"$' },
  },
}
const ifMatch: ApiPart = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The `ETag` of the reading that the change was planned on.',
  schema: textPart,
  example: '"8f2c"',
}

/** The settings of a module with these features, and what they choose from. */
export function featurePaths(has: ReadonlySet<FeatureKey>): ApiPart {
  const settings = settingsExample(has)
  const at = '/tenants/{tenantId}/unified-login'
  return {
    [at]: {
      parameters: [tenantId],
      get: {
        tags,
        operationId: 'readSettings',
        summary: 'Read the features',
        responses: { '200': answer('As they are now.', 'Settings', settings, etag), ...problems(401, 404) },
      },
      patch: {
        tags,
        operationId: 'changeSettings',
        summary: 'Change some of the features, all or nothing',
        parameters: [ifMatch],
        requestBody: body('SettingsPatch', patchExample(has), 'application/merge-patch+json'),
        responses: {
          '200': answer('Changed; as they are now.', 'Settings', settings, etag),
          ...problems(401, 403, 404, 409, 412, 422, 428),
        },
      },
    },
    [`${at}/roles`]: {
      parameters: [tenantId],
      get: {
        tags,
        operationId: 'listRoles',
        summary: 'Roles of the module',
        responses: {
          '200': answer('All of them.', 'Roles', {
            roles: [{ id: 'r-1', name: 'Technician', isAdministrator: false }],
          }),
          ...problems(401, 404),
        },
      },
    },
    [`${at}/groups`]: {
      parameters: [tenantId],
      get: {
        tags,
        operationId: 'listGroups',
        summary: 'KaseyaOne groups',
        responses: {
          '200': answer('All of them.', 'Groups', { groups: [{ id: 'g-1', name: 'Help desk' }] }),
          ...problems(401, 404),
        },
      },
    },
    ...(has.has('access-groups') ? { [`${at}/access-groups/{groupId}`]: mappingPath(settings) } : {}),
  }
}

function mappingPath(settings: ApiPart): ApiPart {
  return {
    parameters: [tenantId, pathParameter('groupId', 'A KaseyaOne group.', 'g-1')],
    put: {
      tags,
      operationId: 'mapGroup',
      summary: 'Map a KaseyaOne group to exactly these roles',
      parameters: [ifMatch],
      requestBody: body('RoleIds', { roleIds: ['r-1'] }),
      responses: {
        '200': answer('Mapped.', 'Settings', settings, etag),
        ...problems(401, 403, 404, 409, 412, 422, 428),
      },
    },
    delete: {
      tags,
      operationId: 'unmapGroup',
      summary: 'End a mapping',
      parameters: [ifMatch],
      responses: {
        '200': answer('Ended.', 'Settings', settings, etag),
        ...problems(401, 403, 404, 409, 412, 428),
      },
    },
  }
}

function settingsExample(has: ReadonlySet<FeatureKey>): ApiPart {
  const person = { id: 'u-7', displayName: 'Break Glass', email: 'break.glass@msp.example', active: true }
  return {
    organization: { id: 'o-1', name: 'Example MSP', active: true },
    ...Object.fromEntries([...has].map(key => [fieldOf[key], key !== 'deprovisioning'])),
    ...(has.has('user-creation') ? { defaultRole: { id: 'r-1', name: 'Technician' } } : {}),
    ...(has.has('require-log-in')
      ? { userExceptions: [person], alwaysExempt: [{ ...person, id: 'u-8', reason: 'Primary user' }] }
      : {}),
    ...(has.has('access-groups')
      ? { accessGroups: [{ groupId: 'g-1', groupName: 'Help desk', roles: [{ id: 'r-1', name: 'Technician' }] }] }
      : {}),
  }
}

function patchExample(has: ReadonlySet<FeatureKey>): ApiPart {
  if (has.has('require-log-in')) return { [fieldOf['require-log-in']]: true, userExceptionIds: ['u-7'] }
  if (has.has('user-creation')) return { [fieldOf['user-creation']]: true, defaultRoleId: 'r-1' }
  return { [fieldOf['log-in']]: true }
}
