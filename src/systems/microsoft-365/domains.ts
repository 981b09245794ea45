import { z } from 'zod'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'

const organizationSchema = z.object({
  value: z.array(z.object({ verifiedDomains: z.array(z.object({ name: z.string() })) })),
})

/**
 * Mail domains of the tenant, lower case. From Graph: in Exchange a role that may change recipients only is not shown the
 * configuration of the organization.
 */
export async function readDomains(graph: Graph): Promise<string[]> {
  const { value } = await graph.get(path`/organization`, organizationSchema, { $select: 'verifiedDomains' })
  return value.flatMap(({ verifiedDomains }) => verifiedDomains.map(({ name }) => name.toLowerCase()))
}
