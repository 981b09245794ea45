import { z } from 'zod'
import type { Part } from '../../core/parts.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'

const identitySchema = z.object({
  id: z.string().min(1),
  serialNumber: z.string().nullish(),
  managedDeviceId: z.string().nullish(),
  azureActiveDirectoryDeviceId: z.string().nullish(),
  /** Whom the device is given to when it is set up anew; empty: to whoever signs in. */
  userPrincipalName: z.string().nullable(),
})

/** A device as Windows Autopilot knows it (learn.microsoft.com/graph/api/resources/intune-enrollment-windowsautopilotdeviceidentity). */
export type AutopilotDevice = z.infer<typeof identitySchema>

const where = path`/deviceManagement/windowsAutopilotDeviceIdentities`

export function readAutopilot(graph: Graph): Promise<AutopilotDevice[]> {
  return graph.list(where, identitySchema)
}

/** Those of one person, as each of them says by itself: the list is read once a run, and may be old. */
export async function readTheirs(
  graph: Graph,
  all: readonly AutopilotDevice[],
  login: string,
  devices: { managed: Part<{ id: string }[]>; registered: Part<{ deviceId?: string | null | undefined }[]> },
): Promise<AutopilotDevice[]> {
  const managed = new Set(devices.managed.value?.map(one => one.id))
  const registered = new Set(devices.registered.value?.flatMap(one => one.deviceId ?? []))
  const candidates = all.filter(
    one =>
      isGivenTo(one, login) ||
      managed.has(one.managedDeviceId ?? '') ||
      registered.has(one.azureActiveDirectoryDeviceId ?? ''),
  )
  if (candidates.length === 0) return []
  const now = await graph.getAll(
    candidates.map(({ id }) => path`/deviceManagement/windowsAutopilotDeviceIdentities/${id}`),
    identitySchema,
  )
  return now.filter(one => one !== null).filter(one => isGivenTo(one, login))
}

function isGivenTo({ userPrincipalName }: AutopilotDevice, login: string): boolean {
  return userPrincipalName?.toLowerCase() === login.toLowerCase()
}
