import type { DeviceFate } from '../../../core/account-kinds.ts'
import { isK1Error } from '../../../core/errors.ts'
import type { Phone } from '../schemas.ts'
import type { GoalGround } from './ground.ts'

/** Phones that sync this person's work data, each as it is now. A search by address finds more than the address. */
export async function phonesOf({ devices }: GoalGround, addresses: readonly string[]): Promise<Phone[]> {
  const found: Phone[] = []
  for await (const listed of devices.phones(`email:${addresses[0]}`)) {
    const phone = isOneOf(listed, addresses) ? await devices.phone(listed.resourceId) : null
    if (phone !== null) found.push(phone)
  }
  return found
}

function isOneOf({ email = [] }: Phone, addresses: readonly string[]): boolean {
  return email.some(one => addresses.includes(one.trim().toLowerCase()))
}

/** `ACCOUNT_WIPED`, however it is spelled. */
export function phoneStatus({ status }: Phone): string {
  return status.toUpperCase().replace(/[^A-Z]+/g, '_')
}

/** After an account wipe nothing of the company is on the phone, and nothing more can be asked of it. */
export function isPhoneDone(phone: Phone): boolean {
  return ['ACCOUNT_WIPED', 'WIPED'].includes(phoneStatus(phone))
}

/**
 * The company's data leaves the phone when it next calls in; it is blocked until then with `lock`. Nothing is sent to
 * one that is being wiped already.
 */
export async function treatPhone({ devices }: GoalGround, phone: Phone, fate: DeviceFate): Promise<void> {
  const status = phoneStatus(phone)
  if (isPhoneDone(phone) || status === 'WIPING') return
  if (fate === 'erase') return devices.actOnPhone(phone.resourceId, 'admin_remote_wipe')
  if (status === 'ACCOUNT_WIPING') return
  if (fate === 'lock' && status !== 'BLOCKED') {
    try {
      await devices.actOnPhone(phone.resourceId, 'block')
    } catch (error) {
      // With basic mobile management nothing can be blocked; the account is wiped all the same.
      if (!isK1Error(error) || (error.kind !== 'rejected' && error.kind !== 'forbidden')) throw error
    }
  }
  await devices.actOnPhone(phone.resourceId, 'admin_account_wipe')
}
