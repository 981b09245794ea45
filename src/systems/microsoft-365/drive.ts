import { z } from 'zod'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import { isNotFound } from './graph-error.ts'
import type { GraphUser } from './users.ts'

const driveSchema = z.object({ id: z.string().min(1), webUrl: z.string().nullish() })

const permissionSchema = z.object({
  roles: z.array(z.string()).nullish(),
  grantedToV2: z
    .object({ user: z.object({ id: z.string().nullish(), email: z.string().nullish() }).nullish() })
    .nullish(),
})

/** Somebody's OneDrive. */
export interface Drive {
  id: string
  /** Where a person opens it. */
  link: string
  /** Whom the whole of it is shared with to write: ids and e-mails, lower case. */
  writers: string[]
}

/** Null: there is none (it is made when somebody first uses it, and goes some time after its licence). */
export async function readDrive(graph: Graph, userId: string): Promise<Drive | null> {
  let drive: z.infer<typeof driveSchema>
  try {
    drive = await graph.get(path`/users/${userId}/drive`, driveSchema, { $select: 'id,webUrl' })
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
  const permissions = await graph.list(path`/drives/${drive.id}/root/permissions`, permissionSchema)
  const writers = permissions
    .filter(({ roles }) => roles?.some(role => role === 'write' || role === 'owner'))
    .flatMap(({ grantedToV2 }) => [grantedToV2?.user?.id, grantedToV2?.user?.email])
  return {
    id: drive.id,
    link: drive.webUrl ?? '',
    writers: writers.flatMap(one => (one ? [one.toLowerCase()] : [])),
  }
}

export function isSharedWith({ writers }: Drive, { id, mail, userPrincipalName }: GraphUser): boolean {
  return [id, mail, userPrincipalName].some(one => one && writers.includes(one.toLowerCase()))
}

/** How long it is there after its licence, and after its account. */
export const driveStays =
  'Without a licence it can only be read after 60 days, is archived after 93, and deleted after a year that nobody pays for; of a deleted account it is kept for 30 days, unless SharePoint is set otherwise.'
