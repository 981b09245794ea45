import { bodyOf, type GoogleCall, ok, page, type Route, textIn } from './call.ts'
import { invalid, notFound } from './google-error.ts'
import type { ChromebookState, GoogleState } from './state.ts'

const base = '/admin/directory/v1/customer/{customerId}/devices/chromeos'
const scopes = ['admin.directory.device.chromeos']

export function settleChromebooks({ chromebooks }: GoogleState, now: Date, all = false): void {
  for (const one of chromebooks) {
    for (const command of one.commands) {
      if (!command.done && (all || (one.online && command.dueAt <= now.getTime()))) command.done = true
    }
  }
}

function shown({ online: _, commands: __, ...one }: ChromebookState) {
  const kind = 'admin#directory#chromeosdevice'
  const recentUsers = [{ type: 'USER_TYPE_MANAGED', email: one.annotatedUser }]
  const more = { model: 'Chromebook Spin 714', orgUnitPath: '/Staff', platformVersion: '16093.0', recentUsers }
  return { kind, etag: `"${one.serialNumber}"`, ...one, ...more }
}

function list(call: GoogleCall) {
  const wanted = /^user:(.+)$/.exec(call.query.get('query') ?? '')?.[1]?.toLowerCase()
  if (call.query.has('query') && wanted === undefined) throw invalid('Invalid Input: query')
  const all = call.state.chromebooks.filter(
    one => wanted === undefined || one.annotatedUser.toLowerCase().includes(wanted),
  )
  const { items, next } = page(call, all, 100)
  const chromeosdevices = items.map(shown)
  const kind = 'admin#directory#chromeosdevices'
  return ok({ kind, etag: '"chrome"', ...(chromeosdevices.length > 0 ? { chromeosdevices } : {}), ...next })
}

function find({ state, params }: GoogleCall): ChromebookState {
  const found = state.chromebooks.find(one => one.deviceId === params.deviceId)
  if (found === undefined) throw notFound('deviceId')
  return found
}

function annotate(call: GoogleCall) {
  const one = find(call)
  const user = bodyOf(call).get('annotatedUser')
  if (typeof user === 'string') one.annotatedUser = user
  return ok(shown(one))
}

const prefix = 'CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_'
const statuses: Record<string, string> = {
  [`${prefix}DISABLE`]: 'DISABLED',
  [`${prefix}DEPROVISION`]: 'DEPROVISIONED',
  [`${prefix}REENABLE`]: 'ACTIVE',
}

/** The request goes well even where a device does not. */
function changeStatus(call: GoogleCall) {
  const body = bodyOf(call)
  const status = statuses[textIn(body, 'changeChromeOsDeviceStatusAction')]
  const ids: unknown = body.get('deviceIds')
  if (status === undefined || !Array.isArray(ids) || ids.length > 50)
    throw invalid('Request contains an invalid argument.')
  if ((status === 'DEPROVISIONED') !== body.has('deprovisionReason')) throw invalid('Invalid deprovisionReason.')
  const results = ids.map(String).map(deviceId => {
    const one = call.state.chromebooks.find(other => other.deviceId === deviceId)
    if (one === undefined) return { deviceId, error: { code: 5, message: 'Device not found.' } }
    if (one.status === 'DEPROVISIONED') return { deviceId, error: { code: 9, message: 'Illegal state transition.' } }
    one.status = status
    return { deviceId, response: {} }
  })
  return ok({ changeChromeOsDeviceStatusResults: results })
}

function issue(call: GoogleCall) {
  const one = find(call)
  if (textIn(bodyOf(call), 'commandType') !== 'REMOTE_POWERWASH') throw invalid('Invalid commandType.')
  if (one.status === 'DEPROVISIONED') throw invalid('Device is deprovisioned.')
  call.state.count += 1
  const commandId = String(500_000 + call.state.count)
  const dueAt = call.now.getTime() + call.state.quirks.deviceMs
  one.commands.push({ commandId, dueAt, done: false, issueTime: call.now.toISOString() })
  return ok({ commandId })
}

function command(call: GoogleCall) {
  const found = find(call).commands.find(one => one.commandId === call.params.commandId)
  if (found === undefined) throw notFound('commandId')
  const { commandId, issueTime, done } = found
  const result = done ? { commandResult: { result: 'SUCCESS', executeTime: call.now.toISOString() } } : {}
  const state = done ? 'EXECUTED_BY_CLIENT' : 'PENDING'
  return ok({ commandId, type: 'REMOTE_POWERWASH', issueTime, state, ...result })
}

export const chromebookRoutes: readonly Route[] = [
  { method: 'GET', path: base, scopes, handle: list },
  { method: 'POST', path: `${base}:batchChangeStatus`, scopes, handle: changeStatus },
  { method: 'GET', path: `${base}/{deviceId}`, scopes, handle: call => ok(shown(find(call))) },
  { method: 'PUT', path: `${base}/{deviceId}`, scopes, handle: annotate },
  { method: 'POST', path: `${base}/{deviceId}:issueCommand`, scopes, handle: issue },
  { method: 'GET', path: `${base}/{deviceId}/commands/{commandId}`, scopes, handle: command },
]
