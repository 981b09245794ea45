import { type FeatureKey, featureTitles, type ModuleSettings } from '../core/features.ts'
import type { Difference } from '../core/goal.ts'
import { exceptionsAfter, mappingOf, type Target } from './target.ts'

const none = 'none'

/** What reaching the target changes, side by side; only what really changes. */
export function differencesFor(
  target: Target,
  reading: ModuleSettings,
  defaultTitles: Record<string, string>,
): Difference[] {
  const after = exceptionsAfter(target, reading)
  const rows: Difference[] = [
    ...Object.entries(target.on ?? {}).map(([feature, on]) => ({
      what: featureTitles[feature as FeatureKey],
      before: onOff(reading.on[feature as FeatureKey]),
      after: onOff(on),
    })),
    { what: 'Excepted users', before: names(reading.exceptions.users), after: names(after.users) },
    { what: 'Excepted roles', before: names(reading.exceptions.roles), after: names(after.roles) },
    ...Object.entries(target.defaults ?? {}).map(([key, choice]) => ({
      what: `Default ${defaultTitles[key] ?? key}`,
      before: reading.defaults[key]?.name ?? none,
      after: choice.name,
    })),
  ]
  const mapping = target.map ?? target.unmap
  if (mapping) {
    rows.push({
      what: `Group ${mapping.group.name}`,
      before: names(mappingOf(reading, mapping.group.id)?.roles ?? []),
      after: target.map ? names(target.map.roles) : none,
    })
  }
  return rows.filter(row => row.before !== row.after)
}

/** What somebody else changed between two readings; empty when nothing that matters did. */
export function changedBetween(
  planned: ModuleSettings,
  now: ModuleSettings,
  defaultTitles: Record<string, string>,
): Difference[] {
  const features = Object.keys({ ...planned.on, ...now.on }) as FeatureKey[]
  const groups = new Map([...planned.mappings, ...now.mappings].map(m => [m.group.id, m.group]))
  const defaults = Object.keys({ ...planned.defaults, ...now.defaults })
  const rows: Difference[] = [
    {
      what: 'KaseyaOne organization',
      before: planned.organization?.name ?? none,
      after: now.organization?.name ?? none,
    },
    ...features.map(feature => ({
      what: featureTitles[feature],
      before: onOff(planned.on[feature]),
      after: onOff(now.on[feature]),
    })),
    { what: 'Excepted users', before: names(planned.exceptions.users), after: names(now.exceptions.users) },
    { what: 'Excepted roles', before: names(planned.exceptions.roles), after: names(now.exceptions.roles) },
    ...defaults.map(key => ({
      what: `Default ${defaultTitles[key] ?? key}`,
      before: planned.defaults[key]?.name ?? none,
      after: now.defaults[key]?.name ?? none,
    })),
    ...[...groups.values()].map(group => ({
      what: `Group ${group.name}`,
      before: names(mappingOf(planned, group.id)?.roles ?? []),
      after: names(mappingOf(now, group.id)?.roles ?? []),
    })),
  ]
  return rows.filter(row => row.before !== row.after)
}

function onOff(on: boolean | undefined): string {
  return on === undefined ? 'not available' : on ? 'on' : 'off'
}

function names(items: readonly { name: string; email?: string }[]): string {
  if (items.length === 0) return none
  return items
    .map(i => i.email || i.name)
    .sort((a, b) => a.localeCompare(b))
    .join(', ')
}
