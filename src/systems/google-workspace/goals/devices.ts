import type { AccountGoal, AccountGoalOptions } from '../../../core/account.ts'
import type { DeviceFate } from '../../../core/account-kinds.ts'
import { unlessHidden } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import { type Act, act, overApi } from '../../../core/things.ts'
import { isUnread, readPart, shownUnread, type Unread, unreadChanges } from '../../../core/unread.ts'
import {
  changeStatus,
  chromebookChanges,
  chromebookName,
  chromebooksOf,
  createWashes,
  isChromebookDone,
  isStatusChange,
  type SeenChromebook,
  type StatusChange,
} from '../chromebooks.ts'
import { type GoalGround, type Holder, userIn } from '../ground.ts'
import { isPhoneAsked, isPhoneDone, phoneName, phoneStatus, phonesOf, treatPhone } from '../phones.ts'
import type { Chromebook, GoogleUser, Phone } from '../schemas.ts'

interface Devices {
  phones: Phone[]
  chromebooks: SeenChromebook[]
  unread: Unread[]
}

type DeviceChange = Act | StatusChange

const summaries: Record<DeviceFate, string> = {
  release: 'Work data leaves the phones, and Chromebooks are given back',
  lock: 'Work data leaves the phones, which are blocked, and Chromebooks are disabled',
  erase: 'Phones and Chromebooks are erased, and Chromebooks deprovisioned',
}

const afterwards: Record<DeviceFate, string> = { release: 'released', lock: 'locked', erase: 'erased' }

/** Phones hold no work data any more, and no Chromebook is this person's. */
export function devicesReleased(
  ground: GoalGround,
  subject: Holder,
  { devices: fate, waitMs, notes = {} }: AccountGoalOptions,
): AccountGoal<Devices, DeviceChange> {
  /** Nothing that is done to an account changes them, so they are read once. */
  let known: readonly string[] | undefined
  const washes = createWashes(ground, notes['devices-released'] ?? {})
  const after = afterwards[fate]
  const changesOf = ({ phones, chromebooks, unread }: Devices): DeviceChange[] => [
    ...phones
      .filter(phone => !isPhoneDone(phone) && !isPhoneAsked(phone, fate))
      .map(phone => ({
        ...{ id: `phone ${phone.resourceId}`, what: 'Devices', before: phoneName(phone), after },
        ...{ alone: true as const, once: true as const },
        act: () => treatPhone(ground, phone, fate),
      })),
    ...chromebookChanges(chromebooks, fate, after, {
      release: id => ground.devices.annotate(id, ''),
      erase: washes.ask,
    }),
    ...unreadChanges(unread, after),
  ]
  return {
    ...overApi,
    kind: 'devices-released',
    summary: summaries[fate],
    effect: 'irreversible',
    repeatable: fate !== 'erase',
    later: 'A device does it when it next calls in.',
    needs: ['user', 'phones', 'chromebooks'],
    touches: changes => [
      ...(changes.some(one => isPhone(one) || isUnread(one)) ? ['phones'] : []),
      ...(changes.some(one => !isPhone(one)) ? ['chromebooks'] : []),
    ],
    async read(moment) {
      const unread: Unread[] = []
      const addresses = known ?? addressesOf(subject, await userIn(moment, ground, subject))
      known = addresses
      const part = async <T>(what: string, name: string, ask: (unread: Unread[]) => Promise<T[]>): Promise<T[]> => {
        const none = { found: [], missed: [] }
        const { found, missed } = await readPart(unread, what, none, () =>
          moment.read(name, async () => {
            const missed: Unread[] = []
            return { found: await ask(missed), missed }
          }),
        )
        unread.push(...missed)
        return found
      }
      const [phones, chromebooks] = await Promise.all([
        part('Phones', 'phones', missed => phonesOf(ground, subject, addresses, missed)),
        part('Chromebooks', 'chromebooks', missed => chromebooksOf(ground, subject, addresses, missed, washes)),
      ])
      const found = { phones, chromebooks, unread }
      unlessHidden(openOnes(found, fate).length === 0, unread)
      return seen(found)
    },
    holds: found => openOnes(found, fate).length === 0 && found.unread.length === 0,
    waitsFor: found => openOnes(found, fate).join('; '),
    changes: changesOf,
    warnings: found =>
      fate === 'erase' && openOnes(found, fate).length > 0 ? ['Erased phones lose private data, too.'] : [],
    residual: found => residualOf(found, fate),
    take: async changes => [
      ...(await act(changes.flatMap(one => (isStatusChange(one) ? [] : [one])))).map(washes.noted),
      ...(await changeStatus(ground, changes.filter(isStatusChange), fate)),
    ],
    settlesWithin: waitMs,
    shown: ({ phones, chromebooks, unread }) => ({
      phones: phones.map(one => summaryOf(one.resourceId, phoneName(one), phoneStatus(one), one)),
      chromebooks: chromebooks.map(one => summaryOf(one.deviceId, chromebookName(one), one.status, one)),
      ...shownUnread(unread),
    }),
  }
}

function summaryOf(id: string, name: string, status: string, { lastSync }: Phone | Chromebook) {
  return { id, name, status, lastContact: lastSync ?? null }
}

/** An account that is gone leaves its devices behind: they are looked for by the address that it had. */
function addressesOf({ email }: Holder, user: GoogleUser | null): string[] {
  return [user?.primaryEmail ?? email, ...(user?.aliases ?? [])].map(one => one.toLowerCase())
}

function isPhone({ id }: DeviceChange): boolean {
  return id.startsWith('phone ')
}

/** What it still waits for, or has to ask. */
function openOnes({ phones, chromebooks }: Devices, fate: DeviceFate): string[] {
  return [
    ...phones.filter(one => !isPhoneDone(one)).map(one => heardOf(phoneName(one), one.lastSync)),
    ...chromebooks.filter(one => !isChromebookDone(one, fate)).map(one => heardOf(chromebookName(one), one.lastSync)),
  ]
}

function heardOf(name: string, lastSync: string | undefined): string {
  return `${name}, last heard of ${lastSync ?? 'never'}`
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
