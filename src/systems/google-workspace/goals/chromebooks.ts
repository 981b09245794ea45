import type { DeviceFate } from '../../../core/account-kinds.ts'
import { type Change, oneByOne, type Taken } from '../../../core/change.ts'
import { asK1Error, K1Error } from '../../../core/errors.ts'
import { readPart, type Unread } from '../../../core/unread.ts'
import type { DeviceClient } from '../device-client.ts'
import { collect } from '../paging.ts'
import type { Chromebook } from '../schemas.ts'
import type { GoalGround, Holder } from './ground.ts'

/** So many devices go into one change of status. */
const batchSize = 50

/** Between looks at a command that was issued. */
const betweenLooksMs = 1000

/**
 * Chromebooks that an administrator has noted down as this person's, by any of their addresses, each as it is now. One
 * that is nobody's any more is not asked again.
 */
export async function chromebooksOf(
  { devices, seenChromebooks }: GoalGround,
  { id }: Holder,
  addresses: readonly string[],
  unread: Unread[],
): Promise<Chromebook[]> {
  const listed = seenChromebooks.get(id) ?? (await listedUnder(devices, addresses))
  const asked = listed.map(one => readPart(unread, chromebookName(one), one, () => devices.chromebook(one.deviceId)))
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

export interface ChromebookChange extends Change {
  chromebook: Chromebook
}

export async function treatChromebooks(
  ground: GoalGround,
  changes: readonly ChromebookChange[],
  fate: DeviceFate,
  waitMs: number,
): Promise<Taken[]> {
  const { devices } = ground
  if (changes.length === 0) return []
  if (fate === 'release') {
    return [
      ...(await oneByOne<ChromebookChange>(({ chromebook: { deviceId } }) => devices.annotate(deviceId, ''))(changes)),
    ]
  }
  if (fate === 'lock') return changeStatus(ground, changes, 'DISABLE')
  // A deprovisioned Chromebook takes no more commands, so it is erased first.
  const asked = await oneByOne<ChromebookChange>(({ chromebook }) => powerwash(ground, chromebook))(changes)
  const erased = await erasedAmong(ground, changes, waitMs)
  return [...asked.filter(({ error }) => error), ...(await changeStatus(ground, erased, 'DEPROVISION'))]
}

/** Asked once a session: Google tells of a command only to who knows its id. */
async function powerwash({ devices, customerId, washes }: GoalGround, { deviceId }: Chromebook): Promise<void> {
  if (washes.has(deviceId)) return
  washes.set(deviceId, await devices.powerwash(await customerId(), deviceId))
}

/** Those that did it in time. */
async function erasedAmong(
  ground: GoalGround,
  changes: readonly ChromebookChange[],
  waitMs: number,
): Promise<ChromebookChange[]> {
  const { devices, customerId, washes, clock, signal } = ground
  const open = new Map(
    changes.flatMap(one => {
      const command = washes.get(one.chromebook.deviceId)
      return command === undefined ? [] : [[one, command] as const]
    }),
  )
  const done: ChromebookChange[] = []
  for (const end = clock.now().getTime() + waitMs; open.size > 0; await clock.sleep(betweenLooksMs, signal)) {
    for (const [change, command] of open) {
      const { state, commandResult } = await devices.command(await customerId(), change.chromebook.deviceId, command)
      if (state !== 'EXECUTED_BY_CLIENT' || commandResult?.result === 'FAILURE') continue
      open.delete(change)
      done.push(change)
    }
    if (open.size === 0 || clock.now().getTime() + betweenLooksMs > end) break
  }
  return done
}

/** One request for many, an answer for each. */
async function changeStatus(
  { devices, customerId }: GoalGround,
  changes: readonly ChromebookChange[],
  action: 'DISABLE' | 'DEPROVISION',
): Promise<Taken[]> {
  const taken: Taken[] = []
  for (let at = 0; at < changes.length; at += batchSize) {
    const some = changes.slice(at, at + batchSize)
    const ids = some.map(({ chromebook }) => chromebook.deviceId)
    try {
      const failures = await devices.changeStatus(await customerId(), ids, action)
      taken.push(
        ...some.map(({ id, chromebook }) => {
          const failure = failures.find(({ deviceId }) => deviceId === chromebook.deviceId)
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
