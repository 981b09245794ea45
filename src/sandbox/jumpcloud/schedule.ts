import type { Job } from './cloud.ts'
import { objectId } from './object-id.ts'
import { pageOf } from './page.ts'
import { Refusal } from './refusal.ts'
import { done, inOrganization, needed, ok, type Route, type RouteCall, textOf } from './route.ts'

/** Changes of state that are to come: one row a user and job. */
export const scheduleRoutes: readonly Route[] = [
  inOrganization('GET', '/api/v2/bulk/userstates', ({ organization, query }) => {
    const user = query.get('userid')
    const rows = organization.jobs.flatMap(rowsOf).filter(row => user === null || row.systemUserId === user)
    return ok(pageOf(rows, query))
  }),
  inOrganization('POST', '/api/v2/bulk/userstates', createJob),
  inOrganization('DELETE', '/api/v2/bulk/userstates/{id}', ({ organization, ids }) => {
    const job = needed(
      organization.jobs.find(one => one.id === ids[0]),
      'Job',
    )
    organization.jobs = organization.jobs.filter(one => one !== job)
    return done
  }),
]

function rowsOf({ id, state, date, users }: Job) {
  return users.map(user => ({ scheduledJobId: id, systemUserId: user, state, scheduledDate: date }))
}

function createJob({ organization, body, now }: RouteCall) {
  const state = textOf(body, 'state')
  const date = textOf(body, 'start_date')
  const { user_ids: ids } = body
  if (state !== 'ACTIVATED' && state !== 'SUSPENDED') throw new Refusal(400, 'Invalid state')
  if (Number.isNaN(Date.parse(date))) throw new Refusal(400, 'Invalid start_date')
  if (!Array.isArray(ids) || ids.length === 0) throw new Refusal(400, 'user_ids is required')
  const users = ids.map(
    id =>
      needed(
        organization.users.find(one => one._id === id),
        'User',
      )._id,
  )
  const id = objectId('job', date, now.toISOString(), String(organization.jobs.length), ...users)
  const job: Job = { id, state, date: new Date(date).toISOString(), users }
  organization.jobs.push(job)
  return { status: 201, body: rowsOf(job) }
}
