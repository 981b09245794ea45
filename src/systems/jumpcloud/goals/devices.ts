import { z } from 'zod'
import type { AccountGoal, AccountGoalOptions } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { deviceSummaryOf, type Fleet, fleetIn, type LeaversDevice } from '../device-fleet.ts'
import { createOrders } from '../device-orders.ts'
import { common, type GoalGround, type Holder, portal } from '../ground.ts'

/** Agents call in every minute or so. */
const noticeMs = 5 * 60_000

const sentences = {
  release: 'Devices are released',
  lock: 'Devices are released and locked',
  erase: 'Devices are released and erased',
} as const

const bond = z.object({
  id: z.string(),
  name: z.string(),
  bound: z.boolean(),
  sudo: z.object({ enabled: z.boolean(), withoutPassword: z.boolean() }).exactOptional(),
})
const shape = z.object({ devices: z.array(bond) })
type Had = z.infer<typeof shape>

/**
 * No device is bound to the account, and the agent of each has called in since, so that the local account is disabled
 * there. Then, where asked for, they are locked or erased: in this order, because a locked Mac calls in no more.
 */
export function devicesReleased(tools: GoalGround, subject: Holder, options: AccountGoalOptions): AccountGoal<Fleet> {
  const { client } = tools
  const { id, login } = subject
  const { devices: fate, waitMs } = options
  const sentAt = options.sentAt?.['devices-released']
  const takenAt = options.takenAt?.['devices-released'] ?? {}
  /** When this device was last asked for something; what came of others later says nothing of it. */
  const askedAt = (device: string) => takenAt[device] ?? takenAt[`release ${device}`] ?? sentAt
  /** By device: its last contact, as JumpCloud told it after our change. Its clock is not compared with ours. */
  const since = new Map<string, string>()
  /** Devices that this process has asked something of. */
  const tried = new Set<string>()
  /** Of those, the ones that took it: the next look shows where each stands after it. */
  const toMark = new Set<string>()
  const refusedThen = options.refusedThen?.['devices-released'] ?? []
  const takenThen = options.takenThen?.['devices-released']
  const orders = createOrders(
    tools,
    fate,
    device => sentAt !== undefined && (takenThen?.includes(device) ?? !refusedThen.includes(device)),
  )

  function hasCalledIn({ id: device, lastContact }: LeaversDevice): boolean {
    const marked = since.get(device) ?? askedAt(device)
    return marked !== undefined && lastContact !== null && Date.parse(lastContact) > Date.parse(marked)
  }

  /**
   * What a Mac or a phone did with its order cannot be read. What was erased is silent, too: seen from another process,
   * an agent that called in until about when the order was noted, and no more, has probably had it. That is no proof.
   */
  function isSilent(device: LeaversDevice): boolean {
    if (device.kind !== 'agent') return true
    const asked = askedAt(device.id)
    if (fate !== 'erase' || asked === undefined || device.online || hasCalledIn(device)) return false
    return Date.parse(device.lastContact ?? '') > Date.parse(asked) - 2 * waitMs - noticeMs
  }

  function judge({ devices }: Fleet) {
    const isReleased = devices.every(device => !device.bound)
    const ordered = devices.filter(orders.concerns)
    const isOrdered = ordered.every(orders.isAccepted)
    // That its agent calls in says nothing of its order.
    const silent = ordered.filter(one => orders.isAccepted(one) && (isSilent(one) || hasCalledIn(one)))
    const waiting = devices.filter(
      one => !one.recordGone && one.hidden === undefined && !silent.includes(one) && !hasCalledIn(one),
    )
    const untold = devices.flatMap(device => orders.whyUntold(device) ?? [])
    return { isReleased, isDone: isReleased && isOrdered && waiting.length === 0, silent, waiting, untold }
  }

  /** Of a fleet where nothing is left to do or to wait for: what nobody can read. */
  function unreadOf(fleet: Fleet): string[] {
    const { silent, untold } = judge(fleet)
    const names = silent.map(({ name }) => name).join(', ')
    return [
      ...(names === '' ? [] : [`JumpCloud took the order to ${fate} ${names}, and does not show what came of it.`]),
      ...untold,
      ...fleet.devices.flatMap(({ name, hidden }) =>
        hidden === undefined
          ? []
          : [`Whether the agent of ${name} has called in since could not be read: its record is hidden. ${hidden}`],
      ),
    ]
  }

  /** Only what comes after our change counts. */
  function markContacts(devices: readonly LeaversDevice[]): void {
    for (const { id: device, bound, lastContact, hidden } of devices) {
      const isFirst = !bound && sentAt === undefined && !since.has(device)
      if (hidden !== undefined || !(toMark.delete(device) || isFirst)) continue
      since.set(device, lastContact ?? new Date(0).toISOString())
    }
  }

  /** An order must not overtake the unbinding that the agent has yet to hear of. One that is off would only take time. */
  function isAwaited(device: LeaversDevice): boolean {
    return device.online && !hasCalledIn(device) && orders.callsIn(device)
  }

  async function take({ id: device, of }: Change, { bonds, devices }: Fleet): Promise<void> {
    const bond = bonds.find(one => one.id === of)
    const found = devices.find(one => one.id === device)
    tried.add(of ?? device)
    if (bond) await client.changeAssociation(id, bond, 'remove')
    else if (of === undefined && found) await orders.send(found)
    toMark.add(of ?? device)
  }

  return {
    ...common,
    kind: 'devices-released',
    summary: sentences[fate],
    effect: fate === 'erase' ? 'irreversible' : 'reversible',
    repeatable: fate !== 'erase',
    later: 'The agent of a device has not called in since; it acts on the change when it does.',
    settlesWithin: waitMs,
    needs: ['user', 'device bonds', 'device records', 'device users'],
    touches: () => ['device bonds', 'device records', ...(fate === 'release' ? [] : ['device users'])],
    // Once it is released, an agent that calls in shows in the record of its device alone.
    comesIn: fleet => (judge(fleet).isReleased ? ['device records'] : ['device bonds', 'device records']),
    async read(moment) {
      const fleet = await fleetIn(tools, subject, moment)
      if (fleet.gone && sentAt === undefined && tried.size === 0) return goneReading
      markContacts(fleet.devices)
      return seen(fleet)
    },
    holds: fleet => judge(fleet).isDone && unreadOf(fleet).length === 0,
    unobservable: fleet => (judge(fleet).isDone && unreadOf(fleet).join(' ')) || undefined,
    waitsFor(fleet) {
      const { isReleased, waiting } = judge(fleet)
      const silentOnes = waiting.map(one => `${one.name}, last heard of ${one.lastContact ?? 'never'}`).join('; ')
      return isReleased && silentOnes !== '' ? silentOnes : undefined
    },
    comesLater: fleet => judge(fleet).isReleased && !fleet.devices.some(isAwaited),
    changes(fleet) {
      const waits = fleet.devices.some(isAwaited) ? ({ waits: 'until-over' } as const) : {}
      const after = ({ name }: LeaversDevice) => orders.afterwards(name, fleet)
      const bound = fleet.devices.filter(one => one.bound)
      const due = fleet.devices.filter(one => (!one.bound || tried.has(one.id)) && orders.isOpen(one))
      return [
        ...bound.map((device): Change => {
          const { id: of, name: what } = device
          const id = fate === 'release' ? of : `release ${of}`
          return { id, of, what, before: 'bound', after: after(device), again: true }
        }),
        ...due.map((device): Change => {
          const { id, name: what } = device
          return { id, what, before: 'released', after: after(device), alone: true, ...waits }
        }),
      ]
    },
    warnings: orders.warnings,
    residual: orders.residual,
    shown: ({ devices }) => ({ devices: devices.map(device => deviceSummaryOf(device, hasCalledIn(device))) }),
    async take(changes, fleet) {
      // Taken already, and nobody can read what came of it: an erasure is not sent again for want of an answer.
      const isTold = sentAt !== undefined && changes.length === 0 && judge(fleet).isDone
      return isTold
        ? [{ id: 'order', skipped: true as const }]
        : oneByOne((change: Change) => take(change, fleet))(changes)
    },
    ...(fate === 'erase'
      ? {}
      : {
          back: {
            shape,
            what: `which devices ${login} had`,
            place: portal,
            summary: (had: Had) =>
              had.devices.some(({ bound }) => bound) ? 'Devices are bound again' : 'Devices stay as they were',
            warnings: (had: Had) =>
              fate === 'lock' && had.devices.length > 0
                ? [
                    `What was locked stays locked, and what is queued is still to come: unlock it in ${portal} > Devices.`,
                  ]
                : [],
            isBack: (had: Had, now: Fleet) => missing(had, now).length === 0,
            changes: (had: Had, now: Fleet) =>
              missing(had, now).map(one => ({ id: one.id, what: one.name, before: 'released', after: 'bound' })),
            give: (changes: readonly Change[], _: Fleet, had: Had) =>
              oneByOne(async (change: Change) => {
                const sudo = had.devices.find(one => one.id === change.id)?.sudo
                await client.changeAssociation(id, { type: 'system', id: change.id, ...(sudo ? { sudo } : {}) }, 'add')
              })(changes),
          },
        }),
  }
}

function missing({ devices }: Had, { bonds }: Fleet): Had['devices'] {
  return devices.filter(one => one.bound && !bonds.some(({ id }) => id === one.id))
}
