import type { DeviceFate } from '../../core/account-kinds.ts'
import type { ManagedDevice } from './devices.ts'

export type Command = 'retire' | 'wipe' | 'remoteLock'

type Result = NonNullable<ManagedDevice['deviceActionResults']>[number]

/** Clocks differ, and Intune writes whole seconds. */
const skewMs = 600_000

/**
 * What the last of these commands came to. A result from before the device was enrolled is history; so is a retirement or
 * a wipe that was done before this run began: whatever is still enrolled was enrolled again. `undated`: nothing tells
 * when it was.
 */
export function lastResult(
  device: ManagedDevice,
  command: Command,
  since: number,
): { state: string; undated: boolean } | undefined {
  const last = (device.deviceActionResults ?? []).filter(one => isOf(one, command)).at(-1)
  if (last === undefined) return undefined
  const state = last.actionState ?? 'none'
  const at = timeOf(last)
  if (at === undefined) return { state, undated: state === 'done' }
  const enrolled = Date.parse(device.enrolledDateTime ?? '')
  if (!Number.isNaN(enrolled) && at < enrolled) return undefined
  const isOver = state === 'done' && command !== 'remoteLock' && at < since - skewMs
  return isOver ? undefined : { state, undated: false }
}

function isOf({ actionName }: Result, command: Command): boolean {
  return actionName?.toLowerCase() === command.toLowerCase()
}

function timeOf({ startDateTime, lastUpdatedDateTime }: Result): number | undefined {
  const times = [startDateTime, lastUpdatedDateTime]
    .map(time => Date.parse(time ?? ''))
    .filter(time => !Number.isNaN(time))
  return times.length === 0 ? undefined : Math.max(...times)
}

const underWay = new Set(['none', 'pending', 'active', 'done'])

/** Was this asked of the device, and not turned down since? Then it is not asked again. */
export function wasAsked(device: ManagedDevice, command: Command, since: number): boolean {
  if (new RegExp(`^${command}(?:Pending|Issued)$`, 'i').test(device.managementState ?? '')) return true
  const last = lastResult(device, command, since)
  return last !== undefined && underWay.has(last.state)
}

/** What is still to be asked of a device, in this order. */
export function deviceCommandsFor(device: ManagedDevice, fate: DeviceFate, since: number): Command[] {
  // A wipe that is under way does all that a retirement would.
  if (wasAsked(device, 'wipe', since)) return []
  if (fate === 'erase' && !isPersonalDevice(device)) return ['wipe']
  const lock = fate === 'lock' && canLock(device) && !wasAsked(device, 'remoteLock', since)
  const locked: Command[] = lock ? ['remoteLock'] : []
  if (fate === 'lock' && isMac(device)) return locked
  return wasAsked(device, 'retire', since) ? locked : [...locked, 'retire']
}

/** Intune devices check in every eight hours. */
export function isAround({ lastSyncDateTime }: ManagedDevice, now: Date): boolean {
  const last = Date.parse(lastSyncDateTime ?? '')
  return !Number.isNaN(last) && now.getTime() - last < 24 * 3_600_000
}

export function isPersonalDevice({ managedDeviceOwnerType }: ManagedDevice): boolean {
  return managedDeviceOwnerType === 'personal'
}

export function isMac({ operatingSystem }: ManagedDevice): boolean {
  return /^mac/i.test(operatingSystem ?? '')
}

export function isWindows({ operatingSystem }: { operatingSystem?: string | null | undefined }): boolean {
  return /^windows/i.test(operatingSystem ?? '')
}

/**
 * A Mac is locked with a PIN that Intune shows only until the next command: one that is locked is not retired, or nobody
 * could open it again (learn.microsoft.com/intune/intune-service/remote-actions/device-remote-lock).
 */
export function isLockedMac(device: ManagedDevice, fate: DeviceFate, since: number): boolean {
  return fate === 'lock' && isMac(device) && lastResult(device, 'remoteLock', since)?.state === 'done'
}

/** Intune locks phones, tablets and Macs, not Windows or Linux. */
export function canLock({ operatingSystem }: ManagedDevice): boolean {
  return !/windows|linux/i.test(operatingSystem ?? '')
}
