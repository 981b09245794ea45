import type { DeviceFate } from '../../core/account-kinds.ts'
import type { Change, Taken } from '../../core/change.ts'
import { asK1Error, K1Error } from '../../core/errors.ts'
import type { Act } from '../../core/things.ts'
import { readPart, type Unread } from '../../core/unread.ts'
import type { DeviceClient } from './device-client.ts'
import type { GoalGround, Holder } from './ground.ts'
import { collect } from './paging.ts'
import type { Chromebook } from './schemas.ts'

/** So many devices go into one change of status. */
const batchSize = 50

/** `erased`: whether it did what this run asked of it; absent where it was not asked, or never will. */
export interface SeenChromebook extends Chromebook {
  erased?: boolean | undefined
}

/**
 * Chromebooks that an administrator has noted down as this person's, by any of their addresses, each as it is now. One
 * that is nobody's any more is not asked again.
 */
export async function chromebooksOf(
  { devices, seenChromebooks }: GoalGround,
  { id }: Holder,
  addresses: readonly string[],
  unread: Unread[],
  washes: Washes,
): Promise<SeenChromebook[]> {
  const listed = seenChromebooks.get(id) ?? (await listedUnder(devices, addresses))
  const asked = listed.map(one =>
    readPart(unread, chromebookName(one), one, async (): Promise<SeenChromebook | null> => {
      const now = await devices.chromebook(one.deviceId)
      return now && { ...now, erased: await washes.isDone(now) }
    }),
  )
  const found = (await Promise.all(asked)).filter(one => one !== null).filter(one => isNotedFor(one, addresses))
  seenChromebooks.set(id, found)
  return found.filter(one => !unread.some(({ what }) => what === chromebookName(one)))
}

async function listedUnder(devices: DeviceClient, addresses: readonly string[]): Promise<Chromebook[]> {
  const pages = await Promise.all(addresses.map(address => collect(devices.chromebooks(`user:${address}`))))
  return [...new Map(pages.flat().map(one => [one.deviceId, one])).values()]
}

function isNotedFor({ annotatedUser = '' }: Chromebook, addresses: readonly string[]): boolean {
  return addresses.includes(annotatedUser.trim().toLowerCase())
}

export function chromebookName({ model, serialNumber, deviceId }: Chromebook): string {
  return `${model || 'Chromebook'} (${serialNumber || deviceId})`
}

/** Released ones are nobody's, so that they are not found any more. */
export function isChromebookDone({ status }: Chromebook, fate: DeviceFate): boolean {
  if (fate === 'release') return false
  return status === 'DEPROVISIONED' || (fate === 'lock' && status === 'DISABLED')
}

/** Erasing Chromebooks. Google tells of a command only to who knows its id, so that is noted. */
export interface Washes {
  ask(deviceId: string): Promise<void>
  isDone(chromebook: Chromebook): Promise<boolean | undefined>
  /** With the id of the command, where a change was taken that asked for one. */
  noted(taken: Taken): Taken
}

const idOf = (deviceId: string) => `erase ${deviceId}`

/** @param notes of an earlier process, by id of the change */
export function createWashes({ devices, customerId }: GoalGround, notes: Readonly<Record<string, string>>): Washes {
  const commands = new Map(Object.entries(notes))
  return {
    async ask(deviceId) {
      commands.set(idOf(deviceId), await devices.powerwash(await customerId(), deviceId))
    },
    /** Commands expire, and an executed one may have failed (Admin SDK, `DirectoryChromeosdevicesCommand`). */
    async isDone({ deviceId, status }) {
      const command = commands.get(idOf(deviceId))
      if (command === undefined || status === 'DEPROVISIONED') return undefined
      const { state, commandResult } = await devices.command(await customerId(), deviceId, command)
      if (state === 'EXPIRED' || state === 'CANCELLED') return undefined
      if (state !== 'EXECUTED_BY_CLIENT') return false
      return (commandResult?.result ?? 'SUCCESS') === 'SUCCESS' ? true : undefined
    },
    noted(taken) {
      const note = taken.error ? undefined : commands.get(taken.id)
      return note === undefined ? taken : { ...taken, note }
    },
  }
}

/** Such ones go into one request. */
export interface StatusChange extends Change {
  deviceId: string
}

export function isStatusChange(change: Change): change is StatusChange {
  return 'deviceId' in change
}

/** What each Chromebook still needs. A deprovisioned one takes no more commands, so it is erased first. */
export function chromebookChanges(
  chromebooks: readonly SeenChromebook[],
  fate: DeviceFate,
  after: string,
  send: Record<'release' | 'erase', (deviceId: string) => Promise<void>>,
): (Act | StatusChange)[] {
  const open = chromebooks.filter(one => !isChromebookDone(one, fate))
  const isAnyBusy = open.some(({ erased }) => erased === false)
  return open.map((one): Act | StatusChange => {
    const { deviceId, erased } = one
    const change = { id: `chromebook ${deviceId}`, what: 'Devices', before: chromebookName(one), after }
    if (fate === 'release') return { ...change, act: () => send.release(deviceId) }
    if (fate === 'lock') return { ...change, deviceId }
    if (erased === undefined) {
      return { ...change, id: idOf(deviceId), of: change.id, alone: true, act: () => send.erase(deviceId) }
    }
    const waits = erased ? (isAnyBusy ? ({ waits: 'until-over' } as const) : {}) : ({ waits: 'until-ready' } as const)
    return { ...change, deviceId, again: true, ...waits }
  })
}

/** One request for many, an answer for each. */
export async function changeStatus(
  { devices, customerId }: GoalGround,
  changes: readonly StatusChange[],
  fate: DeviceFate,
): Promise<Taken[]> {
  const action = fate === 'lock' ? 'DISABLE' : 'DEPROVISION'
  const taken: Taken[] = []
  for (let at = 0; at < changes.length; at += batchSize) {
    const some = changes.slice(at, at + batchSize)
    const ids = some.map(({ deviceId }) => deviceId)
    try {
      const failures = await devices.changeStatus(await customerId(), ids, action)
      taken.push(
        ...some.map(({ id, deviceId }) => {
          const failure = failures.find(one => one.deviceId === deviceId)
          return failure === undefined ? { id } : { id, error: notDone(action, failure.message) }
        }),
      )
    } catch (thrown) {
      const error = asK1Error(thrown)
      if (error.kind === 'cancelled') throw error
      taken.push(...some.map(({ id }) => ({ id, error })))
    }
  }
  return taken
}

function notDone(action: string, why: string): K1Error {
  return new K1Error('rejected', `Google Workspace did not ${action.toLowerCase()} a Chromebook: ${why}.`)
}
