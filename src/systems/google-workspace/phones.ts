import type { DeviceFate } from '../../core/account-kinds.ts'
import { asK1Error, type K1Error } from '../../core/errors.ts'
import { readPart, type Unread } from '../../core/unread.ts'
import type { GoalGround, Holder } from './ground.ts'
import { collect } from './paging.ts'
import type { Phone } from './schemas.ts'

/** Phones that sync this person's work data, each as it is now. A search by address finds more than the address. */
export async function phonesOf(
  { devices, seenPhones }: GoalGround,
  { id }: Holder,
  addresses: readonly string[],
  unread: Unread[],
): Promise<Phone[]> {
  const listed = seenPhones.get(id) ?? (await collect(devices.phones(`email:${addresses[0]}`)))
  seenPhones.set(id, listed)
  const asked = listed
    .filter(one => isOneOf(one, addresses))
    .map(one => readPart(unread, phoneName(one), null, () => devices.phone(one.resourceId)))
  return (await Promise.all(asked)).filter(phone => phone !== null)
}

function isOneOf({ email = [] }: Phone, addresses: readonly string[]): boolean {
  return email.some(one => addresses.includes(one.trim().toLowerCase()))
}

export function phoneName({ model, type, serialNumber, resourceId }: Phone): string {
  const what = model || type || 'Phone'
  return `${what} (${serialNumber || resourceId})`
}

/** `ACCOUNT_WIPED`, however it is spelled. */
export function phoneStatus({ status }: Phone): string {
  return status.toUpperCase().replace(/[^A-Z]+/g, '_')
}

/** After an account wipe nothing of the company is on the phone, and nothing more can be asked of it. */
export function isPhoneDone(phone: Phone): boolean {
  return ['ACCOUNT_WIPED', 'WIPED'].includes(phoneStatus(phone))
}

/** Asked for already, and not done yet: nothing more is sent. */
export function isPhoneAsked(phone: Phone, fate: DeviceFate): boolean {
  const status = phoneStatus(phone)
  return status === 'WIPING' || (status === 'ACCOUNT_WIPING' && fate !== 'erase')
}

/** The company's data leaves the phone when it next calls in; it is blocked until then with `lock`. */
export async function treatPhone({ devices }: GoalGround, phone: Phone, fate: DeviceFate): Promise<void> {
  if (fate === 'erase') return devices.actOnPhone(phone.resourceId, 'admin_remote_wipe')
  let trouble: K1Error | undefined
  if (fate === 'lock' && phoneStatus(phone) !== 'BLOCKED') {
    trouble = await devices.actOnPhone(phone.resourceId, 'block').then(() => undefined, asK1Error)
    if (trouble?.kind === 'cancelled') throw trouble
  }
  await devices.actOnPhone(phone.resourceId, 'admin_account_wipe')
  // With basic mobile management nothing can be blocked; the account is wiped all the same.
  if (trouble && trouble.kind !== 'rejected' && trouble.kind !== 'forbidden') throw trouble
}
