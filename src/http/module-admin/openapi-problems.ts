import { type ApiPart, list, object, textPart } from './openapi-parts.ts'

/** Each code of the contract, with the status that it comes with and what it means. */
const codes = [
  { code: 'wrong-credentials', status: 401, means: 'Username, company name or password is wrong.' },
  { code: 'wrong-code', status: 401, means: 'The two-factor code is wrong. After three the challenge is over.' },
  { code: 'token-expired', status: 401, means: 'The token is missing, unknown, expired or revoked.' },
  { code: 'push-denied', status: 403, means: 'The person denied the push.' },
  { code: 'forbidden', status: 403, means: 'The person lacks rights; `missing` says which, in sentences.' },
  { code: 'not-found', status: 404, means: 'There is no such thing, or this person may not see it.' },
  { code: 'prerequisite', status: 409, means: 'Something else must be set first; `needs` says what.' },
  { code: 'lock-out', status: 409, means: 'Nobody could log in any more.' },
  { code: 'challenge-expired', status: 410, means: 'The challenge is over: too late, withdrawn, or too many tries.' },
  { code: 'precondition', status: 412, means: 'The settings are no longer what `If-Match` names.' },
  { code: 'invalid', status: 422, means: 'A member is unknown or its value is not allowed; `field` names it.' },
  { code: 'precondition-required', status: 428, means: '`If-Match` is missing.' },
  { code: 'rate-limited', status: 429, means: 'Too many calls; `Retry-After` says how long to wait.' },
  { code: 'unavailable', status: 503, means: 'Not now; `Retry-After` may say when.' },
] as const

export function problemSchemas(): ApiPart {
  return {
    Problem: object(
      {
        type: { type: 'string', format: 'uri-reference', default: 'about:blank' },
        title: textPart,
        status: { type: 'integer', minimum: 400, maximum: 599 },
        detail: { ...textPart, description: 'A sentence for a person.' },
        code: {
          enum: codes.map(({ code }) => code),
          description: codes.map(({ code, status, means }) => `* \`${code}\` (${status}): ${means}`).join('\n'),
        },
        missing: { ...list(textPart), description: 'With `forbidden`: each missing right, as a sentence.' },
        needs: {
          enum: [
            'log-in',
            'require-log-in',
            'user-creation',
            'deprovisioning',
            'access-groups',
            'organization',
            'default-role',
            'mapping',
          ],
          description: 'With `prerequisite`: what must be set, or unset, first.',
        },
        field: { ...textPart, description: 'With `invalid`: the member or header that is not right.' },
      },
      ['type', 'detail', 'missing', 'needs', 'field'],
      {
        allOf: [
          ...codes.map(({ code, status }) => ({
            if: { properties: { code: { const: code } } },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { properties: { status: { const: status } } },
          })),
          {
            if: { properties: { code: { const: 'prerequisite' } } },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { required: ['needs'] },
          },
          {
            if: { properties: { code: { const: 'forbidden' } } },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { required: ['missing'] },
          },
        ],
      },
    ),
    ScimError: object(
      {
        schemas: { type: 'array', items: textPart, contains: { const: 'urn:ietf:params:scim:api:messages:2.0:Error' } },
        status: { type: ['string', 'integer'] },
        scimType: textPart,
        detail: textPart,
      },
      ['scimType', 'detail'],
    ),
    Waiting: object({ state: { const: 'waiting' }, pollAfterSeconds: { type: 'number', minimum: 0 } }),
  }
}

/** `Problem401` and so on: one shared response for each status. */
export function problemResponses(): ApiPart {
  const statuses = [...new Set(codes.map(({ status }) => status))]
  return Object.fromEntries(
    statuses.map(status => {
      const here = codes.filter(one => one.status === status)
      const waits = status === 429 || status === 503
      return [
        `Problem${status}`,
        {
          description: here.map(({ code, means }) => `\`${code}\`: ${means}`).join(' '),
          ...(waits
            ? {
                headers: {
                  'Retry-After': { required: status === 429, description: 'Seconds, or a date.', schema: textPart },
                },
              }
            : {}),
          content: {
            'application/problem+json': {
              schema: { $ref: '#/components/schemas/Problem' },
              examples: Object.fromEntries(
                here.map(({ code, means }) => [code, { value: example(code, status, means) }]),
              ),
            },
          },
        },
      ]
    }),
  )
}

function example(code: string, status: number, detail: string): ApiPart {
  return {
    type: 'about:blank',
    title: code,
    status,
    detail,
    code,
    ...(code === 'forbidden'
      ? { missing: ['Your module role is Analyst; changing settings takes an administrator.'] }
      : {}),
    ...(code === 'prerequisite' ? { needs: 'log-in' } : {}),
    ...(code === 'invalid' ? { field: 'defaultRoleId' } : {}),
  }
}
