import type { AnswerPart, SimulatedRequest, SimulatedResponse } from '../../simulator.ts'
import { isObject, parseJson } from '../answers.ts'
import type { Grant } from '../sign-in.ts'
import type { Tenant } from '../tenant.ts'
import { cmdletOf, type ParameterType } from './cmdlet-list.ts'
import type { Given } from './command.ts'
import { commands } from './commands.ts'
import { ExchangeFailure, wrongCall } from './exchange-failure.ts'

const permissions = ['Exchange.ManageAsApp', 'Exchange.Manage']

const administrators = [
  '31392ffb-586c-42d1-9346-e59415a2cc4e',
  '29232cdf-9323-42fd-ade2-1d097af3e4de',
  '62e90394-69f5-4237-9190-012177145e10',
]

const mostInBatch = 10

interface Place {
  /** `http://127.0.0.1:1/microsoft-365` */
  origin: string
  pageSize: number
  part: AnswerPart
}

/**
 * `POST /adminapi/beta/{tenant}/InvokeCommand`: the endpoint of Microsoft's own module for Exchange Online; and `$batch`
 * beside it, which takes ten of those requests (CIPP-API, `New-ExoBulkRequest`).
 */
export class ExchangeDesk {
  readonly #tenant: Tenant
  readonly #id: string

  constructor(tenant: Tenant, id: string) {
    this.#tenant = tenant
    this.#id = id
  }

  /** @param segments below `/exchange` */
  handle(
    request: SimulatedRequest,
    segments: readonly string[],
    grant: Grant | undefined,
    place: Place,
  ): SimulatedResponse {
    const [api, version, tenantId = '', command = ''] = segments
    const isOurs = api === 'adminapi' && version === 'beta' && ['InvokeCommand', '$batch'].includes(command)
    if (!isOurs || request.method !== 'POST') return { status: 404 }
    if (grant === undefined || grant.service !== 'exchange') return { status: 401 }
    if (![this.#id, this.#tenant.state.domain].includes(tenantId.toLowerCase())) return { status: 404 }
    const address = `${place.origin}/exchange/${api}/${version}/${tenantId}/InvokeCommand`
    return command === '$batch'
      ? this.#batch(request, grant, place, address)
      : this.#one(request, grant, place, address)
  }

  /** Each part is a request of its own, with its own headers; answers come in any order. */
  #batch(request: SimulatedRequest, grant: Grant, place: Place, address: string): SimulatedResponse {
    const { requests } = parseJson(request)
    const parts = Array.isArray(requests) ? requests.filter(isObject) : []
    if (parts.length === 0 || parts.length > mostInBatch || this.#tenant.quirks.has('exchangeHasNoBatch')) {
      return { status: 400, body: { error: { code: 'BadRequest', message: 'The batch request is not valid.' } } }
    }
    const responses = parts.map(({ id, method, url, headers, body }) => {
      const named = Object.entries(isObject(headers) ? headers : {})
      const alone: SimulatedRequest = {
        method: String(method),
        path: request.path.replace(/\$batch$/, 'InvokeCommand'),
        query: new URL(String(url), address).searchParams,
        headers: Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), String(value)])),
        body: Buffer.from(JSON.stringify(body ?? {})),
      }
      const isHere = new URL(String(url), address).href.startsWith(address) && alone.method === 'POST'
      return {
        id: String(id),
        ...place.part(alone.method, `${alone.path} ${cmdletIn(alone) ?? ''}`, changesMail(alone), () =>
          isHere ? this.#one(alone, grant, place, address) : { status: 404 },
        ),
      }
    })
    return { status: 200, body: { responses: responses.reverse() } }
  }

  #one(request: SimulatedRequest, grant: Grant, { pageSize }: Place, address: string): SimulatedResponse {
    if (!/^(?:UPN|APP|SMTP):\S+$/.test(request.headers['x-anchormailbox'] ?? '')) return { status: 400 }
    try {
      if (!mayManage(grant) || this.#tenant.quirks.has('exchangeRefuses')) {
        throw new ExchangeFailure(
          403,
          'UnauthorizedAccessException',
          'The role assigned to application is not supported in this scenario.',
          'message',
        )
      }
      if (isOfOrganization(request) && !seesOrganization(grant)) {
        const what = 'is not recognized as the name of a cmdlet, function, script file, or operable program.'
        throw new ExchangeFailure(404, 'CommandNotFoundException', `The term ${what}`, 'message')
      }
      return this.#invoke(request, address, pageSize)
    } catch (error) {
      if (error instanceof ExchangeFailure) return error.response()
      throw error
    }
  }

  #invoke(request: SimulatedRequest, address: string, pageSize: number): SimulatedResponse {
    const { CmdletInput: input } = parseJson(request)
    if (!isObject(input) || typeof input.CmdletName !== 'string') throw wrongCall('CmdletInput is missing.')
    const found = cmdletOf(input.CmdletName)
    if (found === undefined) {
      throw new ExchangeFailure(
        404,
        'CommandNotFoundException',
        `The term '${input.CmdletName}' is not recognized as the name of a cmdlet.`,
        'message',
      )
    }
    const given = checked(isObject(input.Parameters) ? input.Parameters : {}, found.cmdlet)
    if (!found.name.startsWith('Get-')) this.#tenant.beforeChange()
    const { value, warnings } = commands[found.name](this.#tenant, given)
    const from = Number(request.query.get('$skiptoken') ?? 0)
    const page = value.slice(from, from + pageSize)
    const more = from + pageSize < value.length
    return {
      status: 200,
      body: {
        '@odata.context': `${address}/$metadata`,
        ...(more ? { '@odata.nextLink': `${address}?%24skiptoken=${from + pageSize}` } : {}),
        ...(warnings ? { '@adminapi.warnings': warnings } : {}),
        value: page,
      },
    }
  }
}

