import { z } from 'zod'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'

const productSchema = z.object({
  skuId: z.string().min(1),
  skuPartNumber: z.string().nullish(),
  servicePlans: z.array(z.object({ servicePlanId: z.string(), servicePlanName: z.string().nullish() })).nullish(),
})

/** Something that licences are bought of. */
export interface Product {
  id: string
  /** `SPB`, as Microsoft names it. */
  name: string
  /** `EXCHANGE_S_ENTERPRISE` and the like, with the id that a licence may switch it off by. */
  plans: { id: string; name: string }[]
}

export async function readProducts(graph: Graph): Promise<Product[]> {
  const query = { $select: 'skuId,skuPartNumber,servicePlans' }
  const found = await graph.list(path`/subscribedSkus`, productSchema, query)
  return found.map(({ skuId, skuPartNumber, servicePlans }) => ({
    id: skuId,
    name: skuPartNumber || skuId,
    plans: (servicePlans ?? []).map(one => ({ id: one.servicePlanId, name: one.servicePlanName ?? '' })),
  }))
}

/** The better the mailbox that a plan gives, the higher; 0: none. */
const ranks: readonly [RegExp, number][] = [
  [/^EXCHANGE_S_ENTERPRISE/, 3],
  [/^EXCHANGE_S_STANDARD/, 2],
  [/^EXCHANGE_S_DESKLESS/, 1],
]

export interface MailPlans {
  /** 3 is Exchange Online Plan 2, 2 is Plan 1. */
  rank: number
  archive: boolean
}

/** What a licence gives to a mailbox, without what is switched off in it. */
export function mailPlansOf({ plans }: Product, disabled: readonly string[] = []): MailPlans {
  const names = plans.filter(({ id }) => !disabled.includes(id)).map(({ name }) => name)
  const rank = Math.max(0, ...names.map(name => ranks.find(([pattern]) => pattern.test(name))?.[1] ?? 0))
  return { rank, archive: rank === 3 || names.some(name => /^EXCHANGE_S_ARCHIVE/.test(name)) }
}
