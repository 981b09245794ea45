import { z } from 'zod'
import { partOf } from '../../core/parts.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import type { OwnedFolder } from './write.ts'

const ownedSchema = z.object({
  '@odata.type': z.string(),
  id: z.string().min(1),
  displayName: z.string().nullish(),
  groupTypes: z.array(z.string()).nullish(),
  mailEnabled: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
})

const ownerSchema = z.object({ id: z.string().min(1) })

/** A group or an application that the person owns, alone or with others. */
export interface Owned {
  id: string
  name: string
  folder: OwnedFolder
  /** Ids of all owners; null where they are not shown. */
  owners: string[] | null
}

const folders: Readonly<Record<string, OwnedFolder>> = {
  '#microsoft.graph.group': 'groups',
  '#microsoft.graph.application': 'applications',
  '#microsoft.graph.servicePrincipal': 'servicePrincipals',
}

/** What a person calls each. */
export const ownedAs = {
  groups: 'group',
  applications: 'application',
  servicePrincipals: 'enterprise application',
} as const

/** Those whose owners Graph can change. */
export async function readOwned(graph: Graph, userId: string): Promise<Owned[]> {
  const found = await graph.list(path`/users/${userId}/ownedObjects`, ownedSchema)
  const owned = found.flatMap(one => {
    const folder = folders[one['@odata.type']]
    const isForeign = one.onPremisesSyncEnabled || (one.mailEnabled && !(one.groupTypes ?? []).includes('Unified'))
    return folder === undefined || isForeign ? [] : [{ id: one.id, name: one.displayName || one.id, folder }]
  })
  if (owned.length === 0) return []
  const lists = await partOf(
    graph.lists(
      owned.map(({ folder, id }) => ({
        where: path`/${folder}/${id}/owners`,
        item: ownerSchema,
        query: { $select: 'id' },
      })),
    ),
  )
  return owned.map((one, index) => ({ ...one, owners: lists.value?.[index]?.value?.map(({ id }) => id) ?? null }))
}
