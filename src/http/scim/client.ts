import { K1Error } from '../../core/errors.ts'
import type { HttpClient } from '../client.ts'
import { path } from '../path.ts'
import type { Filter } from './filter.ts'
import {
  type ScimUser,
  type ServiceProviderConfig,
  scimUserListSchema,
  scimUserSchema,
  serviceProviderConfigSchema,
} from './schemas.ts'

/** People of one SCIM 2.0 server (RFC 7644), read. */
export interface ScimClient {
  config(): Promise<ServiceProviderConfig>
  /**
   * Users that the server says match, all pages, in its order, each once.
   * @param atMost stop after so many; without it, all.
   * @throws K1Error `contract` when the pages never end.
   */
  findUsers(filter: Filter, atMost?: number): Promise<ScimUser[]>
  /** @throws K1Error `rejected` with `facts.status` 404 when there is none. */
  user(id: string): Promise<ScimUser>
}

const pageSize = 100
/** A server that ignores its filter, or never advances, would send pages for ever. */
const mostPages = 50

const headers = { accept: 'application/scim+json, application/json;q=0.9' }

/** @param http its base URL is that of the SCIM server: what comes before `/Users`. */
export function createScimClient(http: HttpClient, title: string): ScimClient {
  return {
    async config() {
      const answer = await http.request({
        method: 'GET',
        path: path`/ServiceProviderConfig`,
        headers,
        answer: serviceProviderConfigSchema,
      })
      return answer.body
    },

    async findUsers(filter, atMost = Number.POSITIVE_INFINITY) {
      const found = new Map<string, ScimUser>()
      let startIndex = 1
      for (let page = 0; page < mostPages; page++) {
        const { body } = await http.request({
          method: 'GET',
          path: path`/Users`,
          query: { filter: filter.text, startIndex, count: Math.min(pageSize, atMost) },
          headers,
          answer: scimUserListSchema,
        })
        const users = body.Resources ?? []
        for (const user of users) found.set(user.id, user)
        // A server may send fewer than asked for: advance by what came.
        startIndex += users.length
        if (users.length === 0 || startIndex > body.totalResults || found.size >= atMost) {
          return [...found.values()].slice(0, Math.min(found.size, atMost))
        }
      }
      throw new K1Error('contract', `${title} sent more than ${mostPages} pages of people for one look-up.`, {
        hint: 'Its SCIM endpoint seems to ignore the filter or the page asked for. Tell whoever runs it.',
        facts: { method: 'GET', path: '/Users', filter: filter.text },
      })
    },

    async user(id) {
      const answer = await http.request({ method: 'GET', path: path`/Users/${id}`, headers, answer: scimUserSchema })
      return answer.body
    },
  }
}
