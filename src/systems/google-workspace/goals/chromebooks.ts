import type { DeviceFate } from '../../../core/account-kinds.ts'
import { K1Error } from '../../../core/errors.ts'
import type { OldStanding as Standing } from '../../../core/old-goal.ts'
import { waitFor } from '../../../http/wait-for.ts'
import type { Chromebook } from '../schemas.ts'
import type { GoalGround } from './ground.ts'

/** So many devices go into one change of status. */
const batchSize = 50

/** Chromebooks that an administrator has noted down as this person's, each as it is now. */
export async function chromebooksOf({ devices }: GoalGround, addresses: readonly string[]): Promise<Chromebook[]> {
  const found: Chromebook[] = []
  for await (const { deviceId } of devices.chromebooks(`user:${addresses[0]}`)) {
    const chromebook = await devices.chromebook(deviceId)
    if (chromebook !== null && addresses.includes((chromebook.annotatedUser ?? '').trim().toLowerCase())) {
      found.push(chromebook)
    }
  }
  return found
}

/** Released ones are nobody's, so that they are not found any more. */
export function isChromebookDone({ status }: Chromebook, fate: DeviceFate): boolean {
  if (fate === 'release') return false
  return status === 'DEPROVISIONED' || (fate === 'lock' && status === 'DISABLED')
}

export async function treatChromebooks(
  ground: GoalGround,
  chromebooks: readonly Chromebook[],
  fate: DeviceFate,
  waitMs: number,
): Promise<void> {
  const open = chromebooks.filter(one => !isChromebookDone(one, fate))
  if (open.length === 0) return
  if (fate === 'release') {
    for (const { deviceId } of open) await ground.devices.annotate(deviceId, '')
    return
  }
  const customerId = await ground.customerId()
  const ids = open.map(({ deviceId }) => deviceId)
  if (fate === 'lock') return change(ground, customerId, ids, 'DISABLE')
  // A deprovisioned Chromebook takes no more commands, so it is erased first.
  await change(ground, customerId, await powerwash(ground, customerId, ids, waitMs), 'DEPROVISION')
}

/** @returns those that did it in time */
async function powerwash(
  ground: GoalGround,
  customerId: string,
  ids: readonly string[],
  waitMs: number,
): Promise<string[]> {
  const { devices, clock, signal } = ground
  const commands = new Map<string, string>()
  for (const id of ids) commands.set(id, await devices.powerwash(customerId, id))
  const done = new Set<string>()
  const look = async (): Promise<Standing> => {
    for (const [id, commandId] of commands) {
      const { state, commandResult } = await devices.command(customerId, id, commandId)
      if (state === 'EXECUTED_BY_CLIENT' && commandResult?.result !== 'FAILURE') done.add(id)
    }
    return { state: done.size === commands.size ? 'holds' : 'not-yet', reading: null }
  }
  await waitFor(look, { clock, waitMs, signal })
  return [...done]
}

/** @throws K1Error `rejected`, naming the devices */
async function change(
  { devices }: GoalGround,
  customerId: string,
  ids: readonly string[],
  action: 'DISABLE' | 'DEPROVISION',
): Promise<void> {
  for (let at = 0; at < ids.length; at += batchSize) {
    const failures = await devices.changeStatus(customerId, ids.slice(at, at + batchSize), action)
    const [first] = failures
    if (first === undefined) continue
    throw new K1Error('rejected', `Google Workspace did not ${action.toLowerCase()} a Chromebook: ${first.message}.`, {
      facts: { devices: failures.map(({ deviceId }) => deviceId) },
    })
  }
}
