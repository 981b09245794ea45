import { z } from 'zod'
import { type Part, partOf } from '../../core/parts.ts'
import { path } from '../../http/client.ts'
import type { AutopilotDevice } from './autopilot.ts'
import type { Graph } from './graph.ts'
import { hasNoIntune, isNotFound } from './graph-error.ts'
import { odataQuoted } from './users.ts'

/** Of a device that nobody has, it is empty: what is not shown is not nobody's. */
const listedSchema = z.object({ id: z.string().min(1), userId: z.string() })

/** What is used of a device in Intune (learn.microsoft.com/graph/api/resources/intune-devices-manageddevice). */
const managedSchema = z.object({
  id: z.string().min(1),
  deviceName: z.string().nullish(),
  operatingSystem: z.string().nullish(),
  managedDeviceOwnerType: z.string().nullish(),
  managementState: z.string().nullish(),
  lastSyncDateTime: z.string().nullish(),
  enrolledDateTime: z.string().nullish(),
  azureADDeviceId: z.string().nullish(),
  deviceActionResults: z
    .array(
      z.object({
        actionName: z.string().nullish(),
        actionState: z.string().nullish(),
        startDateTime: z.string().nullish(),
        lastUpdatedDateTime: z.string().nullish(),
      }),
    )
    .nullish(),
})

export type ManagedDevice = z.infer<typeof managedSchema>

const registeredSchema = z.object({
  id: z.string().min(1),
  /** What Intune and BitLocker know it by. */
  deviceId: z.string().nullish(),
  displayName: z.string().nullish(),
  operatingSystem: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
})

export type RegisteredDevice = z.infer<typeof registeredSchema>

export interface Devices {
  /** Enrolled in Intune. */
  managed: Part<ManagedDevice[]>
  /** Known to Entra. */
  registered: Part<RegisteredDevice[]>
  /** Those that Windows Autopilot gives to them; absent where that is not asked for. */
  autopilot?: Part<AutopilotDevice[]>
  /** The account is gone: Entra no longer tells whose devices those were, Intune does. */
  gone?: true
}

/**
 * @param known devices that were seen before: their details are asked for beside the list
 * @throws K1Error where there is no such account, and where neither Intune nor Entra shows anything
 */
export async function readDevices(graph: Graph, userId: string, known: readonly string[] = []): Promise<Devices> {
  const [[listed, registered], details] = await Promise.all([
    graph.lists([
      { where: path`/users/${userId}/managedDevices`, item: listedSchema, query: { $select: 'id,userId' } },
      { where: path`/users/${userId}/registeredDevices`, item: registeredSchema },
    ]),
    partOf(detailsOf(graph, known)),
  ])
  const managed = await detailed(graph, userId, listed, details.value)
  const nobody = [managed, registered].find(({ error }) => isNotFound(error))
  if (nobody?.error !== undefined) throw nobody.error
  if (managed.error !== undefined && registered.error !== undefined) throw managed.error
  return { managed, registered }
}

/** Of somebody whose account is gone: what is enrolled for them stays in Intune. */
export async function readDevicesOfGone(graph: Graph, userId: string): Promise<Devices> {
  const listed = await partOf(
    graph.list(path`/deviceManagement/managedDevices`, listedSchema, {
      $filter: `userId eq ${odataQuoted(userId)}`,
      $select: 'id,userId',
    }),
  )
  const managed = await detailed(graph, userId, listed)
  if (managed.error !== undefined) throw managed.error
  return { managed, registered: { value: [] }, gone: true }
}

async function detailed(
  graph: Graph,
  userId: string,
  listed: Part<z.infer<typeof listedSchema>[]>,
  known: readonly ManagedDevice[] = [],
): Promise<Part<ManagedDevice[]>> {
  if (listed.error !== undefined) return hasNoIntune(listed.error) ? { value: [] } : listed
  // A filter that Intune does not understand lists everybody's devices: only what names this person is theirs.
  const theirs = listed.value.filter(one => one.userId === userId)
  if (theirs.length === 0) return { value: [] }
  const unknown = theirs.filter(({ id }) => !known.some(one => one.id === id))
  const others = await partOf(
    detailsOf(
      graph,
      unknown.map(one => one.id),
    ),
  )
  if (others.error !== undefined) return others
  const all = [...known, ...others.value]
  return { value: theirs.flatMap(({ id }) => all.find(one => one.id === id) ?? []) }
}

/** What was asked of a device is only given with the device itself. */
async function detailsOf(graph: Graph, ids: readonly string[]): Promise<ManagedDevice[]> {
  if (ids.length === 0) return []
  const whole = ids.map(id => path`/deviceManagement/managedDevices/${id}`)
  const found = await graph.getAll(whole, managedSchema, { $select: Object.keys(managedSchema.shape).join(',') })
  return found.filter(one => one !== null)
}
