import type {
  AccessGroupMapping,
  Choice,
  FeatureKey,
  ModuleSettings,
  ModuleUser,
  SettingsChange,
} from '../core/features.ts'

/** What should be read back, with every name resolved to an id. Plain JSON: it is kept in the ledger. */
export interface ModuleTarget {
  on?: Partial<Record<FeatureKey, boolean>>
  /** Ids that must be among the exceptions, must not be, or are exactly the exceptions. */
  users?: { include?: ModuleUser[]; exclude?: ModuleUser[]; exactly?: ModuleUser[] }
  roles?: { include?: Choice[]; exclude?: Choice[]; exactly?: Choice[] }
  defaults?: Record<string, Choice>
  map?: AccessGroupMapping
  unmap?: AccessGroupMapping
}

/** Does a reading fulfil the target? */
export function holds(target: ModuleTarget, reading: ModuleSettings): boolean {
  const features = Object.entries(target.on ?? {}) as [FeatureKey, boolean][]
  if (features.some(([feature, on]) => reading.on[feature] !== on)) return false
  if (!listHolds(target.users, reading.exceptions.users)) return false
  if (!listHolds(target.roles, reading.exceptions.roles)) return false
  if (Object.entries(target.defaults ?? {}).some(([key, choice]) => reading.defaults[key]?.id !== choice.id))
    return false
  if (target.unmap && mappingOf(reading, target.unmap.group.id)) return false
  if (target.map) {
    const mapping = mappingOf(reading, target.map.group.id)
    if (!mapping || !sameIds(mapping.roles, target.map.roles)) return false
  }
  return true
}

/** The same for several targets that stand on each other, in one write. */
export function changeForAll(targets: readonly ModuleTarget[], reading: ModuleSettings): SettingsChange {
  let now = reading
  let all: SettingsChange = {}
  for (const target of targets) {
    const { on, defaults, ...rest } = changeFor(target, now)
    all = {
      ...all,
      ...rest,
      ...(on ? { on: { ...all.on, ...on } } : {}),
      ...(defaults ? { defaults: { ...all.defaults, ...defaults } } : {}),
    }
    now = afterwards(target, now)
  }
  return all
}

/** What is to be read once the target holds. Turning on Log In maps to an organization that only the module knows. */
export function afterwards(target: ModuleTarget, reading: ModuleSettings): ModuleSettings {
  const group = (target.map ?? target.unmap)?.group.id
  const organization = target.on?.['log-in'] === true ? (reading.organization ?? unnamed) : reading.organization
  return {
    ...reading,
    organization: target.on?.['log-in'] === false ? null : organization,
    on: { ...reading.on, ...target.on },
    exceptions: exceptionsAfter(target, reading),
    defaults: { ...reading.defaults, ...target.defaults },
    mappings: [...reading.mappings.filter(m => m.group.id !== group), ...(target.map ? [target.map] : [])],
  }
}

const unnamed: Choice = { id: '', name: 'KaseyaOne' }

/** The full lists to write so that the target holds on top of what was read. */
export function changeFor(target: ModuleTarget, reading: ModuleSettings): SettingsChange {
  const change: SettingsChange = {}
  if (target.on) change.on = target.on
  if (target.users || target.roles) {
    const after = exceptionsAfter(target, reading)
    change.exceptions = { users: after.users.map(u => u.id), roles: after.roles.map(r => r.id) }
  }
  if (target.defaults) {
    change.defaults = Object.fromEntries(Object.entries(target.defaults).map(([key, choice]) => [key, choice.id]))
  }
  return change
}

export function exceptionsAfter(
  target: ModuleTarget,
  reading: ModuleSettings,
): { users: ModuleUser[]; roles: Choice[] } {
  return {
    users: listAfter(target.users, reading.exceptions.users),
    roles: listAfter(target.roles, reading.exceptions.roles),
  }
}

export function mappingOf(reading: ModuleSettings, groupId: string): AccessGroupMapping | undefined {
  return reading.mappings.find(m => m.group.id === groupId)
}

export function sameIds(one: readonly { id: string }[], other: readonly { id: string }[]): boolean {
  const ids = new Set(one.map(o => o.id))
  return ids.size === new Set(other.map(o => o.id)).size && other.every(o => ids.has(o.id))
}

interface ListTarget<T> {
  include?: T[]
  exclude?: T[]
  exactly?: T[]
}

function listHolds<T extends { id: string }>(target: ListTarget<T> | undefined, now: readonly T[]): boolean {
  if (!target) return true
  const ids = new Set(now.map(n => n.id))
  if (target.exactly) return sameIds(target.exactly, now)
  return (target.include ?? []).every(i => ids.has(i.id)) && !(target.exclude ?? []).some(e => ids.has(e.id))
}

function listAfter<T extends { id: string }>(target: ListTarget<T> | undefined, now: readonly T[]): T[] {
  if (!target) return [...now]
  if (target.exactly) return target.exactly
  const out = new Set((target.exclude ?? []).map(e => e.id))
  const added = (target.include ?? []).filter(i => !now.some(n => n.id === i.id))
  return [...now, ...added].filter(item => !out.has(item.id))
}
