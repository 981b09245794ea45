import type { DeviceFate } from '../../core/account-kinds.ts'
import { K1Error } from '../../core/errors.ts'
import type { Fleet, LeaversDevice } from './device-fleet.ts'
import type { GoalGround } from './ground.ts'

/** Locking and erasing: who gets such an order, in which way, and what has to be said about it. */
export interface Orders {
  /** Is it this device's turn? Not when others use it. */
  concerns(device: LeaversDevice): boolean
  /** Why nobody can tell whether it is its turn; undefined where it is plain. */
  whyUntold(device: LeaversDevice): string | undefined
  /** It has an order coming, or nobody can tell. */
  isOpen(device: LeaversDevice): boolean
  isAccepted(device: LeaversDevice): boolean
  /** Does it still call in? A Mac that has its order is silent. */
  callsIn(device: LeaversDevice): boolean
  /** @throws K1Error `rejected` where nobody can tell whether it is its turn, or it takes no such order; `not-set-up` */
  send(device: LeaversDevice): Promise<void>
  afterwards(name: string, fleet: Fleet): string
  warnings(fleet: Fleet): string[]
  residual(fleet: Fleet): string[]
}

/** @param wasTaken whether an earlier process had the order for this device taken */
export function createOrders(
  { client, settings }: GoalGround,
  fate: DeviceFate,
  wasTaken: (deviceId: string) => boolean,
): Orders {
  const acceptedNow = new Set<string>()
  const accepted = { has: (id: string) => acceptedNow.has(id) || wasTaken(id) }
  const concerns = ({ others, recordGone, hidden }: LeaversDevice) =>
    fate !== 'release' && others === 0 && !recordGone && hidden === undefined

  function whyUntold({ name, others, recordGone, hidden, othersHidden }: LeaversDevice): string | undefined {
    if (fate === 'release' || recordGone || (others ?? 0) > 0) return undefined
    if (others === null) return `${name} is not told to ${fate}: who else uses it could not be read. ${othersHidden}`
    return hidden === undefined ? undefined : `${name} is not told to ${fate}: its record could not be read. ${hidden}`
  }

  async function send(device: LeaversDevice): Promise<void> {
    const why = whyUntold(device)
    // What others may be working on is not locked on the chance.
    if (why !== undefined) throw new K1Error('rejected', why)
    if (fate !== 'release') await sendTo(device, fate)
  }

  async function sendTo(device: LeaversDevice, order: 'lock' | 'erase'): Promise<void> {
    if (device.kind === 'apple') await toApple(device, order)
    else if (device.kind === 'android') await toAndroid(device, order)
    else if (device.commands !== undefined && device.commands.length > 0 && !device.commands.includes(order)) {
      throw cannot(device, order, 'it does not take this command', 'Update its agent, or do it in the Admin Portal.')
    } else await client.order(device.id, order)
    acceptedNow.add(device.id)
  }

  async function toApple(device: LeaversDevice, order: 'lock' | 'erase'): Promise<void> {
    const { applePin } = settings
    if (applePin === undefined) {
      throw new K1Error('not-set-up', `${device.name} cannot be told to ${order}: no PIN is set for Macs.`, {
        hint: 'Macs ask for it afterwards, so it must be one that you know: set applePin with k1ctl connect jumpcloud.',
        facts: { setting: 'applePin', device: device.name },
      })
    }
    const apple = device.serial === '' ? undefined : await client.appleDevice(device.serial)
    if (apple === undefined) throw cannot(device, order, 'it is not enrolled in Apple MDM', 'Do it at the device.')
    await client.orderApple(apple, order, applePin)
  }

  async function toAndroid(device: LeaversDevice, order: 'lock' | 'erase'): Promise<void> {
    if (order === 'erase') {
      throw cannot(device, order, 'the API has no such call for Android', 'Admin Portal > Devices: erase it there.')
    }
    // That the id of Android management is the one in the device's record is not written anywhere: so it is checked.
    const serial = device.mdmId === undefined ? undefined : await client.androidSerial(device.mdmId)
    if (device.mdmId === undefined || serial === undefined || serial !== device.serial) {
      throw cannot(device, order, 'Android management does not know it by its serial number', 'Use the Admin Portal.')
    }
    await client.lockAndroid(device.mdmId)
  }

  return {
    concerns,
    whyUntold,
    isOpen: device => (concerns(device) && !accepted.has(device.id)) || whyUntold(device) !== undefined,
    isAccepted: device => accepted.has(device.id),
    callsIn: device => !(accepted.has(device.id) && device.kind !== 'agent'),
    send,

    afterwards(name, fleet) {
      const device = fleet.devices.find(one => one.name === name)
      if (fate === 'release' || device === undefined || !concerns(device)) return 'released'
      return fate === 'lock' ? 'released and locked' : 'released and erased'
    },

    warnings: ({ devices }) => [
      ...devices.flatMap(device => whyUntold(device) ?? []),
      ...(fate === 'release' ? devices : []).flatMap(({ name, hidden }) =>
        hidden === undefined ? [] : [`The record of ${name} could not be read: ${hidden}`],
      ),
      ...devices
        .filter(device => device.bound && device.others === 0)
        .map(({ name }) => `${name} has no other user: once unbound, nobody may be able to log in to it.`),
      ...(fate === 'erase'
        ? devices
            .filter(device => concerns(device) && device.recoveryKey === 'missing')
            .map(({ name }) => `${name} is encrypted, and JumpCloud holds no recovery key of it.`)
        : []),
      ...(fate !== 'release' &&
      settings.applePin === undefined &&
      devices.some(one => concerns(one) && one.kind === 'apple')
        ? [`Macs will be unbound, but not told to ${fate}: no applePin is set.`]
        : []),
    ],

    residual: ({ devices }) =>
      fate === 'release'
        ? []
        : devices
            .filter(({ others }) => others !== null && others > 0)
            .map(
              ({ name, others }) =>
                `${name} is not told to ${fate}: ${others === 1 ? 'one other person uses' : `${others} others use`} it.`,
            ),
  }
}

function cannot(device: LeaversDevice, order: string, why: string, hint: string): K1Error {
  return new K1Error('rejected', `${device.name} cannot be told to ${order}: ${why}.`, {
    hint,
    facts: { device: device.name },
  })
}
