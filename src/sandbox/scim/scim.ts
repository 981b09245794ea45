import type { Directory } from '../directory.ts'
import type { Problem } from '../module-admin/problem.ts'
import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import type { Collection, ScimProfile, ScimSystem } from './collection.ts'
import { maxPage, resourceTypes, schemaDocuments, serviceProviderConfig } from './discovery.ts'
import { elementsOf, parseFilter, type Resource } from './filter.ts'
import { Groups } from './groups.ts'
import { misbehave } from './misbehave.ts'
import { patchResource } from './patch.ts'
import type { ScimQuirks } from './quirks.ts'
import { parseResource } from './resource.ts'
import { ScimError } from './scim-error.ts'
import { Users } from './users.ts'

/** SCIM 2.0 (RFC 7643, 7644) over the directory, for each tenant of one system. Strict where clients tend to be lax. */
export class Scim {
  readonly #pathOf: (tenantId: string) => string
  readonly #collections: Record<string, Collection>
  readonly #quirks: ScimQuirks | undefined

  /** `pathOf`: where a tenant's SCIM begins, below the origin. */
  constructor(
    system: ScimSystem,
    profile: ScimProfile,
    { directory, now }: { directory: Directory; now: () => Date },
    pathOf: (tenantId: string) => string,
    quirks?: ScimQuirks,
  ) {
    this.#pathOf = pathOf
    this.#quirks = quirks
    this.#collections = {
      Users: new Users(system, profile, directory, now),
      Groups: new Groups(system, profile, directory, now),
    }
  }

  /** `rest`: the path below that. `missing`: rights without which a person may only read. */
  handle(request: SimulatedRequest, tenantId: string, rest: readonly string[], missing: string[]): SimulatedResponse {
    try {
      if (request.method !== 'GET' && missing.length > 0) {
        throw new ScimError(403, missing.join(' '), undefined, { code: 'forbidden', missing })
      }
      const answer = (asked: SimulatedRequest, below: readonly string[]) => this.#route(asked, tenantId, below)
      const result = this.#quirks ? misbehave(this.#quirks, request, rest, answer) : answer(request, rest)
      return { ...result, headers: { 'content-type': 'application/scim+json', ...result.headers } }
    } catch (error) {
      if (error instanceof ScimError) return error.response()
      throw error
    }
  }

  /** What is refused before SCIM is reached, in SCIM's shape; the contract's `code` stays. */
  refuse(problem: Problem): SimulatedResponse {
    const { status, message, code, extra } = problem
    return new ScimError(status, message, undefined, { code, ...extra }).response()
  }

  #route(request: SimulatedRequest, tenantId: string, rest: readonly string[]): SimulatedResponse {
    const [first = '', id] = rest
    const nothing = new ScimError(404, `There is no ${request.method} ${request.path}.`, undefined, {
      code: 'not-found',
    })
    if (rest.length > 2) throw nothing
    if (request.method === 'GET' && !this.#collections[first]) {
      if (first === 'ServiceProviderConfig' && id === undefined) return { status: 200, body: serviceProviderConfig }
      const documents = { ResourceTypes: resourceTypes, Schemas: schemaDocuments }[first]
      if (!documents) throw nothing
      if (id === undefined) return { status: 200, body: listOf(documents, documents.length, 1) }
      const found = documents.find(one => one.id === id)
      if (found) return { status: 200, body: found }
    }
    const collection = this.#collections[first]
    if (!collection) throw nothing
    const base = `http://${request.headers.host ?? 'localhost'}${this.#pathOf(tenantId)}`
    const answer =
      id === undefined
        ? manyAnswer(request, tenantId, collection, base)
        : oneAnswer(request, tenantId, collection, base, id)
    if (!answer) throw nothing
    return answer
  }
}

function manyAnswer(
  request: SimulatedRequest,
  tenantId: string,
  collection: Collection,
  base: string,
): SimulatedResponse | null {
  const { schema } = collection
  if (request.method === 'POST') {
    const created = collection.write(tenantId, null, parseResource(bodyOf(request), schema))
    return one(located(created, base, collection), 201)
  }
  if (request.method !== 'GET') return null
  const filter = request.query.get('filter')
  const isWanted = filter === null ? null : parseFilter(filter, schema.attributes, schema.urn)
  const listed = collection.list(tenantId, isWanted?.keys)
  const found = isWanted ? listed.filter(isWanted) : listed
  const start = Math.max(1, integer(request.query, 'startIndex', 1))
  const count = Math.min(maxPage, Math.max(0, integer(request.query, 'count', maxPage)))
  const page = found.slice(start - 1, start - 1 + count).map(resource => located(resource, base, collection))
  return { status: 200, body: listOf(page, found.length, start) }
}

function oneAnswer(
  request: SimulatedRequest,
  tenantId: string,
  collection: Collection,
  base: string,
  id: string,
): SimulatedResponse | null {
  const { schema } = collection
  const present = collection.find(tenantId, id)
  if (!present)
    throw new ScimError(404, `There is no ${schema.name} with the id ${id}.`, undefined, { code: 'not-found' })
  if (request.method === 'GET') return one(located(present, base, collection), 200)
  holdVersion(request, present)
  switch (request.method) {
    case 'PUT':
      return one(located(collection.write(tenantId, id, parseResource(bodyOf(request), schema)), base, collection), 200)
    case 'PATCH': {
      const patched = patchResource(present, bodyOf(request), schema)
      return one(located(collection.write(tenantId, id, patched), base, collection), 200)
    }
    case 'DELETE':
      collection.remove(tenantId, id)
      return { status: 204 }
    default:
      return null
  }
}

/** If-Match is honoured when it is sent, and never asked for. */
function holdVersion(request: SimulatedRequest, present: Resource): void {
  const ifMatch = request.headers['if-match']
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  if (ifMatch.split(',').some(tag => opaque(tag) === opaque(versionOf(present)))) return
  throw new ScimError(412, 'It has changed since you read it.', undefined, { code: 'precondition' })
}

function one(resource: Resource, status: number): SimulatedResponse {
  const [meta] = elementsOf(resource.meta)
  const headers: Record<string, string> = { etag: versionOf(resource) }
  if (status === 201) headers.location = String(meta?.location)
  return { status, headers, body: resource }
}

function located(resource: Resource, base: string, { schema }: Collection): Resource {
  const [meta] = elementsOf(resource.meta)
  return {
    ...resource,
    meta: { ...meta, location: `${base}${schema.endpoint}/${encodeURIComponent(String(resource.id))}` },
  }
}

function versionOf(resource: Resource): string {
  return String(elementsOf(resource.meta)[0]?.version)
}

function listOf(resources: readonly Resource[], total: number, startIndex: number): Resource {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}

function integer(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name)
  if (text === null) return otherwise
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new ScimError(400, `${name} must be a whole number.`, 'invalidValue')
}

function bodyOf(request: SimulatedRequest): unknown {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/(?:scim\+)?json(?:\s*;|$)/i.test(type)) {
    throw new ScimError(415, 'The body must be sent as application/scim+json.')
  }
  try {
    return JSON.parse(request.body.toString('utf8'))
  } catch {
    throw new ScimError(400, 'The body is not JSON.', 'invalidSyntax')
  }
}
