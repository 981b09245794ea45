import { z } from 'zod'
import { partOf } from '../../core/parts.ts'
import { path } from '../../http/client.ts'
import { isWindows } from './device-commands.ts'
import type { Devices } from './devices.ts'
import type { Graph } from './graph.ts'
import { odataQuoted } from './users.ts'

/** The key itself is not in a list, and is never asked for: asking for one is audited as reading it. */
const keySchema = z.object({ id: z.string().min(1), deviceId: z.string().nullish() })

/** How many BitLocker recovery keys Entra has of a device; null: that was not shown. */
export interface RecoveryKeys {
  device: string
  keys: number | null
}

/** Of the Windows devices of one person. Whatever fails here fails nothing else. */
export async function readRecoveryKeys(graph: Graph, { managed, registered }: Devices): Promise<RecoveryKeys[]> {
  const known = [
    ...(managed.value ?? []).filter(isWindows).map(one => [one.azureADDeviceId, one.deviceName ?? one.id] as const),
    ...(registered.value ?? []).filter(isWindows).map(one => [one.deviceId, one.displayName ?? one.id] as const),
  ]
  const byId = new Map(known.flatMap(([id, name]) => (id ? [[id, name] as const] : [])))
  return Promise.all(
    [...byId].map(async ([id, device]) => ({ device, keys: (await partOf(count(graph, id))).value ?? null })),
  )
}

/** Not in a batch: its page wants to know who asks, in a header. @param deviceId not of the object in Entra */
async function count(graph: Graph, deviceId: string): Promise<number> {
  const where = path`/informationProtection/bitlocker/recoveryKeys`
  const query = { $filter: `deviceId eq ${odataQuoted(deviceId)}` }
  const found = await graph.list(where, keySchema, query, { 'ocp-client-name': 'k1ctl' })
  return found.filter(one => one.deviceId === deviceId).length
}

/** What a person should know before a device is retired: sentences. */
export function lackingKeys(found: readonly RecoveryKeys[]): string[] {
  return found.flatMap(({ device, keys }) => {
    if (keys === null)
      return [
        `Whether Entra has a BitLocker recovery key of "${device}" could not be read (BitlockerKey.ReadBasic.All).`,
      ]
    return keys > 0 ? [] : [`Entra has no BitLocker recovery key of "${device}".`]
  })
}
