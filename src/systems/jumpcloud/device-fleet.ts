import type { Moment } from '../../core/moment.ts'
import { type Part, partOf } from '../../core/parts.ts'
import type { Association, Sudo } from './client-graph.ts'
import { type GoalGround, type Holder, userOf } from './ground.ts'
import type { Device } from './schemas.ts'

export type DeviceKind = 'agent' | 'apple' | 'android'

/** One device, as far as a leaver is concerned. */
export interface LeaversDevice {
  id: string
  name: string
  os: string
  kind: DeviceKind
  serial: string
  bound: boolean
  sudo?: Sudo
  /** How many others may log in to it, directly or through groups; null where that could not be read. */
  others: number | null
  /** ISO; null when its agent never called in. */
  lastContact: string | null
  /** Its agent is connected now. */
  online: boolean
  recordGone: boolean
  /** Why its record could not be read: then nothing is known of it but that it was bound. */
  hidden?: string
  /** Why nobody knows who else uses it. */
  othersHidden?: string
  /** Whether a recovery key is escrowed; the key itself is never read. */
  recoveryKey: 'held' | 'missing' | 'disk not encrypted' | 'not known'
  /** Built-in commands that it takes; undefined where JumpCloud does not say. */
  commands: string[] | undefined
  /** Id in MDM. */
  mdmId: string | undefined
}

export interface Fleet {
  gone: boolean
  bonds: Association[]
  devices: LeaversDevice[]
}

/** Devices that are bound directly, and those that were when the account was found. */
export async function fleetIn(tools: GoalGround, subject: Holder, moment: Moment): Promise<Fleet> {
  const user = await userOf(tools, subject, moment)
  const bonds =
    user === null ? [] : await moment.read('device bonds', () => tools.client.associations(subject.id, 'system'))
  const ids = idsOf(bonds, subject)
  const [records, users] = await Promise.all([
    moment.read('device records', () => partsOf(ids, tools.client.device)),
    moment.read('device users', () => partsOf(ids, tools.client.usersOfDevice)),
  ])
  const devices = ids.map((device): LeaversDevice => {
    const bond = bonds.find(one => one.id === device)
    const found = read(device, records.get(device), bond)
    if (found.recordGone) return { ...found, others: 0 }
    const { value, error } = users.get(device) ?? {}
    if (value !== undefined) return { ...found, others: value.filter(other => other !== subject.id).length }
    return { ...found, others: null, othersHidden: error?.message ?? 'It was not asked for.' }
  })
  return { gone: user === null, bonds, devices }
}

function idsOf(bonds: readonly Association[], { foundDevices }: Holder): string[] {
  return [...new Set([...bonds.map(bond => bond.id), ...foundDevices])].sort()
}

/** One that cannot be read leaves the others as they are. */
async function partsOf<T>(ids: readonly string[], ask: (id: string) => Promise<T>): Promise<Map<string, Part<T>>> {
  return new Map(await Promise.all(ids.map(async id => [id, await partOf(ask(id))] as const)))
}

function read(
  id: string,
  part: Part<Device | null> | undefined,
  bond: Association | undefined,
): Omit<LeaversDevice, 'others' | 'othersHidden'> {
  const record = part?.value
  const family = `${record?.osFamily ?? ''} ${record?.os ?? ''}`.trim()
  return {
    id,
    name: record?.displayName || record?.hostname || id,
    os: record?.os ?? 'not known',
    kind: /darwin|mac|ios|ipad/i.test(family) ? 'apple' : /android/i.test(family) ? 'android' : 'agent',
    serial: record?.serialNumber ?? '',
    bound: bond !== undefined,
    ...(bond?.sudo ? { sudo: bond.sudo } : {}),
    lastContact: record?.lastContact ?? null,
    online: record?.active === true,
    recordGone: record === null,
    ...(record === undefined ? { hidden: part?.error?.message ?? 'It was not asked for.' } : {}),
    recoveryKey: recoveryKeyOf(record),
    commands: record?.builtInCommands?.flatMap(({ name }) => name ?? []),
    mdmId: record?.mdm?.internal?.deviceId ?? undefined,
  }
}

function recoveryKeyOf(record: Device | null | undefined): LeaversDevice['recoveryKey'] {
  if (record?.fde == null) return 'not known'
  if (record.fde.keyPresent) return 'held'
  return record.fde.active ? 'missing' : 'disk not encrypted'
}

/**
 * For the ledger and an auditor. Last contact is told once it matters: while a device is bound it changes all the time,
 * and says nothing.
 */
export function deviceSummaryOf(device: LeaversDevice, calledIn: boolean) {
  const { id, name, os, bound, sudo, recoveryKey, others, lastContact, recordGone, hidden } = device
  return {
    id,
    name,
    os,
    bound,
    recoveryKey,
    ...(sudo ? { sudo } : {}),
    ...(others === 0 ? {} : { otherUsers: others }),
    ...(recordGone ? { recordGone } : {}),
    ...(hidden === undefined ? {} : { hidden }),
    ...(bound ? {} : { lastContact, calledInSince: calledIn }),
  }
}
