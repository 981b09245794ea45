import { badRequest, isObject, notFound, textOf } from './answers.ts'
import { mailboxOf } from './exchange/mailboxes.ts'
import { guidOf } from './guid.ts'
import { page } from './query.ts'
import type { Route } from './route.ts'
import type { Tenant } from './tenant.ts'
import type { Meeting, TenantState, User } from './tenant-state.ts'
import { noMailbox } from './user-routes.ts'

const readers = ['Calendars.Read', 'Calendars.ReadWrite']
const writers = ['Calendars.ReadWrite']
const dayMs = 86_400_000

/** Calendars: what is in them, and whom they are shared with. */
export const calendarRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/:/calendarView',
    needs: ['Calendars.ReadBasic.All', ...readers],
    answer: ({ request, tenant, id, pageSize }) => {
      const state = tenant.seen()
      const user = owner(state, tenant, id(1))
      const [from, to] = ['startDateTime', 'endDateTime'].map(name => Date.parse(request.query.get(name) ?? ''))
      if (from === undefined || to === undefined || Number.isNaN(from + to)) {
        throw badRequest('This request requires a time window specified by the query string parameters.')
      }
      if (to - from > 1825 * dayMs)
        throw badRequest('Your request can only return five years.', 'ErrorCalendarViewRangeTooBig')
      const meetings = state.meetings.filter(
        one => one.organizer === user.id || one.attendees.includes(user.mail ?? ''),
      )
      const found = meetings.flatMap(one => occurrences(one, from, to, user))
      return { status: 200, body: page(found, request, pageSize) }
    },
  },
  {
    method: 'GET',
    path: '/users/:/calendar/calendarPermissions',
    needs: readers,
    answer: ({ request, tenant, id, pageSize }) => {
      const state = tenant.seen()
      const user = owner(state, tenant, id(1))
      const everybody = {
        id: 'RGVmYXVsdA==',
        role: 'freeBusyRead',
        isRemovable: false,
        isInsideOrganization: true,
        emailAddress: { name: 'My Organization' },
      }
      const shares = state.calendarShares
        .filter(one => one.owner === user.id)
        .map(one => ({
          id: one.id,
          role: one.role,
          isRemovable: true,
          isInsideOrganization: true,
          emailAddress: { name: one.with, address: one.with },
        }))
      return { status: 200, body: page([everybody, ...shares], request, pageSize) }
    },
  },
  {
    method: 'POST',
    path: '/users/:/calendar/calendarPermissions',
    needs: writers,
    answer: ({ request: { body }, tenant, id }) => {
      const user = owner(tenant.state, tenant, id(1))
      const who = isObject(body.emailAddress) ? textOf(body.emailAddress, 'address') : ''
      const made = { id: guidOf('share', user.id, who), owner: user.id, with: who, role: textOf(body, 'role') }
      if (tenant.state.calendarShares.some(one => one.id === made.id)) {
        throw badRequest('The calendar permission already exists.', 'ErrorPermissionAlreadyExists')
      }
      tenant.state.calendarShares.push(made)
      return { status: 201, body: { id: made.id, role: made.role } }
    },
  },
  {
    method: 'DELETE',
    path: '/users/:/calendar/calendarPermissions/:',
    needs: writers,
    answer: ({ tenant, id }) => {
      const user = owner(tenant.state, tenant, id(1))
      const found = tenant.state.calendarShares.find(one => one.owner === user.id && one.id === id(2))
      if (found === undefined) throw notFound(id(2))
      tenant.state.calendarShares = tenant.state.calendarShares.filter(one => one !== found)
      return { status: 204 }
    },
  },
]

function owner(state: TenantState, tenant: Tenant, key: string): User {
  const user = tenant.user(state, key)
  if (mailboxOf(state, user) === undefined) throw noMailbox()
  return user
}

/** As a calendar view shows them: each of a series by itself. */
function occurrences(meeting: Meeting, from: number, to: number, { id: viewer }: User): object[] {
  const { id, organizer, subject, start, every, attendees } = meeting
  const first = Date.parse(start)
  const last = every === null ? first : to
  const found: object[] = []
  for (let at = first; at <= last; at += (every ?? 1) * dayMs) {
    if (at < from || at > to) continue
    const dateTime = new Date(at).toISOString().replace('Z', '0000')
    found.push({
      '@odata.etag': 'W/"sandbox"',
      id: every === null ? id : `${id}-${found.length}`,
      type: every === null ? 'singleInstance' : 'occurrence',
      seriesMasterId: every === null ? null : id,
      subject,
      start: { dateTime, timeZone: 'UTC' },
      isOrganizer: organizer === viewer,
      isCancelled: false,
      attendees: attendees.map(address => ({ type: 'required', emailAddress: { name: address, address } })),
    })
  }
  return found
}
