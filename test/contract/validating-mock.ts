import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

/** Where the published contracts are, when this clone has them beside it. */
export function specFile(name: string): string | null {
  const file = join(import.meta.dirname, '../../../shared/specs', name)
  return existsSync(file) ? file : null
}

export interface MockOptions {
  specFile: string
  /** By operation, `GET /v2/x/{id}`: the answer, checked against the contract when the mock starts. */
  answers: Record<string, unknown>
  /** Operations that need no bearer token. */
  open?: readonly string[]
  /** By operation: the only content type that is taken, whatever the contract says; all else is answered with 415. */
  contentTypes?: Record<string, string>
}

export interface ValidatingMock {
  url: string
  /** What a client did that the contract does not allow. */
  violations: string[]
  /** Operations that were called as they should be. */
  called: Set<string>
  close(): Promise<void>
}

interface Operation {
  name: string
  path: RegExp
  parameters: { name: string; in: string; required: boolean; schema: unknown }[]
  body: Map<string, ValidateFunction> | null
  answer: ValidateFunction | null
}

type Json = { [member: string]: unknown }

/**
 * A server that checks every request against a published OpenAPI 3.0 contract: method, path, query names and values,
 * content type and body. Request schemas are made strict first (`additionalProperties: false` everywhere), so that a
 * misspelt member is caught. It keeps no state.
 */
