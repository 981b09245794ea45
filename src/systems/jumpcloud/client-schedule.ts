import { path } from '../../http/client.ts'
import { type Scheduled, scheduledSchema } from './schemas.ts'
import type { Transport } from './transport.ts'

/** Changes of state that are to come. */
export interface Schedule {
  /** Of one user, or of everybody. */
  scheduled(userId?: string): Promise<Scheduled[]>
  /** A job may be about several users: it goes for all of them. */
  cancelJob(jobId: string): Promise<void>
  schedule(job: { userIds: readonly string[]; state: 'ACTIVATED' | 'SUSPENDED'; date: string }): Promise<void>
}

export function createScheduleClient({ send, pages2 }: Transport): Schedule {
  return {
    scheduled: userId => pages2(path`/v2/bulk/userstates`, scheduledSchema, { userid: userId }),
    cancelJob: jobId => send({ method: 'DELETE', path: path`/v2/bulk/userstates/${jobId}`, fine: [404] }),
    schedule: ({ userIds, state, date }) =>
      send({
        method: 'POST',
        path: path`/v2/bulk/userstates`,
        json: { user_ids: userIds, state, start_date: new Date(date).toISOString() },
        // Twice would be two jobs.
        repeatable: false,
      }),
  }
}
