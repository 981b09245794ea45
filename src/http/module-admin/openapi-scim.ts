import { type ApiPart, flag, id, list, object, pathParameter, ref, tenantId, textPart } from './openapi-parts.ts'

const scim = 'application/scim+json'
const tags = ['People']
const root = '/tenants/{tenantId}/scim/v2'

const user = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: 'u-7',
  userName: 'amy.chen@msp.example',
  name: { givenName: 'Amy', familyName: 'Chen', formatted: 'Amy Chen' },
  displayName: 'Amy Chen',
  emails: [{ value: 'amy.chen@msp.example', type: 'work', primary: true }],
  active: true,
}

const group = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
  id: 'g-1',
  displayName: 'Help desk',
  members: [{ value: 'u-7' }],
}

/** What k1ctl uses of SCIM 2.0. Where this page is silent, RFC 7643 and RFC 7644 hold. */
export function scimPaths(): ApiPart {
  return {
    [`${root}/ServiceProviderConfig`]: {
      parameters: [tenantId],
      get: {
        tags,
        operationId: 'readServiceProviderConfig',
        summary: 'What the SCIM server can do',
        responses: {
          '200': found('The configuration (RFC 7643, 5).', ref('ServiceProviderConfig'), {
            schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
            patch: { supported: true },
            filter: { supported: true, maxResults: 200 },
          }),
          ...refusals(401, 404),
        },
      },
    },
    [`${root}/Users`]: resources('Users', 'listUsers', ref('User'), user),
    [`${root}/Users/{id}`]: resource('User', ref('User'), user, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    }),
    [`${root}/Groups`]: resources('Groups', 'listGroupsOfPeople', ref('Group'), group),
    [`${root}/Groups/{id}`]: resource('Group', ref('Group'), group, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'remove', path: 'members[value eq "u-7"]' }],
    }),
  }
}

function resources(what: string, operationId: string, items: ApiPart, example: ApiPart): ApiPart {
  return {
    parameters: [tenantId],
    get: {
      tags,
      operationId,
      summary: `Find ${what.toLowerCase()}`,
      parameters: [
        {
          name: 'filter',
          in: 'query',
          description:
            'RFC 7644, 3.4.2.2: `eq`, `co`, `sw` with `and`, `or`, `not`, on `userName`, `emails.value`, `members.value`. ' +
            'A filter that is not understood is a 400 `invalidFilter`, never ignored. Case of user names and e-mail does not count.',
          schema: textPart,
          example: 'userName eq "amy.chen@msp.example"',
        },
        {
          name: 'startIndex',
          in: 'query',
          description: 'From 1.',
          schema: { type: 'integer', minimum: 1, default: 1 },
        },
        { name: 'count', in: 'query', description: 'At most so many.', schema: { type: 'integer', minimum: 0 } },
      ],
      responses: {
        '200': found('One page.', page(items), {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
          totalResults: 1,
          startIndex: 1,
          itemsPerPage: 1,
          Resources: [example],
        }),
        ...refusals(400, 401, 403, 404),
      },
    },
  }
}

function resource(what: string, schema: ApiPart, example: ApiPart, patch: ApiPart): ApiPart {
  return {
    parameters: [tenantId, pathParameter('id', `The id of the ${what.toLowerCase()}.`, String(example.id))],
    get: {
      tags,
      operationId: `read${what}`,
      summary: `Read one ${what.toLowerCase()}`,
      responses: { '200': found(`The ${what.toLowerCase()}.`, schema, example), ...refusals(401, 403, 404) },
    },
    patch: {
      tags,
      operationId: `change${what}`,
      summary: `Change one ${what.toLowerCase()} (add, replace, remove)`,
      requestBody: { required: true, content: { [scim]: { schema: ref('PatchOp'), example: patch } } },
      responses: {
        '200': found('Changed.', schema, example),
        '204': { description: 'Changed, or nothing to change.' },
        ...refusals(400, 401, 403, 404),
      },
    },
    delete: {
      tags,
      operationId: `delete${what}`,
      summary: `Delete one ${what.toLowerCase()}`,
      responses: { '204': { description: 'Deleted.' }, ...refusals(401, 403, 404) },
    },
  }
}

function found(description: string, schema: ApiPart, example: ApiPart): ApiPart {
  return {
    description,
    content: { [scim]: { schema, example }, 'application/json': { schema, example } },
  }
}

/** SCIM's own error body, or the contract's: k1ctl reads both. */
function refusals(...statuses: readonly (400 | 401 | 403 | 404)[]): ApiPart {
  const words = {
    400: 'The request is not understood.',
    401: 'No valid token.',
    403: 'Not allowed.',
    404: 'Not there.',
  }
  return Object.fromEntries(
    statuses.map(status => [
      String(status),
      {
        description: words[status],
        content: {
          [scim]: { schema: ref('ScimError') },
          'application/problem+json': { schema: ref('Problem') },
        },
      },
    ]),
  )
}

function page(items: ApiPart): ApiPart {
  return object(
    {
      schemas: {
        type: 'array',
        items: textPart,
        contains: { const: 'urn:ietf:params:scim:api:messages:2.0:ListResponse' },
      },
      totalResults: { type: 'integer', minimum: 0 },
      startIndex: { type: 'integer', minimum: 1 },
      itemsPerPage: { type: 'integer', minimum: 0 },
      Resources: list(items),
    },
    ['startIndex', 'itemsPerPage', 'Resources'],
  )
}

export function scimSchemas(): ApiPart {
  const valued = (value: ApiPart, more: ApiPart = {}) => object({ value, ...more }, Object.keys(more))
  return {
    User: object(
      {
        schemas: list(textPart),
        id,
        userName: id,
        name: object({ givenName: textPart, familyName: textPart, formatted: textPart }, [
          'givenName',
          'familyName',
          'formatted',
        ]),
        displayName: textPart,
        emails: list(valued(textPart, { primary: flag, type: textPart })),
        active: { ...flag, description: 'Required here, though not by RFC 7643: proof hangs on it.' },
        roles: list(valued(id, { display: textPart, primary: flag })),
        meta: { type: 'object' },
      },
      ['name', 'displayName', 'emails', 'roles', 'meta'],
    ),
    Group: object(
      {
        schemas: list(textPart),
        id,
        displayName: textPart,
        members: list(valued(id, { display: textPart, $ref: textPart, type: textPart })),
        meta: { type: 'object' },
      },
      ['members', 'meta'],
    ),
    PatchOp: object({
      schemas: { type: 'array', items: textPart, contains: { const: 'urn:ietf:params:scim:api:messages:2.0:PatchOp' } },
      Operations: {
        ...list(object({ op: { enum: ['add', 'replace', 'remove'] }, path: textPart, value: {} }, ['path', 'value'])),
        minItems: 1,
      },
    }),
    ServiceProviderConfig: object({
      schemas: list(textPart),
      patch: object({ supported: flag }),
      filter: object({ supported: flag, maxResults: { type: 'integer' } }, ['maxResults']),
    }),
  }
}