export async function startValidatingMock(options: MockOptions): Promise<ValidatingMock> {
  const operations = readOperations(options.specFile)
  const violations: string[] = []
  const called = new Set<string>()
  for (const [name, answer] of Object.entries(options.answers)) {
    const operation = operations.find(one => one.name === name)
    if (operation === undefined) throw new Error(`The contract has no ${name}.`)
    if (answer === undefined || operation.answer === null || operation.answer(answer)) continue
    throw new Error(`The canned answer to ${name} is not what the contract says: ${tell(operation.answer)}`)
  }

  const server = createServer(async (request, response) => {
    const { operation, problems, status } = await check(request, operations, options)
    if (operation !== undefined && problems.length === 0 && status === 200) called.add(operation.name)
    violations.push(...problems.map(problem => `${request.method} ${request.url}: ${problem}`))
    const answer = operation === undefined ? undefined : options.answers[operation.name]
    if (problems.length > 0) response.writeHead(400).end(problems.join('\n'))
    else if (status !== 200) response.writeHead(status).end()
    else if (answer === undefined) response.writeHead(200).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    violations,
    called,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function check(request: IncomingMessage, operations: readonly Operation[], options: MockOptions) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const url = new URL(request.url ?? '/', 'http://mock.invalid')
  // `/tickets/search` is itself before it is `/tickets/{ticketId}`.
  const [operation] = operations
    .filter(one => one.name.startsWith(`${request.method} `) && one.path.test(url.pathname))
    .sort((one, other) => one.name.split('{').length - other.name.split('{').length)
  if (operation === undefined) return { operation, status: 404, problems: ['no such operation'] }
  const problems = checkParameters(operation, url)
  const { authorization = '', accept = '' } = request.headers
  if (!options.open?.includes(operation.name) && !/^Bearer \S+$/.test(authorization)) problems.push('no bearer token')
  if (!/application\/json|\*\/\*/.test(accept)) problems.push(`asks for ${accept}, not for JSON`)

  const type = request.headers['content-type'] ?? ''
  const bare = type.split(';')[0]?.trim().toLowerCase() ?? ''
  const only = options.contentTypes?.[operation.name]
  if (only !== undefined && only !== bare) return { operation, status: 415, problems }
  if (operation.body === null) {
    if (body.length > 0 || bare !== '') problems.push(`has a body (${bare}), and none is due`)
    return { operation, status: 200, problems }
  }
  const validate = only === undefined ? operation.body.get(bare) : [...operation.body.values()][0]
  if (validate === undefined) problems.push(`its content type is "${type}", not one of ${[...operation.body.keys()]}`)
  else if (!validate(await parseBody(bare, type, body))) problems.push(`its body is wrong: ${tell(validate)}`)
  return { operation, status: 200, problems }
}

async function parseBody(bare: string, type: string, body: Buffer): Promise<unknown> {
  if (/json/.test(bare)) return JSON.parse(body.toString('utf8'))
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  return Object.fromEntries(form)
}

function checkParameters(operation: Operation, url: URL): string[] {
  const problems: string[] = []
  const inQuery = operation.parameters.filter(parameter => parameter.in === 'query')
  for (const name of new Set(url.searchParams.keys())) {
    const schema = inQuery.find(parameter => parameter.name === name)?.schema
    if (schema === undefined) problems.push(`query parameter "${name}" is not in the contract`)
    else problems.push(...url.searchParams.getAll(name).flatMap(value => checkText(schema, value, name)))
  }
  for (const { name, required } of inQuery) {
    if (required && !url.searchParams.has(name)) problems.push(`query parameter "${name}" is missing`)
  }
  const values = operation.path.exec(url.pathname)?.slice(1) ?? []
  for (const [index, value] of values.entries()) {
    const parameter = operation.parameters.filter(one => one.in === 'path')[index]
    if (parameter !== undefined) problems.push(...checkText(parameter.schema, value, parameter.name))
  }
  return problems
}

function checkText(schema: unknown, value: string, name: string): string[] {
  const type = member(schema, 'type') === 'array' ? member(member(schema, 'items'), 'type') : member(schema, 'type')
  const fits =
    type === 'integer' ? /^-?\d{1,10}$/.test(value) : type === 'boolean' ? /^(?:true|false)$/.test(value) : value !== ''
  return fits ? [] : [`"${name}" is "${value}", not a ${type}`]
}

// ---- reading the contract -------------------------------------------------------------------------------------------

function readOperations(file: string): Operation[] {
  const spec: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const answers = createAjv()
  const requests = createAjv()
  answers.addSchema({ $id: 'spec', components: member(spec, 'components') })
  requests.addSchema({ $id: 'spec', components: makeStrict(member(spec, 'components')) })
  const compile = (ajv: Ajv, schema: unknown) => ajv.compile(pointToSpec(schema))

  return entries(member(spec, 'paths')).flatMap(([path, item]) =>
    entries(item).flatMap(([method, operation]) => {
      if (!/^(?:get|post|put|patch|delete)$/.test(method)) return []
      const content = entries(member(member(operation, 'requestBody'), 'content'))
      const declared = member(member(member(operation, 'responses'), '200'), 'content')
      const answer = member(member(declared, 'application/json'), 'schema')
      let body: Map<string, ValidateFunction> | null = null
      const parameters = member(operation, 'parameters')
      return [
        {
          name: `${method.toUpperCase()} ${path}`,
          path: new RegExp(`^${path.replace(/[.*+?^$()[\]\\|]/g, '\\$&').replace(/\{[^}]+\}/g, '([^/]+)')}$`),
          parameters: Array.isArray(parameters) ? parameters : [],
          // Compiled when first asked for: a contract has hundreds of operations, and a test calls a few.
          get body() {
            if (content.length === 0) return null
            body ??= new Map(
              content.map(([type, media]) => [type, compile(requests, makeStrict(member(media, 'schema')))]),
            )
            return body
          },
          get answer() {
            return answer === undefined ? null : compile(answers, answer)
          },
        },
      ]
    }),
  )
}

function createAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv, ['date-time'])
  for (const format of ['int32', 'int64', 'float', 'double']) ajv.addFormat(format, true)
  return ajv
}

function makeStrict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(makeStrict)
  if (typeof schema !== 'object' || schema === null) return schema
  const out: Json = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, makeStrict(value)]))
  const isObject = out.type === 'object' && typeof out.properties === 'object'
  return isObject ? { ...out, additionalProperties: false } : out
}

function pointToSpec(schema: unknown): Json {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"spec#/')
  return JSON.parse(text)
}

function tell(validate: ValidateFunction): string {
  const errors = validate.errors ?? []
  return errors.map(one => `${one.instancePath} ${one.message} ${JSON.stringify(one.params)}`).join('; ')
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
