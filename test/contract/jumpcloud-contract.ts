import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { specFile } from './validating-mock.ts'

/** JumpCloud's two published contracts, as checks of requests and of answers. */
export interface JumpcloudContract {
  /** `GET /api/v2/users/{user_id}/memberof` of a request; undefined when there is no such operation. */
  operationOf(method: string, path: string): string | undefined
  /** Does the operation take `x-org-id`? */
  takesOrganization(operation: string): boolean
  /** What a request does that the contract does not allow; unknown members and query parameters included. */
  checkRequest(request: SeenRequest): string[]
  checkAnswer(operation: string, status: number, text: string): string[]
}

export interface SeenRequest {
  method: string
  url: URL
  headers: Record<string, string | string[] | undefined>
  body: string
}

type Json = { [member: string]: unknown }

interface Parameter {
  name: string
  in: string
  required: boolean
  schema: unknown
}

interface Operation {
  name: string
  method: string
  pattern: RegExp
  parameters: Parameter[]
  body: ValidateFunction | null
  answers: ReadonlyMap<string, ValidateFunction | null>
}

const files = [
  { base: '/api', name: 'jumpcloud-v1.openapi.yaml' },
  { base: '/api/v2', name: 'jumpcloud-v2.openapi.yaml' },
] as const

/** Why the contracts cannot be checked here; null when they can. */
export function whyNoContract(): string | null {
  if (files.some(({ name }) => specFile(name) === null)) return '../shared/specs is not there'
  return parser() === null ? 'the package "yaml" is not installed' : null
}

export function readContract(): JumpcloudContract {
  const operations = files.flatMap(({ base, name }) => readOperations(base, specFile(name) ?? ''))
  const find = (method: string, path: string) => operations.find(one => one.method === method && one.pattern.test(path))

  return {
    operationOf: (method, path) => find(method, path)?.name,

    takesOrganization: name =>
      operations.find(one => one.name === name)?.parameters.some(one => one.name === 'x-org-id') ?? false,

    checkRequest(request) {
      const operation = find(request.method, request.url.pathname)
      if (operation === undefined) return ['no such operation']
      return [...checkParameters(operation, request), ...checkBody(operation, request)]
    },

    checkAnswer(name, status, text) {
      const operation = operations.find(one => one.name === name)
      // Refusals are declared for some operations only.
      if (operation === undefined || (status >= 400 && !operation.answers.has(String(status)))) return []
      if (!operation.answers.has(String(status))) return [`answers ${status}, which is not declared`]
      const validate = operation.answers.get(String(status))
      if (validate == null) return text === '' ? [] : [`answers ${status} with a body, and none is declared`]
      return validate(readLoosely(text)) ? [] : [`its answer is wrong: ${tell(validate)}`]
    },
  }
}

function checkParameters(operation: Operation, { url, headers }: SeenRequest): string[] {
  const problems: string[] = []
  const inQuery = operation.parameters.filter(one => one.in === 'query')
  for (const [name, value] of url.searchParams) {
    const parameter = inQuery.find(one => one.name === name)
    if (parameter === undefined) problems.push(`query parameter "${name}" is not in the contract`)
    else if (!fits(parameter.schema, value)) problems.push(`"${name}" is "${value}"`)
  }
  for (const { name, required } of inQuery) {
    if (required && !url.searchParams.has(name)) problems.push(`query parameter "${name}" is missing`)
  }
  const takesOrganization = operation.parameters.some(one => one.in === 'header' && one.name === 'x-org-id')
  if (headers['x-org-id'] !== undefined && !takesOrganization) problems.push('x-org-id does not belong here')
  if (headers['x-api-key'] === undefined && !/^Bearer \S+$/.test(String(headers.authorization))) {
    problems.push('not signed in')
  }
  return problems
}

/** Lists are sent as one value with commas (style form, explode false). */
function fits(schema: unknown, value: string): boolean {
  if (member(schema, 'type') === 'array') return value.split(',').every(one => fits(member(schema, 'items'), one))
  const allowed = member(schema, 'enum')
  if (Array.isArray(allowed)) return allowed.includes(value)
  const type = member(schema, 'type')
  if (type !== 'integer') return value !== ''
  const maximum = member(schema, 'maximum')
  return /^\d{1,9}$/.test(value) && (typeof maximum !== 'number' || Number(value) <= maximum)
}

function checkBody(operation: Operation, { headers, body }: SeenRequest): string[] {
  if (operation.body === null) return body === '' ? [] : ['has a body, and none is due']
  if (body === '') return ['has no body']
  if (headers['content-type'] !== 'application/json') return [`its content type is ${headers['content-type']}`]
  return operation.body(JSON.parse(body)) ? [] : [`its body is wrong: ${tell(operation.body)}`]
}

