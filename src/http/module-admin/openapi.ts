import type { FeatureKey } from '../../core/features.ts'
import type { SystemAbout } from '../../core/system.ts'
import { featurePaths } from './openapi-features.ts'
import { logInPaths } from './openapi-log-in.ts'
import { problemResponses, problemSchemas } from './openapi-problems.ts'
import { modelSchemas } from './openapi-schemas.ts'
import { scimPaths, scimSchemas } from './openapi-scim.ts'
import { fieldOf } from './settings.ts'

/**
 * The contract that an endpoint for this system must speak, as an OpenAPI 3.1 document: enough to write a server from.
 * The test suite checks k1ctl's own requests, and the sandbox's answers, against it.
 */
export function moduleAdminContract(about: SystemAbout): Record<string, unknown> {
  const has = new Set(about.features.filter(feature => feature.supported).map(feature => feature.feature))
  return {
    openapi: '3.1.0',
    info: {
      title: `Module admin contract for ${about.title}, published by k1ctl (not an API of Kaseya)`,
      version: '1.0.0',
      summary: `What an endpoint speaks so that k1ctl can administer ${about.title} over it.`,
      description: description(about, has),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: '/', description: 'The base URL of your endpoint. It is yours to choose, and may have a path.' }],
    security: [{ bearer: [] }],
    tags: [
      {
        name: 'Log-in',
        description: 'Who is there: username and company name, then the password, then a code or a push.',
      },
      ...(has.size > 0
        ? [{ name: 'Unified Login', description: "The features, under Kaseya's own field names." }]
        : []),
      { name: 'People', description: 'SCIM 2.0 (RFC 7643, RFC 7644). Any SCIM gateway serves these.' },
    ],
    paths: { ...logInPaths(), ...(has.size > 0 ? featurePaths(has) : {}), ...scimPaths() },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The access token of the log-in.' },
      },
      parameters: {
        tenantId: {
          name: 'tenantId',
          in: 'path',
          required: true,
          description: 'An id from `GET /tenants`.',
          schema: { type: 'string', minLength: 1 },
          example: 't-001',
        },
      },
      responses: problemResponses(),
      schemas: { ...modelSchemas(has), ...scimSchemas(), ...problemSchemas() },
    },
  }
}

function description(about: SystemAbout, has: ReadonlySet<FeatureKey>): string {
  const lines = [
    `Kaseya publishes no API for the settings of ${about.title}. This is not one. It is a small contract that k1ctl`,
    'publishes, so that an operator who has a way to these settings can put it behind an endpoint of their own.',
    '',
    'All bodies are JSON in UTF-8. Errors are `application/problem+json` (RFC 9457) with a `code`. Every call but those',
    'of the log-in wants a bearer token, and answers 401 `token-expired` without a valid one. An endpoint may answer 429',
    'with `Retry-After` to any call, and 503 while it is unavailable. An access token is short-lived; the refresh token',
    'is not rotated. Answers may have members that are not in this document: k1ctl leaves them alone.',
  ]
  if (has.size === 0)
    return [...lines, '', `${about.title} keeps no Unified Login features: each module does.`].join('\n')
  lines.push('', `What ${about.title} has:`, '')
  for (const feature of about.features) {
    if (!feature.supported) continue
    lines.push(`* ${feature.title}: \`${fieldOf[feature.feature]}\`.${feature.note ? ` ${feature.note}` : ''}`)
  }
  lines.push('', 'Rules that the endpoint keeps, each a 409 `prerequisite` that says what it `needs`:', '')
  const name = (key: FeatureKey) => `\`${fieldOf[key]}\``
  lines.push(
    `* ${name('log-in')} is true, with an active mapping to a KaseyaOne organization (\`log-in\`, \`organization\`),`,
    '  before any other feature can be turned on. Turning it on maps the module to the organization of the person who is',
    '  logged in. It cannot be turned off while another feature is on (`needs` names that one).',
  )
  if (has.has('user-creation'))
    lines.push(`* ${name('user-creation')} takes a default role (\`default-role\`); one in the same patch will do.`)
  if (has.has('require-log-in')) {
    lines.push(
      `* \`userExceptionIds\` can be sent only while ${name('require-log-in')} is true, or in the patch that makes it true`,
      '  (`require-log-in`). Turning it off keeps the exceptions.',
      '* A change that would leave nobody a way to log in without KaseyaOne is refused with 409 `lock-out`.',
    )
  }
  if (has.has('access-groups')) lines.push(`* ${name('access-groups')} takes at least one mapped group (\`mapping\`).`)
  lines.push(
    '',
    `Who may change settings: ${about.features[0]?.rights ?? 'an administrator'}. Anybody else gets 403 \`forbidden\` with \`missing\`.`,
  )
  return lines.join('\n')
}
