import type { DeviceFate } from '../../../core/account-kinds.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { waitFor } from '../../../http/wait-for.ts'
import type { Chromebook, Phone } from '../schemas.ts'
import { chromebooksOf, isChromebookDone, treatChromebooks } from './chromebooks.ts'
import { type GoalGround, ifAllowed, type Subject } from './ground.ts'
import { isPhoneDone, phoneStatus, phonesOf, treatPhone } from './phones.ts'

interface Devices {
  phones: Phone[]
  chromebooks: Chromebook[]
}

const summaries: Record<DeviceFate, string> = {
  release: 'Work data leaves the phones, and Chromebooks are given back',
  lock: 'Work data leaves the phones, which are blocked, and Chromebooks are disabled',
  erase: 'Phones and Chromebooks are erased, and Chromebooks deprovisioned',
}

/** Phones hold no work data any more, and no Chromebook is this person's. */
export async function devicesReleased(
  ground: GoalGround,
  subject: Subject,
  fate: DeviceFate,
  waitMs: number,
): Promise<AccountGoal> {
  const found = await ifAllowed(() => read(ground, subject), { phones: [], chromebooks: [] })
  const open = openOnes(found, fate)
  const names = [...open.phones.map(phoneName), ...open.chromebooks.map(chromebookName)]
  const look = () => lookAtDevices(ground, subject, fate)
  return {
    kind: 'devices-released',
    reach: 'api',
    summary: summaries[fate],
    effect: 'irreversible',
    repeatable: fate !== 'erase',
    after: [],
    later: 'A device does it when it next calls in.',
    differences: names.length > 0 ? [{ what: 'Devices', before: names.join(', '), after: afterwards[fate] }] : [],
    warnings: fate === 'erase' && names.length > 0 ? ['Erased phones lose private data, too.'] : [],
    residual: residualOf(found, fate),
    look,
    async bring() {
      const { clock, signal } = ground
      const end = clock.now().getTime() + waitMs
      const now = await read(ground, subject)
      for (const phone of now.phones) await treatPhone(ground, phone, fate)
      await treatChromebooks(ground, now.chromebooks, fate, waitMs)
      await waitFor(look, { clock, waitMs: Math.max(0, end - clock.now().getTime()), signal })
    },
  }
}

const afterwards: Record<DeviceFate, string> = { release: 'released', lock: 'locked', erase: 'erased' }

async function read(ground: GoalGround, { id, email }: Subject): Promise<Devices> {
  const user = await ground.user(id)
  const addresses = [user?.primaryEmail ?? email, ...(user?.aliases ?? [])].map(one => one.toLowerCase())
  const [phones, chromebooks] = await Promise.all([phonesOf(ground, addresses), chromebooksOf(ground, addresses)])
  return { phones, chromebooks }
}

function openOnes({ phones, chromebooks }: Devices, fate: DeviceFate): Devices {
  return {
    phones: phones.filter(one => !isPhoneDone(one)),
    chromebooks: chromebooks.filter(one => !isChromebookDone(one, fate)),
  }
}

async function lookAtDevices(ground: GoalGround, subject: Subject, fate: DeviceFate): Promise<Standing> {
  const found = await read(ground, subject)
  const open = openOnes(found, fate)
  const reading = {
    phones: found.phones.map(phone => ({
      id: phone.resourceId,
      name: phoneName(phone),
      status: phoneStatus(phone),
      lastContact: phone.lastSync ?? null,
    })),
    chromebooks: found.chromebooks.map(one => ({
      id: one.deviceId,
      name: chromebookName(one),
      status: one.status,
      lastContact: one.lastSync ?? null,
    })),
  }
  const waitsFor = [
    ...open.phones.map(phone => `${phoneName(phone)}, last heard of ${phone.lastSync ?? 'never'}`),
    ...open.chromebooks.map(one => `${chromebookName(one)}, last heard of ${one.lastSync ?? 'never'}`),
  ]
  return waitsFor.length === 0
    ? { state: 'holds', reading }
    : { state: 'not-yet', reading, waitsFor: waitsFor.join('; ') }
}

function residualOf({ phones, chromebooks }: Devices, fate: DeviceFate): string[] {
  const left = phones.filter(phone => fate === 'erase' && phoneStatus(phone) === 'ACCOUNT_WIPED')
  return [
    ...left.map(phone => `${phoneName(phone)} has no work account any more, so it cannot be erased from here.`),
    ...(fate === 'erase' ? [] : chromebooks).map(
      one => `${chromebookName(one)} keeps this person's profile, encrypted with their password, until it is wiped.`,
    ),
  ]
}

function phoneName({ model, type, serialNumber, resourceId }: Phone): string {
  const what = model || type || 'Phone'
  return `${what} (${serialNumber || resourceId})`
}

function chromebookName({ model, serialNumber, deviceId }: Chromebook): string {
  return `${model || 'Chromebook'} (${serialNumber || deviceId})`
}
