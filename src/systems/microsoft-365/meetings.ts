import { z } from 'zod'
import type { Clock } from '../../core/ports.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'

const eventSchema = z.object({
  id: z.string().min(1),
  subject: z.string().nullish(),
  start: z.object({ dateTime: z.string() }).nullish(),
  seriesMasterId: z.string().nullish(),
  isOrganizer: z.boolean(),
  isCancelled: z.boolean().nullish(),
  attendees: z.array(z.unknown()),
})

/** A meeting that somebody called, once or again and again. */
export interface Meeting {
  /** Of the series, where it is one. */
  id: string
  subject: string
  series: boolean
  /** When it comes next: ISO, UTC. */
  next: string
}

/** Exchange cancels a whole series when one of its meetings falls into the time that it is asked for. */
export const meetingDays = 730

const dayMs = 86_400_000

/** Those of the next two years with other people or rooms in them: no others are cancelled, by its reference. */
export async function readMeetings(graph: Graph, clock: Clock, userId: string): Promise<Meeting[]> {
  const now = clock.now().getTime()
  const found = await graph.list(path`/users/${userId}/calendarView`, eventSchema, {
    startDateTime: new Date(now).toISOString(),
    endDateTime: new Date(now + meetingDays * dayMs).toISOString(),
    $select: Object.keys(eventSchema.shape).join(','),
    $top: 500,
  })
  const theirs = found.filter(one => one.isOrganizer && one.isCancelled !== true && one.attendees.length > 0)
  const meetings = new Map<string, Meeting>()
  for (const { id, seriesMasterId, subject, start } of theirs) {
    const key = seriesMasterId || id
    const next = start?.dateTime ?? ''
    const known = meetings.get(key)
    if (known !== undefined && known.next <= next) continue
    meetings.set(key, { id: key, subject: subject || '(no subject)', series: Boolean(seriesMasterId), next })
  }
  return [...meetings.values()]
}
