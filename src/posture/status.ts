import { type Attestation, ageOf, isStale } from '../core/attestation.ts'
import { asK1Error, type K1Error } from '../core/errors.ts'
import { type FeatureKey, featureKeys, featureTitles, type ModuleSettings, type Reach } from '../core/features.ts'
import { quoted } from '../core/shell.ts'
import type { SystemAbout } from '../core/system.ts'
import { inLanes } from '../engine/lanes.ts'
import type { Module } from './goals.ts'

export type FeatureState = 'on' | 'off' | 'by-hand' | 'unsupported' | 'unreachable'

/** One row: a tenant, a system and a feature. The stable shape of `k1ctl status --json`. */
export interface StatusRow {
  tenant: string
  system: string
  feature: FeatureKey
  /** As the module's console calls it. */
  title: string
  state: FeatureState
  reach: Reach
  /** What there is to know: exceptions, defaults, mappings, or why it could not be read. */
  detail: string | null
  /** The command that goes on from here, or null. */
  next: string | null
  /** ISO time of the reading; null when nothing was read. */
  readAt: string | null
  /** Why it could not be read, as an error; never printed as it is. Absent when it was read, or nothing is connected. */
  reason?: K1Error
}

/** Reads the five features of every module, side by side; a module that does not answer becomes `unreachable` rows. */
export async function readStatus(
  modules: readonly Module[],
  concurrency: number,
  now: () => Date,
  attested: readonly Attestation[] = [],
): Promise<StatusRow[]> {
  const rows = await inLanes(
    modules,
    m => `${m.tenant}/${m.about.id}`,
    concurrency,
    async module => statusOf(module, now),
  )
  return rows.flat().map(row => withAttestation(row, attested, now()))
}

async function statusOf(module: Module, now: () => Date): Promise<StatusRow[]> {
  const { about, open } = module
  const supported = about.features.some(f => f.supported)
  if (!open || !supported) return rowsFor(module, null, null, null)
  try {
    const session = await open()
    const reading = await session.features?.read()
    return rowsFor(module, reading ?? null, null, now().toISOString())
  } catch (error) {
    return rowsFor(module, null, asK1Error(error), null)
  }
}

function rowsFor(
  module: Module,
  reading: ModuleSettings | null,
  error: K1Error | null,
  readAt: string | null,
): StatusRow[] {
  const { tenant, about } = module
  return featureKeys.map(key => {
    const feature = about.features.find(f => f.feature === key)
    const title = feature?.title ?? featureTitles[key]
    const base = { tenant, system: about.id, feature: key, title, readAt: null }
    const none = { detail: null, next: null }
    if (!feature?.supported) {
      return { ...base, ...none, state: 'unsupported', reach: about.reach, detail: feature?.note ?? null }
    }
    if (error) {
      const toConnect = !isLocked(error) && (error.kind === 'sign-in' || error.kind === 'not-set-up')
      const toUnlock = isLocked(error) && error.facts.passphrase === 'missing'
      const otherwise = toUnlock ? 'k1ctl unlock' : `k1ctl doctor --tenant ${quoted(tenant)}`
      const next = toConnect ? connect(module) : otherwise
      return { ...base, state: 'unreachable', reach: about.reach, detail: error.message, next, reason: error }
    }
    if (!reading) return { ...base, ...notConnected(module, key) }
    const on = reading.on[key]
    if (on === undefined) {
      const detail = `${about.title} shows no such feature for this tenant.`
      return { ...base, ...none, state: 'unsupported', reach: feature.read, detail }
    }
    const state = on ? 'on' : 'off'
    const next = on ? null : nextFor(module, key, reading)
    return { ...base, readAt, state, reach: feature.read, detail: detailOf(key, reading), next }
  })
}

