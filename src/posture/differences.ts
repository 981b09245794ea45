import type { Difference } from '../core/change.ts'
import { type FeatureKey, featureKeys, featureTitles, type ModuleSettings } from '../core/features.ts'
import { exceptionsAfter, type ModuleTarget, mappingOf } from './target.ts'

/** Anything with an id that a setting may name: a user, a role, a default. */
interface Named {
  id: string
  name: string
  email?: string
  active?: boolean
}

/** What reaching the target changes, side by side; only what really changes. */
export function differencesFor(
  target: ModuleTarget,
  reading: ModuleSettings,
  defaultTitles: Readonly<Record<string, string>>,
): Difference[] {
  const after = exceptionsAfter(target, reading)
  const mapping = target.map ?? target.unmap
  return [
    ...featureKeys.flatMap(key =>
      target.on?.[key] === undefined ? [] : switched(key, reading.on[key], target.on[key]),
    ),
    ...compared('Excepted users', reading.exceptions.users, after.users),
    ...compared('Excepted roles', reading.exceptions.roles, after.roles),
    ...Object.entries(target.defaults ?? {}).flatMap(([key, choice]) =>
      compared(`Default ${defaultTitles[key] ?? key}`, listOf(reading.defaults[key]), [choice]),
    ),
    ...(mapping
      ? compared(`Group ${mapping.group.name}`, rolesOf(reading, mapping.group.id), target.map?.roles ?? [])
      : []),
  ]
}

/** What somebody else changed between two readings; empty when nothing that matters did. */
export function changedBetween(
  planned: ModuleSettings,
  now: ModuleSettings,
  defaultTitles: Readonly<Record<string, string>>,
): Difference[] {
  const groups = new Map([...planned.mappings, ...now.mappings].map(m => [m.group.id, m.group]))
  const defaults = Object.keys({ ...planned.defaults, ...now.defaults })
  return [
    ...compared(organizationTitle, listOf(planned.organization), listOf(now.organization)),
    ...featureKeys.flatMap(key => switched(key, planned.on[key], now.on[key])),
    ...compared('Excepted users', planned.exceptions.users, now.exceptions.users),
    ...compared('Excepted roles', planned.exceptions.roles, now.exceptions.roles),
    ...compared('Always exempt', planned.alwaysExempt, now.alwaysExempt),
    ...defaults.flatMap(key =>
      compared(`Default ${defaultTitles[key] ?? key}`, listOf(planned.defaults[key]), listOf(now.defaults[key])),
    ),
    ...[...groups.values()].flatMap(group =>
      compared(`Group ${group.name}`, rolesOf(planned, group.id), rolesOf(now, group.id)),
    ),
  ]
}

/**
 * What is neither as it was found nor as the goals before left it: somebody else's change. Which organization Log In
 * maps to is the module's own affair.
 */
export function changedByOthers(
  base: ModuleSettings,
  expected: ModuleSettings,
  now: ModuleSettings,
  defaultTitles: Readonly<Record<string, string>>,
): Difference[] {
  const sinceFound = new Set(changedBetween(base, now, defaultTitles).map(one => one.what))
  const mapped = base.on['log-in'] !== expected.on['log-in']
  return changedBetween(expected, now, defaultTitles).filter(
    ({ what }) => sinceFound.has(what) && !(mapped && what === organizationTitle),
  )
}

const organizationTitle = 'KaseyaOne organization'

function switched(feature: FeatureKey, before: boolean | undefined, after: boolean | undefined): Difference[] {
  return before === after ? [] : [{ what: featureTitles[feature], before: onOff(before), after: onOff(after) }]
}

function onOff(on: boolean | undefined): string {
  return on === undefined ? 'not available' : on ? 'on' : 'off'
}

/** Compared by id, whatever they are called, and by who is active; two things of one name are told apart by their ids. */
function compared(what: string, before: readonly Named[], after: readonly Named[]): Difference[] {
  const key = ({ id, active }: Named) => `${id}${active === false ? ' inactive' : ''}`
  if (listed(before, key) === listed(after, key)) return []
  const label = listed(before, nameOf) === listed(after, nameOf) ? withId : nameOf
  return [{ what, before: listed(before, label), after: listed(after, label) }]
}

function listed(items: readonly Named[], label: (item: Named) => string): string {
  const labels = items.map(label).sort((a, b) => a.localeCompare(b))
  return labels.length === 0 ? 'none' : labels.join(', ')
}

function nameOf({ name, email, active }: Named): string {
  return `${email || name}${active === false ? ' (inactive)' : ''}`
}

function withId(item: Named): string {
  return `${nameOf(item)} (${item.id})`
}

function listOf<T>(item: T | null | undefined): T[] {
  return item ? [item] : []
}

function rolesOf(reading: ModuleSettings, groupId: string): Named[] {
  return mappingOf(reading, groupId)?.roles ?? []
}
