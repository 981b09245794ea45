import { z } from 'zod'
import { isK1Error } from '../../core/errors.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import { hasNoIntune } from './graph-error.ts'

const listedSchema = z.object({ id: z.string().min(1), userId: z.string().nullish() })

/** What is used of a device in Intune (learn.microsoft.com/graph/api/resources/intune-devices-manageddevice). */
const managedSchema = z.object({
  id: z.string().min(1),
  deviceName: z.string().nullish(),
  operatingSystem: z.string().nullish(),
  managedDeviceOwnerType: z.string().nullish(),
  managementState: z.string().nullish(),
  lastSyncDateTime: z.string().nullish(),
  deviceActionResults: z
    .array(z.object({ actionName: z.string().nullish(), actionState: z.string().nullish() }))
    .nullish(),
})

export type ManagedDevice = z.infer<typeof managedSchema>

const registeredSchema = z.object({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
})

export type Command = 'retire' | 'wipe' | 'remoteLock'

export type RegisteredDevice = z.infer<typeof registeredSchema>

export interface Devices {
  /** Enrolled in Intune. */
  managed: ManagedDevice[]
  /** Known to Entra; null where the credential may not read them. */
  registered: RegisteredDevice[] | null
}

export async function readDevices(graph: Graph, userId: string): Promise<Devices> {
  const [managed, registered] = await Promise.all([readManaged(graph, userId), readRegistered(graph, userId)])
  return { managed, registered }
}

async function readManaged(graph: Graph, userId: string): Promise<ManagedDevice[]> {
  try {
    const query = { $select: Object.keys(listedSchema.shape).join(',') }
    const listed = await graph.list(path`/users/${userId}/managedDevices`, listedSchema, query)
    // A filter that Intune does not understand lists everybody's devices: only what names this person is theirs.
    const theirs = listed.filter(one => one.userId === userId)
    if (theirs.length === 0) return []
    // What was asked of a device is only given with the device itself.
    const whole = theirs.map(({ id }) => path`/deviceManagement/managedDevices/${id}`)
    const details = await graph.getAll(whole, managedSchema, { $select: Object.keys(managedSchema.shape).join(',') })
    return details.filter(one => one !== null)
  } catch (error) {
    if (hasNoIntune(error)) return []
    throw error
  }
}

async function readRegistered(graph: Graph, userId: string): Promise<RegisteredDevice[] | null> {
  try {
    return await graph.list(path`/users/${userId}/registeredDevices`, registeredSchema)
  } catch (error) {
    // Documented for delegated permissions only; with an application's it works in some tenants.
    if (isK1Error(error) && error.kind === 'forbidden') return null
    throw error
  }
}

/** What the last of these commands came to; undefined where it was never sent. */
export function stateOf(device: ManagedDevice, action: Command): string | undefined {
  const results = (device.deviceActionResults ?? []).filter(
    one => one.actionName?.toLowerCase() === action.toLowerCase(),
  )
  const last = results.at(-1)
  return last && (last.actionState ?? 'none')
}

const underWay = new Set(['none', 'pending', 'active', 'done'])

/** Was this asked of the device, and not turned down since? Then it is not asked again. */
export function wasAsked(device: ManagedDevice, action: Command): boolean {
  const state = stateOf(device, action)
  if (state !== undefined) return underWay.has(state)
  return new RegExp(`^${action}(?:Pending|Issued)$`, 'i').test(device.managementState ?? '')
}
