import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { type Part, partOf } from '../../core/parts.ts'
import { path } from '../../http/client.ts'
import type { Box } from './exchange/delegation.ts'
import type { Graph } from './graph.ts'

const permissionSchema = z.object({
  id: z.string().min(1),
  role: z.string().nullish(),
  isRemovable: z.boolean().nullish(),
  emailAddress: z.object({ name: z.string().nullish(), address: z.string().nullish() }).nullish(),
})

/** Somebody who may look into a calendar, or change it. */
export interface CalendarShare {
  box: Box
  id: string
  /** `read`, `write`, `delegateWithPrivateEventAccess` … */
  role: string
  name: string
  /** Lower case; empty where it is not shown. */
  address: string
}

/** Of each of these calendars, whom it is shared with; what cannot be taken away (the organization's own) is left out. */
export async function readShares(graph: Graph, boxes: readonly Box[]): Promise<Part<CalendarShare[]>[]> {
  if (boxes.length === 0) return []
  const lists = await partOf(
    graph.lists(
      boxes.map(({ id }) => ({ where: path`/users/${id}/calendar/calendarPermissions`, item: permissionSchema })),
    ),
  )
  return boxes.map((box, index) => {
    const part = lists.error === undefined ? lists.value[index] : lists
    if (part?.value === undefined)
      return { error: part?.error ?? new K1Error('contract', `The calendar of ${box.address} was not shown.`) }
    return {
      value: part.value
        .filter(({ isRemovable }) => isRemovable !== false)
        .map(({ id, role, emailAddress }) => ({
          box,
          id,
          role: role ?? 'read',
          name: emailAddress?.name ?? '',
          address: emailAddress?.address?.toLowerCase() ?? '',
        })),
    }
  })
}
