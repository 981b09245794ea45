import type { JumpcloudClient } from './client.ts'

export interface Activation {
  job: string
  /** ISO, when it is to happen. */
  date: string
}

/** What would activate the account again, silently, some day. */
export async function activationsOf(client: JumpcloudClient, userId: string): Promise<Activation[]> {
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
export async function cancelActivation(
  client: JumpcloudClient,
  userId: string,
  { job, date }: Activation,
): Promise<void> {
  const all = await client.scheduled()
  const others = all
    .filter(one => one.scheduledJobId === job && one.systemUserId !== userId && one.state === 'ACTIVATED')
    .map(({ systemUserId }) => systemUserId)
  // A job that is the leaver's as well is cancelled too, and covers nobody; nor does one that suspends.
  const cancelled = new Set(all.filter(one => one.systemUserId === userId).map(one => one.scheduledJobId))
  const covers = all.filter(
    one => one.state === 'ACTIVATED' && !cancelled.has(one.scheduledJobId) && sameTime(one.scheduledDate, date),
  )
  const lacking = others.filter(id => !covers.some(one => one.systemUserId === id))
  if (lacking.length > 0) await scheduleAgain(client, lacking, date)
  await client.cancelJob(job)
}

export function scheduleAgain(client: JumpcloudClient, userIds: readonly string[], date: string): Promise<void> {
  return client.schedule({ userIds, state: 'ACTIVATED', date })
}

function sameTime(one: string, other: string): boolean {
  return Date.parse(one) === Date.parse(other)
}
