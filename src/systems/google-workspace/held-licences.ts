import { once } from '../../core/once.ts'
import type { LicenceClient } from './licence-client.ts'
import type { Wanted } from './licences.ts'
import { collect } from './paging.ts'
import type { GoogleUser } from './schemas.ts'

/** Which of the wanted licences somebody has. */
export interface HeldLicences {
  /** `product/sku`, as Google names them. */
  of(user: GoogleUser): Promise<string[]>
  /** Reads the first of the lists: may we? */
  probe(): Promise<void>
  /** From now on this one is asked for by itself. */
  note(userId: string, name: string): void
}

/**
 * The licensing API tells who has which licence of a product in one list, also of SKUs that nobody here knows; it is read
 * once a session. What somebody was seen with is asked for by itself from then on, so that a change shows.
 */
export function createHeldLicences(
  licences: LicenceClient,
  wanted: Wanted,
  customerId: () => Promise<string>,
): HeldLicences {
  const seen = new Map<string, Set<string>>()
  const lists = wanted.products.map(product =>
    once(async () => {
      const holders = new Map<string, string[]>()
      for (const { userId, skuId } of await collect(licences.assignments(product, await customerId()))) {
        const key = userId.toLowerCase()
        holders.set(key, [...(holders.get(key) ?? []), `${product}/${skuId}`])
      }
      return holders
    }),
  )

  async function listed({ primaryEmail }: GoogleUser): Promise<string[]> {
    const all = await Promise.all(lists.map(list => list()))
    return all
      .flatMap(holders => holders.get(primaryEmail.toLowerCase()) ?? [])
      .filter(name => wanted.names === undefined || wanted.names.includes(name))
  }

  return {
    async of(user) {
      const known = seen.get(user.id)
      if (known === undefined) {
        const names = await listed(user)
        seen.set(user.id, new Set(names))
        return names
      }
      const asked = [...known].map(async name => ((await licences.has(name, user.primaryEmail)) ? [name] : []))
      return (await Promise.all(asked)).flat()
    },
    async probe() {
      await lists[0]?.()
    },
    note(userId, name) {
      seen.set(userId, (seen.get(userId) ?? new Set()).add(name))
    },
  }
}
