import type { DeviceFate } from '../../../core/account-kinds.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { waitFor } from '../../../http/wait-for.ts'
import { type Devices, type ManagedDevice, readDevices, stateOf, wasAsked } from '../devices.ts'
import { disableDevice, lockDevice, retireDevice, type Write, wipeDevice } from '../write.ts'
import { type Ground, gone, type Subject, standing } from './ground.ts'

const later = 'Intune keeps the command until the device checks in.'

/** Nothing of theirs is enrolled in Intune any more, and the device objects in Entra are disabled. */
export function devicesReleased(ground: Ground, subject: Subject, before: Devices | undefined): AccountGoal {
  const { account, options } = subject
  const { clock, signal } = ground
  const look = async (): Promise<Standing> => {
    if ((await ground.users.user(account.id)) === null) return gone
    const devices = await readDevices(ground.graph, account.id)
    const enabled = (devices.registered ?? []).filter(isToDisable)
    const open = devices.managed.filter(device => !isLockedMac(device, options.devices))
    const waitsFor = open.map(one => `${one.deviceName ?? one.id}, last heard of ${one.lastSyncDateTime ?? 'never'}`)
    const found = standing(open.length + enabled.length === 0, readingOf(devices))
    return found.state === 'not-yet' && waitsFor.length > 0 ? { ...found, waitsFor: waitsFor.join('; ') } : found
  }
  const managed = before?.managed ?? []
  const residual = residualOf(before, options.devices)
  const fate = { release: 'retired', lock: 'locked and retired', erase: 'erased' }[options.devices]
  return {
    kind: 'devices-released',
    reach: 'api',
    summary: `Devices are ${fate}`,
    effect: 'irreversible',
    // What was sent shows on the device itself; an erasure is not sent again even so.
    repeatable: options.devices !== 'erase',
    after: [],
    ...(managed.length > 0 || before === undefined ? { later } : {}),
    differences: differencesOf(before, fate),
    warnings:
      options.devices === 'erase' && managed.some(isPersonal)
        ? ['Personal devices are not erased: company data is removed from them.']
        : [],
    ...(residual.length === 0 ? {} : { residual }),
    look,
    async bring() {
      await send(ground, account.id, options.devices)
      // A device that has been silent for long is not waited for: it may never come.
      const answered = async () => {
        const { managed } = await readDevices(ground.graph, account.id)
        const open = managed.filter(device => !isLockedMac(device, options.devices))
        return standing(!open.some(device => isAround(device, clock.now())), {})
      }
      await waitFor(answered, { clock, signal, waitMs: options.waitMs })
    },
  }
}

/** One by one, and each only once: after a lost answer the device itself shows whether it was asked. */
async function send({ graph }: Ground, userId: string, fate: DeviceFate): Promise<void> {
  const { managed, registered } = await readDevices(graph, userId)
  for (const device of managed) for (const write of ordersFor(device, fate)) await graph.write(write)
  // Behind the commands: a device that cannot sign in may not fetch them.
  for (const { id } of (registered ?? []).filter(isToDisable)) await graph.write(disableDevice(id))
}

function ordersFor(device: ManagedDevice, fate: DeviceFate): Write[] {
  // A wipe that is under way does all that a retirement would.
  if (wasAsked(device, 'wipe')) return []
  if (fate === 'erase' && !isPersonal(device)) return [wipeDevice(device.id)]
  const lock = fate === 'lock' && canLock(device) && !wasAsked(device, 'remoteLock') ? [lockDevice(device.id)] : []
  if (fate === 'lock' && isMac(device)) return lock
  return wasAsked(device, 'retire') ? lock : [...lock, retireDevice(device.id)]
}

/** Intune devices check in every eight hours. */
function isAround({ lastSyncDateTime }: ManagedDevice, now: Date): boolean {
  const last = Date.parse(lastSyncDateTime ?? '')
  return !Number.isNaN(last) && now.getTime() - last < 24 * 3_600_000
}

function isPersonal({ managedDeviceOwnerType }: ManagedDevice): boolean {
  return managedDeviceOwnerType === 'personal'
}

function isMac({ operatingSystem }: ManagedDevice): boolean {
  return /^mac/i.test(operatingSystem ?? '')
}

/**
 * A Mac is locked with a PIN that Intune shows only until the next command: one that is locked is not retired, or nobody
 * could open it again (learn.microsoft.com/intune/intune-service/remote-actions/device-remote-lock).
 */
function isLockedMac(device: ManagedDevice, fate: DeviceFate): boolean {
  return fate === 'lock' && isMac(device) && stateOf(device, 'remoteLock') === 'done'
}

/** Intune locks phones, tablets and Macs, not Windows or Linux. */
function canLock({ operatingSystem }: ManagedDevice): boolean {
  return !/windows|linux/i.test(operatingSystem ?? '')
}

/** A device that comes from Active Directory is disabled there. */
function isToDisable(device: {
  accountEnabled?: boolean | null | undefined
  onPremisesSyncEnabled?: boolean | null | undefined
}): boolean {
  return device.accountEnabled !== false && device.onPremisesSyncEnabled !== true
}

function readingOf({ managed, registered }: Devices) {
  return {
    managed: managed.map(device => ({
      id: device.id,
      name: device.deviceName ?? device.id,
      system: device.operatingSystem ?? '',
      owner: device.managedDeviceOwnerType ?? 'unknown',
      lastContact: device.lastSyncDateTime ?? null,
      state: device.managementState ?? null,
      actions: (device.deviceActionResults ?? []).map(one => `${one.actionName ?? '?'}: ${one.actionState ?? '?'}`),
    })),
    registered:
      registered?.map(({ id, displayName, accountEnabled }) => ({
        id,
        name: displayName ?? id,
        enabled: accountEnabled !== false,
      })) ?? null,
  }
}

function differencesOf(before: Devices | undefined, fate: string) {
  const names = (before?.managed ?? []).map(({ deviceName, id }) => deviceName ?? id)
  const enabled = (before?.registered ?? []).filter(isToDisable).map(({ displayName, id }) => displayName ?? id)
  return [
    ...(names.length === 0 ? [] : [{ what: 'Devices in Intune', before: names.join(', '), after: fate }]),
    ...(enabled.length === 0 ? [] : [{ what: 'Devices in Entra', before: enabled.join(', '), after: 'disabled' }]),
  ]
}

function residualOf(before: Devices | undefined, fate: DeviceFate): string[] {
  if (before === undefined) return []
  const synced = (before.registered ?? []).filter(one => one.onPremisesSyncEnabled)
  const unlockable = fate === 'lock' ? before.managed.filter(device => !canLock(device)) : []
  const macs = fate === 'lock' ? before.managed.filter(isMac) : []
  return [
    ...(before.registered === null
      ? ['Which devices are registered in Entra could not be read: disable them in the Entra admin center.']
      : []),
    ...synced.map(
      ({ displayName, id }) => `The device "${displayName ?? id}" is synced from Active Directory: disable it there.`,
    ),
    ...unlockable.map(({ deviceName, id }) => `Intune cannot lock "${deviceName ?? id}": it is only retired.`),
    ...macs.map(
      ({ deviceName, id }) =>
        `The Mac "${deviceName ?? id}" is locked and stays in Intune, which shows the PIN until the next command: note it, then retire the Mac there.`,
    ),
  ]
}
