import type { GoalGround } from './ground.ts'

export interface Activation {
  job: string
  /** ISO, when it is to happen. */
  date: string
}

/** What would activate the account again, silently, some day. */
export async function activationsOf({ client }: GoalGround, userId: string): Promise<Activation[]> {
  const jobs = await client.scheduled(userId)
  return jobs
    .filter(job => job.state === 'ACTIVATED' && job.systemUserId === userId)
    .map(({ scheduledJobId, scheduledDate }) => ({ job: scheduledJobId, date: scheduledDate }))
    .sort((a, b) => (a.date + a.job < b.date + b.job ? -1 : 1))
}

/**
 * A job can only be cancelled whole. Where it activates others as well, they get one of their own first, so that
 * nobody misses their first day because somebody else left.
 */
export async function cancelActivations(ground: GoalGround, userId: string): Promise<void> {
  const mine = await activationsOf(ground, userId)
  if (mine.length === 0) return
  const all = await ground.client.scheduled()
  for (const { job, date } of mine) {
    const others = all
      .filter(one => one.scheduledJobId === job && one.systemUserId !== userId && one.state === 'ACTIVATED')
      .map(({ systemUserId }) => systemUserId)
    const lacking = others.filter(
      id =>
        !all.some(one => one.systemUserId === id && one.scheduledJobId !== job && sameTime(one.scheduledDate, date)),
    )
    if (lacking.length > 0) await scheduleAgain(ground, lacking, date)
    await ground.client.cancelJob(job)
  }
}

export function scheduleAgain({ client }: GoalGround, userIds: readonly string[], date: string): Promise<void> {
  return client.schedule({ userIds, state: 'ACTIVATED', date })
}

function sameTime(one: string, other: string): boolean {
  return Date.parse(one) === Date.parse(other)
}