// ---- reading ----------------------------------------------------------------------------------------------------

function parser(): ((text: string) => unknown) | null {
  try {
    const { parse } = createRequire(import.meta.url)('yaml')
    return text => parse(text)
  } catch {
    return null
  }
}

function readOperations(base: string, file: string): Operation[] {
  const spec = parser()?.(readFileSync(file, 'utf8'))
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv, ['date-time', 'email', 'date'])
  for (const format of ['int32', 'int64', 'float', 'double', 'byte', 'uint32']) ajv.addFormat(format, true)
  const resolve = (value: unknown): unknown => {
    const ref = member(value, '$ref')
    if (typeof ref !== 'string') return value
    return resolve(ref.slice(2).split('/').reduce(member, spec))
  }

  return entries(member(spec, 'paths')).flatMap(([path, item]) =>
    entries(item).flatMap(([method, operation]): Operation[] => {
      if (!/^(?:get|post|put|patch|delete)$/.test(method)) return []
      const shared = member(item, 'parameters')
      const own = member(operation, 'parameters')
      const parameters = [shared, own].flatMap(one => (Array.isArray(one) ? one.map(resolve) : [])).map(readParameter)
      const request = jsonSchema(resolve(member(operation, 'requestBody')))
      let body: ValidateFunction | undefined
      const answers = new Map<string, ValidateFunction | null>()
      let areRead = false
      return [
        {
          name: `${method.toUpperCase()} ${base}${path}`,
          method: method.toUpperCase(),
          pattern: new RegExp(`^${base}${path.replace(/[.*+?^$()[\]\\|]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`),
          parameters: parameters.map(one => ({ ...one, schema: resolve(one.schema) })),
          // Compiled when first asked for: there are hundreds of operations, and a test calls a few.
          get body() {
            if (request === undefined) return null
            body ??= ajv.compile(flatten(request, resolve, true))
            return body
          },
          get answers() {
            if (areRead) return answers
            for (const [status, answer] of entries(member(operation, 'responses'))) {
              const schema = jsonSchema(resolve(answer))
              answers.set(status, schema === undefined ? null : ajv.compile(flatten(schema, resolve, false)))
            }
            areRead = true
            return answers
          },
        },
      ]
    }),
  )
}

function readParameter(value: unknown): Parameter {
  return {
    name: String(member(value, 'name')),
    in: String(member(value, 'in')),
    required: member(value, 'required') === true,
    schema: member(value, 'schema'),
  }
}

function jsonSchema(value: unknown): unknown {
  return member(member(member(value, 'content'), 'application/json'), 'schema')
}

/** One schema without references; parts of `allOf` become one object, so that it can be strict as a whole. */
function flatten(given: unknown, resolve: (value: unknown) => unknown, isStrict: boolean): Json {
  const schema = Object.fromEntries(entries(resolve(given)))
  if (Array.isArray(schema.allOf)) {
    const { allOf, ...rest } = schema
    const parts = [...allOf, rest].map(part => Object.fromEntries(entries(resolve(part)))).map(part => nested(part))
    const properties = Object.assign({}, ...parts.map(part => part.properties ?? {}))
    const required = parts.flatMap(part => (Array.isArray(part.required) ? part.required : []))
    return flatten({ type: 'object', properties, required: [...new Set(required)] }, resolve, isStrict)
  }
  const properties = entries(schema.properties).map(([name, one]) => [name, flatten(one, resolve, isStrict)] as const)
  const isClosed = isStrict && properties.length > 0
  const type = schema.nullable === true && typeof schema.type === 'string' ? [schema.type, 'null'] : schema.type
  const { nullable: _, example: __, ...kept } = schema
  return {
    ...kept,
    ...(type === undefined ? {} : { type }),
    ...(properties.length > 0 ? { properties: Object.fromEntries(properties) } : {}),
    ...(schema.items === undefined ? {} : { items: flatten(schema.items, resolve, isStrict) }),
    ...(isClosed ? { additionalProperties: false } : {}),
  }

  function nested(part: Json): Json {
    return Array.isArray(part.allOf) ? flatten(part, resolve, false) : part
  }
}

/** A few answers are declared as text, too. */
function readLoosely(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function tell(validate: ValidateFunction): string {
  return (validate.errors ?? [])
    .map(one => `${one.instancePath} ${one.message} ${JSON.stringify(one.params)}`)
    .join('; ')
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(decode(name)) : undefined
}

function decode(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~')
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