/** `Get-Mailbox {"Identity":"…"}`: every cmdlet has the same address. Of a batch all of them. */
export function cmdletIn(request: SimulatedRequest): string | undefined {
  if (!request.path.startsWith('/exchange/')) return undefined
  try {
    const { CmdletInput: input, requests } = parseJson(request)
    const parts = Array.isArray(requests) ? requests.filter(isObject).map(({ body }) => body) : [{ CmdletInput: input }]
    return parts.flatMap(part => (isObject(part) ? named(part.CmdletInput) : [])).join('; ') || undefined
  } catch {
    return undefined
  }
}

function named(input: unknown): string[] {
  return isObject(input) ? [`${String(input.CmdletName)} ${JSON.stringify(input.Parameters ?? {})}`] : []
}

/** Does this request change something? */
export function changesMail({ body }: SimulatedRequest): boolean {
  const names = [...body.toString('utf8').matchAll(/"CmdletName":\s*"([^"]*)/g)]
  return names.length === 0 || names.some(([, name]) => name?.startsWith('Get-') !== true)
}

/** An application needs a role of the directory besides its permission. */
function mayManage({ exchange, user }: Grant): boolean {
  const permitted = exchange.granted.some(one => permissions.includes(one))
  return permitted && (user !== null || exchange.roles.some(one => administrators.includes(one)))
}

function isOfOrganization(request: SimulatedRequest): boolean {
  return /^Get-(?:OrganizationConfig|AcceptedDomain) /.test(cmdletIn(request) ?? '')
}

/** Whoever may change recipients only is not shown the configuration of the organization. */
function seesOrganization({ exchange, user }: Grant): boolean {
  const globalReader = 'f2ef992c-3afb-46b9-b7cf-a126ee74c451'
  return user !== null || exchange.roles.some(one => one === globalReader || administrators.slice(1).includes(one))
}

function checked(
  given: Given,
  { required, parameters }: { required: readonly string[]; parameters: Readonly<Record<string, ParameterType>> },
): Given {
  for (const [name, value] of Object.entries(given)) {
    const type = parameters[name]
    if (type === undefined) throw wrongCall(`A parameter cannot be found that matches parameter name '${name}'.`)
    if (!fits(value, type)) throw wrongCall(`Cannot process argument transformation on parameter '${name}'.`)
  }
  const missing = required.find(name => given[name] === undefined || given[name] === '')
  if (missing !== undefined)
    throw wrongCall(`Cannot process command because of one or more missing mandatory parameters: ${missing}.`)
  return given
}

function fits(value: unknown, type: ParameterType): boolean {
  if (value === null) return true
  switch (type) {
    case 'flag':
      return typeof value === 'boolean'
    case 'number':
      return typeof value === 'number'
    case 'texts':
      return typeof value === 'string' || (Array.isArray(value) && value.every(one => typeof one === 'string'))
    case 'table':
      return isTable(value) || (Array.isArray(value) && value.every(one => typeof one === 'string'))
    default:
      return typeof value === 'string'
  }
}

/** A hashtable, as PowerShell takes one: it says so itself. */
function isTable(value: unknown): boolean {
  if (!isObject(value)) return false
  const { '@odata.type': type, ...members } = value
  const names = Object.keys(members)
  return type === '#Exchange.GenericHashTable' && names.every(name => /^(?:add|remove)$/i.test(name))
}
