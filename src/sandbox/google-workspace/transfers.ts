import { bodyOf, type GoogleCall, ok, page, type Route, textIn } from './call.ts'
import { GoogleError, invalid, notFound } from './google-error.ts'
import { calendarId, driveId, type TransferState } from './state.ts'
import { findUser } from './users.ts'

const base = '/admin/datatransfer/v1'
const scopes = ['admin.datatransfer']

const applications = [
  {
    kind: 'admin#datatransfer#ApplicationResource',
    id: driveId,
    name: 'Drive and Docs',
    transferParams: [{ key: 'PRIVACY_LEVEL', value: ['SHARED', 'PRIVATE'] }],
  },
  {
    kind: 'admin#datatransfer#ApplicationResource',
    id: calendarId,
    name: 'Calendar',
    transferParams: [{ key: 'RELEASE_RESOURCES', value: ['TRUE'] }],
  },
  { kind: 'admin#datatransfer#ApplicationResource', id: '810260081642', name: 'Looker Studio' },
]

function statusOf({ failed, dueAt }: TransferState, now: Date): string {
  if (failed) return 'failed'
  return dueAt <= now.getTime() ? 'completed' : 'inProgress'
}

function shown(one: TransferState, now: Date) {
  const status = statusOf(one, now)
  const { id, oldOwnerUserId, newOwnerUserId, requestTime } = one
  return {
    kind: 'admin#datatransfer#DataTransfer',
    etag: `"${id}"`,
    id,
    oldOwnerUserId,
    newOwnerUserId,
    requestTime,
    overallTransferStatusCode: status,
    applicationDataTransfers: one.applicationIds.map(applicationId => ({
      applicationId,
      applicationTransferStatus: status,
    })),
  }
}

function list(call: GoogleCall) {
  const old = call.query.get('oldOwnerUserId')
  const all = call.state.transfers.filter(one => old === null || one.oldOwnerUserId === old)
  const { items, next } = page(call, all, 100)
  const dataTransfers = items.map(one => shown(one, call.now))
  const kind = 'admin#datatransfer#dataTransfersList'
  return ok({ kind, etag: '"t"', ...(dataTransfers.length > 0 ? { dataTransfers } : {}), ...next })
}

function listApplications(call: GoogleCall) {
  const { items, next } = page(call, applications, 100)
  return ok({ kind: 'admin#datatransfer#applicationsList', etag: '"a"', applications: items, ...next })
}

function begin(call: GoogleCall) {
  const body = bodyOf(call)
  const from = findUser(call, textIn(body, 'oldOwnerUserId'))
  const to = findUser(call, textIn(body, 'newOwnerUserId'))
  const parts: unknown = body.get('applicationDataTransfers')
  const ids = (Array.isArray(parts) ? parts : []).map((part: unknown) =>
    typeof part === 'object' && part !== null && 'applicationId' in part ? String(part.applicationId) : '',
  )
  if (ids.length === 0 || ids.some(id => !applications.some(one => one.id === id)))
    throw invalid('Invalid applicationId')
  // An archived account has no Calendar any more.
  if (from.archived && ids.includes(calendarId)) {
    throw new GoogleError(400, 'invalid', 'Calendar Service/App not enabled')
  }
  call.state.count += 1
  const made: TransferState = {
    id: `AKrEtIa${String(call.state.count).padStart(6, '0')}`,
    oldOwnerUserId: from.id,
    newOwnerUserId: to.id,
    applicationIds: ids,
    requestTime: call.now.toISOString(),
    dueAt: call.now.getTime() + call.state.quirks.transferMs,
    failed: false,
  }
  call.state.transfers.push(made)
  return ok(shown(made, call.now))
}

function get(call: GoogleCall) {
  const found = call.state.transfers.find(one => one.id === call.params.dataTransferId)
  if (found === undefined) throw notFound('dataTransferId')
  return ok(shown(found, call.now))
}

export const transferRoutes: readonly Route[] = [
  { method: 'GET', path: `${base}/applications`, scopes, handle: listApplications },
  { method: 'GET', path: `${base}/transfers`, scopes, handle: list },
  { method: 'POST', path: `${base}/transfers`, scopes, handle: begin },
  { method: 'GET', path: `${base}/transfers/{dataTransferId}`, scopes, handle: get },
]
