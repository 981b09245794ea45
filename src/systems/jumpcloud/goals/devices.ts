import type { AccountGoalOptions } from '../../../core/account.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { waitFor } from '../../../http/wait-for.ts'
import { type Fleet, type LeaversDevice, readFleet, summaryOf } from './device-fleet.ts'
import { createOrders } from './device-orders.ts'
import { devicesGivenBack } from './devices-undo.ts'
import { common, forEach, type GoalGround, type Subject } from './ground.ts'

/** Agents call in every minute or so. */
const noticeMs = 5 * 60_000

const sentences = {
  release: 'Devices are released',
  lock: 'Devices are released and locked',
  erase: 'Devices are released and erased',
} as const

/**
 * No device is bound to the account, and the agent of each has called in since, so that the local account is disabled
 * there. Then, where asked for, they are locked or erased: in this order, because a locked Mac calls in no more.
 */
export async function devicesReleased(
  ground: GoalGround,
  subject: Subject,
  options: AccountGoalOptions,
): Promise<AccountGoal> {
  const { client, clock, signal } = ground
  const { id } = subject
  const { devices: fate, waitMs } = options
  const sentAt = options.sentAt?.['devices-released']
  /** By device: its last contact, as JumpCloud told it after our change. Its clock is not compared with ours. */
  const since = new Map<string, string>()
  const orders = createOrders(ground, fate)
  const found = await readFleet(ground, subject)

  function hasCalledIn({ id: device, lastContact }: LeaversDevice): boolean {
    const marked = since.get(device) ?? sentAt
    return marked !== undefined && lastContact !== null && Date.parse(lastContact) > Date.parse(marked)
  }

  /**
   * What a Mac or a phone did with its order cannot be read. What was erased is silent, too: seen from another process,
   * an agent that called in until about when the order was noted, and no more, has probably had it. That is no proof.
   */
  function isSilent(device: LeaversDevice): boolean {
    if (device.kind !== 'agent') return true
    if (fate !== 'erase' || sentAt === undefined || device.online || hasCalledIn(device)) return false
    return Date.parse(device.lastContact ?? '') > Date.parse(sentAt) - 2 * waitMs - noticeMs
  }

  async function look(): Promise<Standing> {
    const fleet = await readFleet(ground, subject)
    if (fleet.gone && sentAt === undefined && since.size === 0) return { state: 'holds', reading: { gone: true } }
    const reading = { devices: fleet.devices.map(device => summaryOf(device, hasCalledIn(device))) }
    const isReleased = fleet.devices.every(device => !device.bound)
    const ordered = fleet.devices.filter(orders.concerns)
    const isOrdered = sentAt !== undefined || ordered.every(orders.isAccepted)
    const silent = ordered.filter(device => isSilent(device))
    const waiting = fleet.devices.filter(
      device => !device.recordGone && !silent.includes(device) && !hasCalledIn(device),
    )
    if (!isReleased || !isOrdered || waiting.length > 0) {
      const silentOnes = waiting.map(one => `${one.name}, last heard of ${one.lastContact ?? 'never'}`).join('; ')
      return { state: 'not-yet', reading, ...(isReleased && silentOnes !== '' ? { waitsFor: silentOnes } : {}) }
    }
    if (silent.length === 0) return { state: 'holds', reading }
    const names = silent.map(({ name }) => name).join(', ')
    return {
      state: 'unobservable',
      why: `JumpCloud took the order to ${fate} ${names}, and does not show what came of it.`,
    }
  }

  /** Marks where each device stands now, so that only what comes later counts. */
  async function markContacts(): Promise<Fleet> {
    const fleet = await readFleet(ground, subject)
    for (const { id: device, lastContact } of fleet.devices) since.set(device, lastContact ?? new Date(0).toISOString())
    return fleet
  }

  const waiting = { clock, waitMs, signal }
  const untilCalledIn = (fleet: Fleet) =>
    waitFor(async () => {
      const { devices } = await readFleet(ground, subject)
      // Waiting for one that is switched off would only take time.
      const open = devices.filter(one => one.online && !hasCalledIn(one) && orders.callsIn(one))
      return { state: open.length === 0 ? 'holds' : 'not-yet', reading: fleet }
    }, waiting)

  return {
    ...common,
    kind: 'devices-released',
    summary: sentences[fate],
    effect: fate === 'erase' ? 'irreversible' : 'reversible',
    repeatable: fate !== 'erase',
    ...(found.devices.length > 0
      ? { later: 'The agent of a device has not called in since; it acts on the change when it does.' }
      : {}),
    differences: found.devices
      .filter(device => device.bound)
      .map(({ name }) => ({ what: name, before: 'bound', after: orders.afterwards(name, found) })),
    warnings: orders.warnings(found),
    residual: orders.residual(found),
    look,
    async bring() {
      // Taken already, and nobody can read what came of it: an erasure is not sent again for want of an answer.
      if (sentAt !== undefined && (await look()).state !== 'not-yet') return 'nothing'
      const { bonds } = await readFleet(ground, subject)
      await forEach(
        bonds,
        bond => bond.id,
        bond => client.changeAssociation(id, bond, 'remove'),
      )
      const fleet = await markContacts()
      await untilCalledIn(fleet)
      if (fate === 'release') return undefined
      await orders.send(fleet)
      await markContacts()
      await untilCalledIn(fleet)
      return undefined
    },
    ...(fate === 'erase' ? {} : { undo: (before: unknown) => devicesGivenBack(ground, subject, before) }),
  }
}
