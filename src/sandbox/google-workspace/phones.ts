import { bodyOf, type GoogleCall, noContent, ok, page, type Route, textIn } from './call.ts'
import { invalid, notFound } from './google-error.ts'
import type { GoogleState, PhoneState } from './state.ts'

const base = '/admin/directory/v1/customer/{customerId}/devices/mobile'
const scopes = ['admin.directory.device.mobile.action', 'admin.directory.device.mobile']

/** What is wiped is wiped when the phone calls in. */
export function settlePhones({ phones }: GoogleState, now: Date, all = false): void {
  for (const phone of phones) {
    if (phone.dueAt === null || !(all || (phone.online && phone.dueAt <= now.getTime()))) continue
    phone.status = phone.status.replace('WIPING', 'WIPED')
    phone.dueAt = null
    phone.lastSync = now.toISOString()
  }
}

function shown({ online: _, dueAt: __, email, name, ...phone }: PhoneState) {
  const kind = 'admin#directory#mobiledevice'
  return { kind, etag: `"${phone.serialNumber}"`, ...phone, deviceId: phone.serialNumber, email: [email], name: [name] }
}

/** Google searches by words: a part of an address finds, too. */
function list(call: GoogleCall) {
  const wanted = /^email:(.+)$/.exec(call.query.get('query') ?? '')?.[1]?.toLowerCase()
  if (call.query.has('query') && wanted === undefined) throw invalid('Invalid Input: query')
  const all = call.state.phones.filter(one => wanted === undefined || one.email.toLowerCase().includes(wanted))
  const { items, next } = page(call, all, 100)
  const mobiledevices = items.map(shown)
  const kind = 'admin#directory#mobiledevices'
  return ok({ kind, etag: '"phones"', ...(mobiledevices.length > 0 ? { mobiledevices } : {}), ...next })
}

function find({ state, params }: GoogleCall): PhoneState {
  const found = state.phones.find(one => one.resourceId === params.resourceId)
  if (found === undefined) throw notFound('resourceId')
  return found
}

const afterwards: Record<string, string> = {
  admin_account_wipe: 'ACCOUNT_WIPING',
  admin_remote_wipe: 'WIPING',
  block: 'BLOCKED',
  approve: 'APPROVED',
}

function act(call: GoogleCall) {
  const phone = find(call)
  const action = textIn(bodyOf(call), 'action')
  const status = afterwards[action]
  if (status === undefined) throw invalid('Invalid Input: action')
  if (/WIP/.test(phone.status)) throw invalid('Invalid Input: the device is wiped')
  if (action === 'block' && call.state.quirks.basicMobileManagement) throw invalid('Invalid Input: block')
  phone.status = status
  phone.dueAt = status.endsWith('WIPING') ? call.now.getTime() + call.state.quirks.deviceMs : null
  return noContent
}

export const phoneRoutes: readonly Route[] = [
  { method: 'GET', path: base, scopes, handle: list },
  { method: 'GET', path: `${base}/{resourceId}`, scopes, handle: call => ok(shown(find(call))) },
  { method: 'POST', path: `${base}/{resourceId}/action`, scopes, handle: act },
]
