import type { ZodType } from 'zod'
import type { Answer, HttpClient } from '../client.ts'
import { path } from '../path.ts'
import type { Filter } from './filter.ts'
import { isIncomplete, readPages } from './pages.ts'
import {
  type ScimGroup,
  type ScimResource,
  type ScimUser,
  type ServiceProviderConfig,
  scimGroupListSchema,
  scimGroupSchema,
  scimResourceSchema,
  scimTotalSchema,
  scimUserListSchema,
  scimUserSchema,
  serviceProviderConfigSchema,
} from './schemas.ts'

export type Endpoint = 'Users' | 'Groups'

/** One operation of a PATCH (RFC 7644, 3.5.2). */
export interface PatchOperation {
  op: 'add' | 'replace' | 'remove'
  /** Absent: the value has the attributes by their names. */
  path?: string
  value?: unknown
}

/** A resource as it was read, whole, with the version that a PUT has to name. */
export interface VersionedResource {
  resource: ScimResource
  /** The ETag, or the version in `meta`; undefined where the server keeps none. */
  version: string | undefined
}

/** What a server answers to a filter. */
export interface FoundUsers {
  users: ScimUser[]
  /** False where the pages do not add up: who is not among them may still be there. */
  isWhole: boolean
}

/** People and groups of one SCIM 2.0 server (RFC 7644): one method a request, and no decisions. */
export interface ScimClient {
  config(): Promise<ServiceProviderConfig>
  /**
   * Users that the server says match, all pages, in its order, each once.
   * @param atMost stop after so many; without it, all.
   */
  findUsers(filter: Filter, atMost?: number): Promise<FoundUsers>
  /** @throws K1Error `rejected` with `facts.status` 404 when there is none. */
  user(id: string): Promise<ScimUser>
  /** Everybody. @throws K1Error `contract` when the list is not whole */
  users(): AsyncGenerator<ScimUser>
  /** How many users the server says there are, asking for `count` of them. */
  totalUsers(count: 0 | 1): Promise<number>
  groups(filter?: Filter): AsyncGenerator<ScimGroup>
  group(id: string): Promise<ScimGroup>
  whole(endpoint: Endpoint, id: string): Promise<VersionedResource>
  patch(endpoint: Endpoint, id: string, operations: readonly PatchOperation[], type?: string): Promise<void>
  put(endpoint: Endpoint, id: string, from: VersionedResource): Promise<void>
  remove(endpoint: Endpoint, id: string): Promise<void>
}

const pageSize = 100
/** Of one look-up: a server that ignores its filter is found out by then. */
const mostPages = 50

const headers = { accept: 'application/scim+json, application/json;q=0.9' }
const contentType = 'application/scim+json'

/** @param http its base URL is that of the SCIM server: what comes before `/Users`. */
export function createScimClient(http: HttpClient, title: string, { isContract = false } = {}): ScimClient {
  const get = <T>(where: ReturnType<typeof path>, answer: ZodType<T>, query = {}): Promise<Answer<T>> =>
    http.request({ method: 'GET', path: where, query, headers, answer })

  return {
    config: async () => (await get(path`/ServiceProviderConfig`, serviceProviderConfigSchema)).body,

    async findUsers(filter, atMost = Number.POSITIVE_INFINITY) {
      const users: ScimUser[] = []
      const fetch = async (startIndex: number) => {
        const query = { filter: filter.text, startIndex, count: Math.min(pageSize, atMost) }
        return (await get(path`/Users`, scimUserListSchema, query)).body
      }
      try {
        for await (const user of readPages(fetch, title, '/Users', { isSure: true, mostPages })) {
          if (users.push(user) >= atMost) break
        }
      } catch (error) {
        if (!isIncomplete(error)) throw error
        return { users, isWhole: false }
      }
      return { users, isWhole: true }
    },

    user: async id => (await get(path`/Users/${id}`, scimUserSchema)).body,
    group: async id => (await get(path`/Groups/${id}`, scimGroupSchema)).body,

    users() {
      const fetch = async (startIndex: number) =>
        (await get(path`/Users`, scimUserListSchema, { startIndex, count: pageSize })).body
      return readPages(fetch, title, '/Users', { isSure: false })
    },

    groups(filter) {
      const fetch = async (startIndex: number) =>
        (await get(path`/Groups`, scimGroupListSchema, { filter: filter?.text, startIndex, count: pageSize })).body
      return readPages(fetch, title, '/Groups', { isSure: isContract || filter !== undefined })
    },

    totalUsers: async count => (await get(path`/Users`, scimTotalSchema, { startIndex: 1, count })).body.totalResults,

    async whole(endpoint, id) {
      const { body, headers } = await get(path`/${endpoint}/${id}`, scimResourceSchema)
      return { resource: body, version: headers.etag ?? body.meta?.version ?? undefined }
    },

    // Answers to writes are not read: 200 with the resource and 204 with nothing mean the same, and looking decides.
    async patch(endpoint, id, operations, type = contentType) {
      const json = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
      await http.request({ method: 'PATCH', path: path`/${endpoint}/${id}`, headers, contentType: type, json })
    },

    async put(endpoint, id, { resource, version }) {
      // What the server alone writes is left out: strict servers refuse it.
      const { meta: _meta, groups: _groups, ...json } = resource
      const match: Record<string, string> = version === undefined ? {} : { 'if-match': version }
      const where = path`/${endpoint}/${id}`
      await http.request({ method: 'PUT', path: where, headers: { ...headers, ...match }, contentType, json })
    },

    async remove(endpoint, id) {
      await http.request({ method: 'DELETE', path: path`/${endpoint}/${id}`, headers })
    },
  }
}
