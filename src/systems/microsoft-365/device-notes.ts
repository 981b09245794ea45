import type { DeviceFate } from '../../core/account-kinds.ts'
import { listInPart } from '../../core/parts.ts'
import { canLock, deviceCommandsFor, isMac, isPersonalDevice, isWindows, lastResult } from './device-commands.ts'
import type { Devices, ManagedDevice, RegisteredDevice } from './devices.ts'
import { lackingKeys, type RecoveryKeys } from './recovery-keys.ts'

export interface SeenDevices extends Devices {
  recovery: RecoveryKeys[]
}

/** What a person should know before saying yes. @param since commands count from then */
export function beforehand({ managed, recovery }: SeenDevices, fate: DeviceFate, since: number): string[] {
  return [
    ...lackingKeys(recovery),
    ...(fate === 'erase' && managed.value?.some(isPersonalDevice)
      ? ['Personal devices are not erased: company data is removed from them.']
      : []),
    ...(managed.value?.some(one => isWindows(one) && deviceCommandsFor(one, fate, since).includes('retire'))
      ? ['A Windows PC that was joined to Entra can be entered by local accounts only once it is retired.']
      : []),
  ]
}

export function nameOf({ deviceName, id }: ManagedDevice): string {
  return deviceName ?? id
}

/**
 * A device that comes from Active Directory is disabled there, and one that is not a Windows one by a person: an app may
 * change no more of it than extension attributes (learn.microsoft.com/graph/api/device-update).
 */
export function isToDisable(device: RegisteredDevice, asApp: boolean): boolean {
  return device.accountEnabled !== false && device.onPremisesSyncEnabled !== true && !isForPeople(device, asApp)
}

function isForPeople(device: RegisteredDevice, asApp: boolean): boolean {
  return asApp && Boolean(device.operatingSystem) && !isWindows(device)
}

/** What is written down of them. */
export function shownDevices({ managed, registered, autopilot, recovery, gone }: SeenDevices) {
  return {
    ...(recovery.length > 0 ? { recoveryKeys: recovery } : {}),
    ...(autopilot
      ? { autopilot: listInPart(autopilot, ({ id, serialNumber }) => ({ id, serial: serialNumber ?? '' })) }
      : {}),
    managed: listInPart(managed, device => ({
      id: device.id,
      name: nameOf(device),
      system: device.operatingSystem ?? '',
      owner: device.managedDeviceOwnerType ?? 'unknown',
      lastContact: device.lastSyncDateTime ?? null,
      state: device.managementState ?? null,
      actions: (device.deviceActionResults ?? []).map(one => `${one.actionName ?? '?'}: ${one.actionState ?? '?'}`),
    })),
    registered: listInPart(registered, ({ id, displayName, accountEnabled }) => ({
      id,
      name: displayName ?? id,
      enabled: accountEnabled !== false,
    })),
    ...(gone ? { accountGone: true } : {}),
  }
}

/** What remains to be done for a person, or to be known: sentences. */
export function residualOf(devices: SeenDevices, fate: DeviceFate, asApp: boolean, since: number): string[] {
  const { value: managed = [] } = devices.managed
  const { value: registered = [] } = devices.registered
  const enabled = registered.filter(({ accountEnabled }) => accountEnabled !== false)
  return [
    ...(devices.gone ? ['The account is gone, and with it the list of devices that were registered in Entra.'] : []),
    ...enabled
      .filter(one => one.onPremisesSyncEnabled)
      .map(
        ({ displayName, id }) => `The device "${displayName ?? id}" is synced from Active Directory: disable it there.`,
      ),
    ...enabled
      .filter(one => !one.onPremisesSyncEnabled && isForPeople(one, asApp))
      .map(
        ({ displayName, id, operatingSystem }) =>
          `An app may disable Windows devices only: disable "${displayName ?? id}" (${operatingSystem}) in the Entra admin center.`,
      ),
    ...managed.flatMap(device => deviceNotes(device, fate, since)),
    ...lackingKeys(devices.recovery),
  ]
}

function deviceNotes(device: ManagedDevice, fate: DeviceFate, since: number): string[] {
  const name = nameOf(device)
  const undated = (['retire', 'wipe'] as const).filter(command => lastResult(device, command, since)?.undated)
  return [
    ...(fate === 'lock' && !canLock(device) ? [`Intune cannot lock "${name}": it is only retired.`] : []),
    ...(fate === 'lock' && isMac(device)
      ? [
          `The Mac "${name}" is locked and stays in Intune, which shows the PIN until the next command: note it, then retire the Mac there.`,
        ]
      : []),
    ...undated.map(
      command => `Intune says that "${name}" was asked to ${command} and that it was done, but not when: look there.`,
    ),
  ]
}
