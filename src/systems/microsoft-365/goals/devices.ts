import type { AccountGoal } from '../../../core/account.ts'
import type { Moment } from '../../../core/moment.ts'
import { partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import { readTheirs } from '../autopilot.ts'
import { type Command, deviceCommandsFor, isAround, isLockedMac, lastResult } from '../device-commands.ts'
import { beforehand, isToDisable, nameOf, residualOf, type SeenDevices, shownDevices } from '../device-notes.ts'
import { type Devices, type ManagedDevice, readDevicesOfGone } from '../devices.ts'
import type { GoalGround, Holder } from '../ground.ts'
import { type RecoveryKeys, readRecoveryKeys } from '../recovery-keys.ts'
import { graphGoal, type Sending, type Sent, sendTogether } from '../sending.ts'
import { disableDevice, lockDevice, retireDevice, unassignAutopilot, type Write, wipeDevice } from '../write.ts'

const later = 'Intune keeps the command until the device checks in.'

/** Whatever a device was told: that it may not sign in, and is nobody's, can be said twice. */
const harmless = true as const

/** Readings that a device itself shows in. */
const shown = ['devices', 'devices of who is gone'] as const

const writes: Record<Command, (id: string) => Write> = {
  retire: retireDevice,
  wipe: wipeDevice,
  remoteLock: lockDevice,
}

/** Nothing of theirs is enrolled in Intune any more, and the device objects in Entra are disabled. */
export function devicesReleased(
  ground: GoalGround,
  { account, options, readings }: Holder,
): AccountGoal<SeenDevices, Sent> {
  const { graph, clock, connection } = ground
  const fate = { release: 'retired', lock: 'locked and retired', erase: 'erased' }[options.devices]
  const asApp = connection.credentials.kind !== 'device-code'
  const now = clock.now()
  const { sentAt, takenAt } = options
  const asked = [sentAt?.['devices-released'] ?? [], Object.values(takenAt?.['devices-released'] ?? {})].flat()
  /** Commands count from when this run first asked. */
  const since = Math.min(now.getTime(), ...asked.map(at => Date.parse(at)))

  const openIn = ({ managed }: Devices) =>
    (managed.value ?? []).filter(device => !isLockedMac(device, options.devices, since))
  const toDisable = ({ registered }: Devices) => (registered.value ?? []).filter(one => isToDisable(one, asApp))
  const givenBy = ({ autopilot }: Devices) => autopilot?.value ?? []
  const isClean = (devices: Devices) =>
    openIn(devices).length + toDisable(devices).length + givenBy(devices).length === 0
  /** They do not change with what is done here. */
  let recovery: Promise<RecoveryKeys[]> | undefined

  /** What else is asked of these devices: Autopilot where that is wanted, and keys unless all is erased. */
  async function withMore(moment: Moment, devices: Devices): Promise<SeenDevices> {
    if (options.devices !== 'erase') recovery ??= readRecoveryKeys(graph, devices)
    const givenTo = async () => readTheirs(graph, await ground.autopilot(), account.login, devices)
    const autopilot = connection.unassignsAutopilot
      ? { autopilot: await partOf(moment.read('autopilot', givenTo)) }
      : {}
    return { ...devices, ...autopilot, recovery: (await recovery) ?? [] }
  }

  return graphGoal<SeenDevices>(graph, {
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
        return { id, what: 'Devices in Entra', name: displayName ?? id, without: 'disabled', take, harmless }
      }),
      ...givenBy(devices).map(({ id, serialNumber }) => ({
        id: `autopilot ${id}`,
        what: 'Autopilot',
        name: serialNumber || id,
        without: 'nobody',
        take: () => unassignAutopilot(id),
        harmless,
        shows: [...shown, 'autopilot'],
      })),
    ],
    warnings: devices => beforehand(devices, options.devices, since),
    residual: devices => residualOf(devices, options.devices, asApp, since),
    // A device that has been silent for long is not waited for: it may never come.
    comesLater: devices =>
      toDisable(devices).length + givenBy(devices).length === 0 &&
      !openIn(devices).some(one => isAround(one, clock.now())),
    shown: shownDevices,
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
      // A command that came to nothing may be given again.
      const once = lastResult(device, command, since) === undefined || undefined
      const told = { what: 'Devices in Intune', name: nameOf(device), without: fate }
      const alone = command === 'wipe' || undefined
      return { id: `${device.id} ${command}`, ...told, take, once, alone }
    })
  }
}