/** What a person said of a feature that nobody can read, and how long ago. */
function withAttestation(row: StatusRow, attested: readonly Attestation[], now: Date): StatusRow {
  if (row.state !== 'by-hand') return row
  const said = attested.find(
    one => one.tenant === row.tenant && one.system === row.system && one.feature === row.feature,
  )
  if (!said) return row
  const days = ageOf(said, now)
  const age = days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`
  const detail = `Attested ${said.state} by ${said.by} ${age}`
  if (isStale(said, now)) return { ...row, detail: `${detail}: stale.` }
  return { ...row, detail: `${detail}.`, next: said.state === 'on' ? null : row.next }
}

function notConnected(module: Module, feature: FeatureKey): Pick<StatusRow, 'state' | 'reach' | 'detail' | 'next'> {
  if (module.about.reach === 'api') {
    return { state: 'unreachable', reach: 'api', detail: 'Not connected.', next: connect(module) }
  }
  // Asked at a terminal, it tells the steps, and writes down who saw that they were done.
  const next = `k1ctl attest ${quoted(module.tenant)} ${module.about.id} ${feature}`
  return { state: 'by-hand', reach: 'by-hand', detail: 'No endpoint is configured; look in the console.', next }
}

function detailOf(feature: FeatureKey, reading: ModuleSettings): string | null {
  switch (feature) {
    case 'log-in':
      return reading.organization ? `Mapped to ${reading.organization.name}` : 'Not mapped to a KaseyaOne organization'
    case 'require-log-in': {
      const { users, roles } = reading.exceptions
      const exempt = reading.alwaysExempt.length
      const parts = [
        users.length > 0 ? `excepted: ${users.map(u => u.email || u.name).join(', ')}` : null,
        roles.length > 0 ? `excepted roles: ${roles.map(r => r.name).join(', ')}` : null,
        exempt > 0 ? `${exempt} always exempt` : null,
      ].filter(p => p !== null)
      return parts.length > 0 ? parts.join('; ') : 'no exceptions'
    }
    case 'user-creation': {
      const missing = Object.entries(reading.defaults).filter(([, choice]) => choice === null)
      if (missing.length > 0) return `no default for ${missing.map(([key]) => key).join(', ')}`
      const roles = Object.entries(reading.defaults).filter(([key]) => key.endsWith('role'))
      return roles.map(([key, choice]) => `${key}: ${choice?.name}`).join(', ') || null
    }
    case 'access-groups':
      return `${reading.mappings.length} group${reading.mappings.length === 1 ? '' : 's'} mapped`
    case 'deprovisioning':
      return null
  }
}

const verbs: Record<FeatureKey, string> = {
  'log-in': 'unified-login enable',
  'require-log-in': 'require-log-in enable',
  'user-creation': 'jit enable',
  deprovisioning: 'deprovisioning enable',
  'access-groups': 'access-groups enable',
}

function nextFor({ tenant, about }: Module, feature: FeatureKey, reading: ModuleSettings): string {
  const first: FeatureKey = reading.on['log-in'] ? feature : 'log-in'
  const needsDefaults = first === 'user-creation' || (about.defaultsWithEveryWrite === true && first !== 'log-in')
  const noDefaults = needsDefaults && Object.values(reading.defaults).includes(null)
  return `k1ctl ${noDefaults ? 'jit defaults set' : verbs[first]} ${about.id} --tenant ${quoted(tenant)}`
}

function connect({ tenant, about }: { tenant: string; about: SystemAbout }): string {
  return `k1ctl connect ${about.id} --tenant ${quoted(tenant)}`
}

/**
 * The order in which features are turned on, each accepted once those before it hold: Log In first, and Require Log In,
 * which shuts people out, when all else is in place.
 */
export const stepwise: readonly FeatureKey[] = [
  'log-in',
  'user-creation',
  'deprovisioning',
  'access-groups',
  'require-log-in',
]

/** Why nothing could be read of a module, in two words. */
export function unreadWord(reason: K1Error | undefined): string {
  if (reason === undefined) return 'not connected'
  if (isLocked(reason)) return 'locked'
  if (reason.facts.status === 402 || /licen[cs]e/i.test(reason.message)) return 'no licence'
  if (reason.kind === 'sign-in' || reason.kind === 'not-set-up') return 'signed out'
  return reason.kind === 'forbidden' ? 'no right' : 'no answer'
}

/** The secrets are there, and sealed: connecting again would not help. */
function isLocked({ facts }: K1Error): boolean {
  return facts.sealed === true
}

/** The row as it is printed, its members in the order in which they are documented. */
export function withoutReason(row: StatusRow): Omit<StatusRow, 'reason'> {
  const { tenant, system, feature, title, state, reach, detail, next, readAt } = row
  return { tenant, system, feature, title, state, reach, detail, next, readAt }
}
