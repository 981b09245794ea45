import type { Moment } from '../../../core/moment.ts'
import type { Association, Sudo } from '../client-graph.ts'
import type { Device } from '../schemas.ts'
import { type OrganizationTools, type Subject, userOf } from './ground.ts'

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
  /** How many others may log in to it, directly or through groups. */
  others: number
  /** ISO; null when its agent never called in. */
  lastContact: string | null
  /** Its agent is connected now. */
  online: boolean
  recordGone: boolean
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
export async function fleetIn(tools: OrganizationTools, subject: Subject, moment: Moment): Promise<Fleet> {
  const user = await userOf(tools, subject, moment)
  const bonds =
    user === null ? [] : await moment.read('device bonds', () => tools.client.associations(subject.id, 'system'))
  return moment.read('devices', () => readDevices(tools, subject, user === null, bonds))
}

/** The same as it is right now. */
export async function readFleet(tools: OrganizationTools, subject: Subject): Promise<Fleet> {
  const user = await tools.client.user(subject.id)
  const bonds = user === null ? [] : await tools.client.associations(subject.id, 'system')
  return readDevices(tools, subject, user === null, bonds)
}

/** The same devices as they are now: what was bound, and to whom else, is not asked again. */
export async function readRecords({ client }: OrganizationTools, fleet: Fleet): Promise<Fleet> {
  const devices = await Promise.all(
    fleet.devices.map(async ({ id, others }) => {
      const bond = fleet.bonds.find(one => one.id === id)
      return read(id, await client.device(id), bond, others)
    }),
  )
  return { ...fleet, devices }
}

async function readDevices(
  { client }: OrganizationTools,
  { id, foundDevices }: Subject,
  gone: boolean,
  bonds: Association[],
): Promise<Fleet> {
  const ids = [...new Set([...bonds.map(bond => bond.id), ...foundDevices])].sort()
  const devices = await Promise.all(
    ids.map(async device => {
      const record = await client.device(device)
      const users = record === null ? [] : await client.usersOfDevice(device)
      const bond = bonds.find(one => one.id === device)
      return read(device, record, bond, users.filter(other => other !== id).length)
    }),
  )
  return { gone, bonds, devices }
}

function read(id: string, record: Device | null, bond: Association | undefined, others: number): LeaversDevice {
  const family = `${record?.osFamily ?? ''} ${record?.os ?? ''}`.trim()
  return {
    id,
    name: record?.displayName || record?.hostname || id,
    os: record?.os ?? 'not known',
    kind: /darwin|mac|ios|ipad/i.test(family) ? 'apple' : /android/i.test(family) ? 'android' : 'agent',
    serial: record?.serialNumber ?? '',
    bound: bond !== undefined,
    ...(bond?.sudo ? { sudo: bond.sudo } : {}),
    others,
    lastContact: record?.lastContact ?? null,
    online: record?.active === true,
    recordGone: record === null,
    recoveryKey: recoveryKeyOf(record),
    commands: record?.builtInCommands?.flatMap(({ name }) => name ?? []),
    mdmId: record?.mdm?.internal?.deviceId ?? undefined,
  }
}

function recoveryKeyOf(record: Device | null): LeaversDevice['recoveryKey'] {
  if (record?.fde == null) return 'not known'
  if (record.fde.keyPresent) return 'held'
  return record.fde.active ? 'missing' : 'disk not encrypted'
}

/**
 * For the ledger and an auditor. Last contact is told once it matters: while a device is bound it changes all the time,
 * and says nothing.
 */
export function summaryOf(device: LeaversDevice, calledIn: boolean) {
  const { id, name, os, bound, sudo, recoveryKey, others, lastContact, recordGone } = device
  return {
    id,
    name,
    os,
    bound,
    recoveryKey,
    ...(sudo ? { sudo } : {}),
    ...(others > 0 ? { otherUsers: others } : {}),
    ...(recordGone ? { recordGone } : {}),
    ...(bound ? {} : { lastContact, calledInSince: calledIn }),
  }
}
