import { z } from 'zod'
import { goneFor } from '../../core/absence.ts'
import { path } from '../../http/client.ts'
import { isNotFound } from './error.ts'
import {
  androidDeviceSchema,
  appleDevicesSchema,
  appleMdmsSchema,
  countSchema,
  type Device,
  deviceSchema,
} from './schemas.ts'
import type { Transport } from './transport.ts'

const anything = z.unknown()

/** Where an Apple device is in MDM. */
export interface AppleDevice {
  mdmId: string
  deviceId: string
}

export type Order = 'lock' | 'erase'

/** Devices ("systems"), and the three ways in which they are told to lock or erase. */
export interface Devices {
  /** Null when its record is gone, and the list of devices, which works, does not have it either. */
  device(id: string): Promise<Device | null>
  /** Windows and Linux: carried out when the agent next calls in. */
  order(deviceId: string, order: Order): Promise<void>
  /** The one with this serial number; undefined when MDM does not have it. */
  appleDevice(serial: string): Promise<AppleDevice | undefined>
  orderApple(device: AppleDevice, order: Order, pin: string): Promise<void>
  /** The serial number that Android management has under this id; undefined when there is none. */
  androidSerial(id: string): Promise<string | undefined>
  lockAndroid(id: string): Promise<void>
  /** For seeing whether one may: the least that can be asked of an endpoint. */
  probe(what: 'users' | 'groups' | 'devices' | 'mdm'): Promise<void>
}

export function createDevicesClient({ get, send, pages2 }: Transport): Devices {
  return {
    async device(id) {
      try {
        return await get(path`/systems/${id}`, deviceSchema)
      } catch (error) {
        if (!isNotFound(error)) throw error
        return goneFor(error, {
          async otherwise() {
            const { totalCount } = await get(path`/systems`, countSchema, { filter: `_id:$eq:${id}`, limit: 1 })
            if (totalCount > 0) throw error
            return null
          },
          showsAnybody: async () => (await get(path`/systems`, countSchema, { limit: 1 })).totalCount > 0,
        })
      }
    },

    order: (deviceId, order) =>
      // An erasure that nobody knows of is not sent twice: the device may be in other hands by then.
      send({
        method: 'POST',
        path: path`/systems/${deviceId}/command/builtin/${order}`,
        repeatable: order !== 'erase',
      }),

    async appleDevice(serial) {
      for (const { id } of await pages2(path`/v2/applemdms`, appleMdmsSchema)) {
        const query = { filter: `serialNumber:eq:${serial}`, sort: 'id' }
        const devices = await pages2(path`/v2/applemdms/${id}/devices`, appleDevicesSchema, query)
        // Filters of API 2 take wild cards, so the answer is compared.
        const found = devices.filter(one => one.serialNumber === serial)
        const [device] = found
        if (device !== undefined && found.length === 1) return { mdmId: id, deviceId: device.id }
      }
      return undefined
    },

    orderApple: ({ mdmId, deviceId }, order, pin) =>
      send({
        method: 'POST',
        path: path`/v2/applemdms/${mdmId}/devices/${deviceId}/${order}`,
        json: { pin },
        repeatable: order !== 'erase',
      }),

    async androidSerial(id) {
      try {
        const { deviceInformation } = await get(path`/v2/google-emm/devices/${id}`, androidDeviceSchema, {}, 'outside')
        return deviceInformation?.hardwareInfo?.serialNumber ?? undefined
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },

    lockAndroid: id => send({ method: 'POST', path: path`/v2/google-emm/devices/${id}/lock`, json: {} }, 'outside'),

    async probe(what) {
      const where = {
        users: path`/systemusers`,
        groups: path`/v2/groups`,
        devices: path`/systems`,
        mdm: path`/v2/applemdms`,
      }[what]
      await get(where, anything, { limit: 1 })
    },
  }
}
