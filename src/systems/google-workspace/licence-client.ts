import type { HttpClient } from '../../http/client.ts'
import { path } from '../../http/client.ts'
import { isDuplicate, unlessNotThere } from './google-error.ts'
import { allPages } from './paging.ts'
import { assignedLicencesSchema } from './schemas.ts'

export type LicenceClient = ReturnType<typeof createLicenceClient>

/** The Enterprise License Manager API. It knows users by their primary e-mail only; `name` is `product/sku`. */
export function createLicenceClient(http: HttpClient) {
  function userPath(name: string, email: string) {
    const [product = '', sku = ''] = name.split('/')
    return path`/apps/licensing/v1/product/${product}/sku/${sku}/user/${email}`
  }

  return {
    /** Who has a licence of the product, and which. */
    assignments(product: string, customerId: string) {
      return allPages(async pageToken => {
        const { body } = await http.request({
          method: 'GET',
          path: path`/apps/licensing/v1/product/${product}/users`,
          query: { customerId, maxResults: 1000, pageToken },
          answer: assignedLicencesSchema,
        })
        return { items: body.items ?? [], next: body.nextPageToken }
      })
    },
    async has(name: string, email: string): Promise<boolean> {
      return (await unlessNotThere(http.request({ method: 'GET', path: userPath(name, email) }))) !== null
    },
    async remove(name: string, email: string): Promise<void> {
      await http.request({ method: 'DELETE', path: userPath(name, email), repeatable: true, accept: [404] })
    },
    async give(name: string, email: string): Promise<void> {
      const [product = '', sku = ''] = name.split('/')
      const where = path`/apps/licensing/v1/product/${product}/sku/${sku}/user`
      try {
        await http.request({ method: 'POST', path: where, json: { userId: email }, repeatable: true })
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
    },
  }
}
