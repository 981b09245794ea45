import { type FeatureKey, featureKeys, featureTitles } from '../../core/features.ts'
import { type ApiPart, flag, id, list, object, ref, textPart } from './openapi-parts.ts'
import { fieldOf } from './settings.ts'

/** What goes over the wire, for a module with these features. */
export function modelSchemas(has: ReadonlySet<FeatureKey>): ApiPart {
  return {
    LogIn: object(
      {
        username: id,
        company: { ...id, description: 'The "Company Name" of the KaseyaOne organization.' },
        password: id,
        method: { const: 'two-factor', description: 'Asks for a code where a push would be the default.' },
      },
      ['method'],
    ),
    ChallengeStarted: object({
      challenge: object({
        id,
        kind: { enum: ['two-factor', 'push'] },
        expiresInSeconds: { type: 'number', exclusiveMinimum: 0 },
      }),
    }),
    Code: object({ code: { ...id, examples: ['123456'] } }),
    RefreshToken: object({ refreshToken: id }),
    Tokens: object({
      accessToken: id,
      refreshToken: { ...id, description: 'Not rotated: it stays the same until the session ends.' },
      expiresInSeconds: { type: 'number', exclusiveMinimum: 0, description: 'Of the access token.' },
    }),
    Session: object(
      {
        username: id,
        email: textPart,
        displayName: textPart,
        kaseyaOneRole: { ...textPart, examples: ['Admin', 'Root Admin', 'User'] },
        moduleRole: textPart,
        moduleAdmin: { ...flag, description: 'May this person administer the module?' },
        organization: object({ id, name: textPart }),
        missing: {
          ...list(textPart),
          description: 'Rights that this person lacks to change settings, each a sentence.',
        },
      },
      ['displayName', 'kaseyaOneRole', 'moduleRole', 'organization'],
    ),
    Tenants: object({ tenants: list(object({ id, name: textPart })) }),
    ...(has.size > 0 ? featureSchemas(has) : {}),
  }
}

const person = object({
  id: { ...id, description: 'The id of the SCIM user.' },
  displayName: textPart,
  email: textPart,
  active: flag,
})

function featureSchemas(has: ReadonlySet<FeatureKey>): ApiPart {
  const flags = Object.fromEntries(
    featureKeys
      .filter(key => has.has(key))
      .map(key => [fieldOf[key], { ...flag, description: `${featureTitles[key]} is on.` }]),
  )
  const absent = featureKeys.filter(key => !has.has(key)).map(key => ({ required: [fieldOf[key]] }))
  return {
    Role: object({ id, name: textPart }),
    ...(has.has('require-log-in') ? { Person: person } : {}),
    Settings: object(
      {
        organization: {
          oneOf: [object({ id, name: textPart, active: flag }), { type: 'null' }],
          description: 'The KaseyaOne organization that the module is mapped to.',
        },
        ...flags,
        ...(has.has('user-creation')
          ? { defaultRole: { oneOf: [ref('Role'), { type: 'null' }], description: 'For users that are created.' } }
          : {}),
        ...(has.has('require-log-in')
          ? {
              userExceptions: { ...list(ref('Person')), description: 'Who may still log in without KaseyaOne.' },
              alwaysExempt: {
                ...list({ allOf: [ref('Person'), object({ reason: textPart })] }),
                description: 'Who the module never holds to Require Log In, and why.',
              },
            }
          : {}),
        ...(has.has('access-groups')
          ? { accessGroups: list(object({ groupId: id, groupName: textPart, roles: list(ref('Role')) })) }
          : {}),
      },
      [],
      {
        ...(absent.length > 0 ? { not: { anyOf: absent } } : {}),
        description: 'A feature that the module does not have is absent, never false.',
      },
    ),
    SettingsPatch: {
      type: 'object',
      description: 'A merge patch (RFC 7396). What is absent stays as it is; an unknown member is 422 `invalid`.',
      properties: {
        ...flags,
        ...(has.has('user-creation') ? { defaultRoleId: id } : {}),
        ...(has.has('require-log-in')
          ? { userExceptionIds: { ...list(id), uniqueItems: true, description: 'The full list: it replaces.' } }
          : {}),
      },
      additionalProperties: false,
    },
    Roles: object({
      roles: list(
        object({
          id,
          name: textPart,
          isAdministrator: { ...flag, description: 'Granting it makes an administrator.' },
        }),
      ),
    }),
    Groups: object({ groups: list(object({ id, name: textPart })) }),
    ...(has.has('access-groups')
      ? {
          RoleIds: object({ roleIds: { ...list(id), minItems: 1, uniqueItems: true } }, [], {
            additionalProperties: false,
          }),
        }
      : {}),
  }
}
