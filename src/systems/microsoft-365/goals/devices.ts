import type { AccountGoal } from '../../../core/account.ts'
import type { Moment } from '../../../core/moment.ts'
import { listInPart, partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import { readTheirs } from '../autopilot.ts'
import {
  type Command,
  canLock,
  deviceCommandsFor,
  isAround,
  isLockedMac,
  isMac,
  isPersonalDevice,
  isWindows,
  lastResult,
} from '../device-commands.ts'
import { type Devices, type ManagedDevice, type RegisteredDevice, readDevicesOfGone } from '../devices.ts'
import { lackingKeys, type RecoveryKeys, readRecoveryKeys } from '../recovery-keys.ts'
import { disableDevice, lockDevice, retireDevice, unassignAutopilot, type Write, wipeDevice } from '../write.ts'
import { type GoalGround, graphGoal, type Holder, type Sending, type Sent, sendTogether } from './ground.ts'

const later = 'Intune keeps the command until the device checks in.'

/** Readings that a device itself shows in. */
const shown = ['devices', 'devices of who is gone'] as const

const writes: Record<Command, (id: string) => Write> = {
  retire: retireDevice,
  wipe: wipeDevice,
  remoteLock: lockDevice,
}

interface Seen extends Devices {
  recovery: RecoveryKeys[]
}

/** Nothing of theirs is enrolled in Intune any more, and the device objects in Entra are disabled. */
export function devicesReleased(ground: GoalGround, { account, options, readings }: Holder): AccountGoal<Seen, Sent> {
  const { graph, clock, connection } = ground
  const fate = { release: 'retired', lock: 'locked and retired', erase: 'erased' }[options.devices]
  const asApp = connection.credentials.kind !== 'device-code'
  const now = clock.now()
  /** Commands count from when this run asked. */
  const since = Math.min(now.getTime(), Date.parse(options.sentAt?.['devices-released'] ?? now.toISOString()))

  const openIn = ({ managed }: Devices) =>
    (managed.value ?? []).filter(device => !isLockedMac(device, options.devices, since))
  const toDisable = ({ registered }: Devices) => (registered.value ?? []).filter(one => isToDisable(one, asApp))
  const givenBy = ({ autopilot }: Devices) => autopilot?.value ?? []
  const isClean = (devices: Devices) =>
    openIn(devices).length + toDisable(devices).length + givenBy(devices).length === 0
  /** They do not change with what is done here. */
  let recovery: Promise<RecoveryKeys[]> | undefined

  /** What else is asked of these devices: Autopilot where that is wanted, and keys unless all is erased. */
  async function withMore(moment: Moment, devices: Devices): Promise<Seen> {
    if (options.devices !== 'erase') recovery ??= readRecoveryKeys(graph, devices)
    const autopilot = connection.unassignsAutopilot
      ? { autopilot: await partOf(moment.read('autopilot', () => givenTo(devices))) }
      : {}
    return { ...devices, ...autopilot, recovery: (await recovery) ?? [] }
  }

  async function givenTo({ managed, registered }: Devices) {
    return readTheirs(graph, await ground.autopilot(), account.login, {
      managed: new Set((managed.value ?? []).map(one => one.id)),
      registered: new Set((registered.value ?? []).flatMap(one => one.deviceId ?? [])),
    })
  }

  return graphGoal<Seen>(graph, {
    kind: 'devices-released',
    summary: `Devices are ${fate}`,
    // What was sent shows on the device itself; an erasure is not sent again even so.
    repeatable: options.devices !== 'erase',
    later,
    needs: ['user', 'devices', 'devices of who is gone', 'autopilot'],
    shows: shown,
    comesIn: devices => [...shown, ...(givenBy(devices).length > 0 ? ['autopilot'] : [])],
    async read(moment) {
      const found = await readings.below(async () => seen(await readings.devices(moment)))
      if (found.state === 'unseen') return found
      const devices =
        found.state === 'seen'
          ? found.value
          : await moment.read('devices of who is gone', () => readDevicesOfGone(graph, account.id))
      return seen(await withMore(moment, devices))
    },
    parts: ({ managed, registered, autopilot }) => ({
      'What is enrolled in Intune': managed,
      'What is registered in Entra': registered,
      'What Windows Autopilot gives to them': autopilot,
    }),
    holds: isClean,
    waitsFor: devices => {
      const names = openIn(devices).map(one => `${nameOf(one)}, last heard of ${one.lastSyncDateTime ?? 'never'}`)
      return names.length === 0 ? undefined : names.join('; ')
    },
    things: devices => [
      ...openIn(devices).flatMap(commandThings),
      ...toDisable(devices).map(({ id, displayName }) => {
        const take = () => disableDevice(id)
        return { id, what: 'Devices in Entra', name: displayName ?? id, without: 'disabled', take }
      }),
      ...givenBy(devices).map(({ id, serialNumber }) => {
        const take = () => unassignAutopilot(id)
        const name = serialNumber || id
        return {
          id: `autopilot ${id}`,
          what: 'Autopilot',
          name,
          without: 'nobody',
          take,
          shows: [...shown, 'autopilot'],
        }
      }),
    ],
    warnings: ({ managed, recovery }) => [
      ...lackingKeys(recovery),
      ...(options.devices === 'erase' && managed.value?.some(isPersonalDevice)
        ? ['Personal devices are not erased: company data is removed from them.']
        : []),
      ...(managed.value?.some(
        one => isWindows(one) && deviceCommandsFor(one, options.devices, since).includes('retire'),
      )
        ? ['A Windows PC that was joined to Entra can be entered by local accounts only once it is retired.']
        : []),
    ],
    residual: devices => [...residualOf(devices, options.devices, asApp, since), ...lackingKeys(devices.recovery)],
    // A device that has been silent for long is not waited for: it may never come.
    comesLater: devices =>
      toDisable(devices).length + givenBy(devices).length === 0 &&
      !openIn(devices).some(one => isAround(one, clock.now())),
    shown: shownOf,
    async take(changes) {
      const commands = changes.filter(({ what }) => what === 'Devices in Intune')
      const others = changes.filter(one => !commands.includes(one))
      // Behind the commands: a device that cannot sign in may not fetch them.
      return [...(await sendTogether(graph, commands)), ...(await sendTogether(graph, others))]
    },
    settlesWithin: options.waitMs,
  })

  /** Each goes only once: after a lost answer the device itself shows whether it was asked. */
  function commandThings(device: ManagedDevice): Thing<Sending>[] {
    return deviceCommandsFor(device, options.devices, since).map(command => {
      const take = { ask: () => graph.write(writes[command](device.id)) }
      return { id: `${device.id} ${command}`, what: 'Devices in Intune', name: nameOf(device), without: fate, take }
    })
  }
}

function nameOf({ deviceName, id }: ManagedDevice): string {
  return deviceName ?? id
}

/**
 * A device that comes from Active Directory is disabled there, and one that is not a Windows one by a person: an app may
 * change no more of it than extension attributes (learn.microsoft.com/graph/api/device-update).
 */
function isToDisable(device: RegisteredDevice, asApp: boolean): boolean {
  return device.accountEnabled !== false && device.onPremisesSyncEnabled !== true && !isForPeople(device, asApp)
}

function isForPeople(device: RegisteredDevice, asApp: boolean): boolean {
  return asApp && Boolean(device.operatingSystem) && !isWindows(device)
}

function shownOf({ managed, registered, autopilot, recovery, gone }: Seen) {
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

function residualOf(devices: Devices, fate: 'release' | 'lock' | 'erase', asApp: boolean, since: number): string[] {
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
  ]
}

function deviceNotes(device: ManagedDevice, fate: 'release' | 'lock' | 'erase', since: number): string[] {
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
