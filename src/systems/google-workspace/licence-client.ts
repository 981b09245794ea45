import { z } from 'zod'
import type { HttpClient } from '../../http/client.ts'
import { path } from '../../http/client.ts'
import { isDuplicate } from './google-error.ts'
import type { Licence } from './licences.ts'

export type LicenceClient = ReturnType<typeof createLicenceClient>

/** The Enterprise License Manager API. It knows users by their primary e-mail only. */
export function createLicenceClient(http: HttpClient) {
  return {
    async has({ product, sku }: Licence, email: string): Promise<boolean> {
      const where = path`/apps/licensing/v1/product/${product}/sku/${sku}/user/${email}`
      return (await http.request({ method: 'GET', path: where, accept: [404] })).status !== 404
    },
    async remove({ product, sku }: Licence, email: string): Promise<void> {
      const where = path`/apps/licensing/v1/product/${product}/sku/${sku}/user/${email}`
      await http.request({ method: 'DELETE', path: where, repeatable: true, accept: [404] })
    },
    async give({ product, sku }: Licence, email: string): Promise<void> {
      const where = path`/apps/licensing/v1/product/${product}/sku/${sku}/user`
      try {
        await http.request({ method: 'POST', path: where, json: { userId: email }, repeatable: true })
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
    },
    async some(product: string, customerId: string): Promise<void> {
      const where = path`/apps/licensing/v1/product/${product}/users`
      await http.request({ method: 'GET', path: where, query: { customerId, maxResults: 1 }, answer: z.object({}) })
    },
  }
}
