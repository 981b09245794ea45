import { path } from '../../http/client.ts'
import type { NamedCredential } from './client-credentials.ts'
import {
  administratorLinksSchema,
  administratorsSchema,
  consoleUsersSchema,
  organizationSchema,
  organizationsSchema,
  providerOrganizationsSchema,
  selfSchema,
} from './schemas.ts'
import type { Transport } from './transport.ts'

export interface Administrator {
  id: string
  email: string
}

/** Organizations, and who administers them. None of these takes `x-org-id`. */
export interface Provider {
  organization(id: string): Promise<NamedCredential>
  organizations(): Promise<NamedCredential[]>
  organizationsOf(providerId: string): Promise<NamedCredential[]>
  /** All administrators of the provider. */
  administratorsOfProvider(providerId: string): Promise<Administrator[]>
  /** All administrators of the organization. */
  administratorsHere(): Promise<Administrator[]>
  /** Whose API key it is. */
  self(): Promise<Administrator>
  /** Ids of the administrators of an organization. */
  administratorsOf(orgId: string): Promise<string[]>
  /** Ids of the organizations that an administrator may enter. */
  organizationsFor(administratorId: string): Promise<string[]>
  unlink(administratorId: string, orgId: string): Promise<void>
  link(administratorId: string, orgId: string): Promise<void>
}

export function createProviderClient({ get, send, pages1, pages2 }: Transport): Provider {
  return {
    async organization(id) {
      const { _id, displayName } = await get(path`/organizations/${id}`, organizationSchema, {}, 'outside')
      return { id: _id, name: displayName }
    },

    async organizations() {
      const all: NamedCredential[] = []
      for await (const one of pages1(path`/organizations`, organizationsSchema, { sort: '_id' }, 'outside')) {
        all.push({ id: one._id, name: one.displayName })
      }
      return all
    },

    async organizationsOf(providerId) {
      const all: NamedCredential[] = []
      const where = path`/v2/providers/${providerId}/organizations`
      for await (const one of pages1(where, providerOrganizationsSchema, { sort: '_id' }, 'outside')) all.push(one)
      return all
    },

    async administratorsOfProvider(providerId) {
      const found: Administrator[] = []
      // Without a filter: those of API 2 take wild cards, and a provider has few administrators.
      const where = path`/v2/providers/${providerId}/administrators`
      for await (const one of pages1(where, administratorsSchema, { sort: '_id' }, 'outside')) {
        found.push({ id: one.id, email: one.email })
      }
      return found
    },

    // The contract has these two by their path alone; what they answer is its `userslist` and `userreturn`.
    async administratorsHere() {
      const found: Administrator[] = []
      for await (const one of pages1(path`/users`, consoleUsersSchema, { sort: '_id' })) {
        found.push({ id: one._id, email: one.email })
      }
      return found
    },

    async self() {
      const { _id, email } = await get(path`/users/getSelf`, selfSchema, {}, 'outside')
      return { id: _id, email }
    },

    async administratorsOf(orgId) {
      const where = path`/v2/organizations/${orgId}/administratorlinks`
      const links = await pages2(where, administratorLinksSchema, {}, 'outside')
      return [...new Set(links.map(link => link.administrator))]
    },

    async organizationsFor(administratorId) {
      const where = path`/v2/administrators/${administratorId}/organizationlinks`
      const links = await pages2(where, administratorLinksSchema, {}, 'outside')
      return [...new Set(links.map(link => link.organization))]
    },

    unlink: (administratorId, orgId) =>
      send(
        { method: 'DELETE', path: path`/v2/administrators/${administratorId}/organizationlinks/${orgId}`, fine: [404] },
        'outside',
      ),

    link: (administratorId, orgId) =>
      send(
        {
          method: 'POST',
          path: path`/v2/administrators/${administratorId}/organizationlinks`,
          json: { organization: orgId },
          fine: [409],
        },
        'outside',
      ),
  }
}
