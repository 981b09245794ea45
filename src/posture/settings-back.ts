import type { Change } from '../core/change.ts'
import type { FeatureAccess, ModuleSettings, SettingsChange } from '../core/features.ts'
import type { Back } from '../core/goal.ts'
import { type KeptSettings, keptSettings } from '../core/kept-settings.ts'
import type { SystemAbout } from '../core/system.ts'
import { changedBetween } from './differences.ts'
import type { ModuleTarget } from './target.ts'

/** The way back of a change of settings: as the module was read before it. */
export function settingsBack(
  about: SystemAbout,
  access: FeatureAccess,
  titles: Readonly<Record<string, string>>,
  target: ModuleTarget,
): Back<ModuleSettings, Change, KeptSettings> {
  const open = (had: KeptSettings, now: ModuleSettings) => changedBetween(now, asItWas(had, now, target, about), titles)
  return {
    shape: keptSettings,
    what: `how ${about.title} was set`,
    place: 'its console',
    summary: had => summaryOf(stayingAfter(had, target, about, titles)),
    isBack: (had, now) => open(had, now).length === 0,
    changes: (had, now) => open(had, now).map(one => ({ ...one, id: one.what })),
    async give(changes, now, had) {
      await giveBack(access, asItWas(had, now, target, about), now)
      return changes.map(({ id }) => ({ id }))
    },
  }
}

/** What no module can be given back: that a default was none, and exceptions where they cannot be edited any more. */
function stayingAfter(
  had: KeptSettings,
  target: ModuleTarget,
  about: SystemAbout,
  titles: Readonly<Record<string, string>>,
): string[] {
  const chosen = Object.keys(target.defaults ?? {}).filter(key => had.defaults[key] == null)
  return [
    ...chosen.map(key => `the default ${titles[key] ?? key}`),
    ...((target.users || target.roles) && isFrozen(had, about) ? ['the exceptions'] : []),
  ]
}

function summaryOf(staying: readonly string[]): string {
  if (staying.length === 0) return 'The settings are as they were'
  const stay = staying.length === 1 && staying[0]?.startsWith('the default') ? 'stays' : 'stay'
  return `The settings are as they were, but ${staying.join(', ')} ${stay} as chosen: that cannot be undone`
}

/** Where they can be edited only while Require is on, turning it off keeps those that are there. */
function isFrozen(had: KeptSettings, { exceptionsNeedRequire }: SystemAbout): boolean {
  return exceptionsNeedRequire === true && had.on['require-log-in'] === false
}

/** Only what the goal changed is given back: what somebody has set since, beside it, stays. */
function asItWas(had: KeptSettings, now: ModuleSettings, target: ModuleTarget, about: SystemAbout): ModuleSettings {
  const keys = <K extends string>(part: Partial<Record<K, unknown>> | undefined) => Object.keys(part ?? {})
  const on = keys(target.on).flatMap(key => (had.on[key] === undefined ? [] : [[key, had.on[key]] as const]))
  // No module has a way to choose none again: a default that was none before stays as it was chosen.
  const defaults = keys(target.defaults).flatMap(key =>
    had.defaults[key] == null ? [] : [[key, had.defaults[key]] as const],
  )
  const group = (target.map ?? target.unmap)?.group.id
  const mapped = had.mappings.filter(m => m.group.id === group)
  return {
    ...now,
    on: { ...now.on, ...Object.fromEntries(on) },
    defaults: { ...now.defaults, ...Object.fromEntries(defaults) },
    exceptions: (target.users || target.roles) && !isFrozen(had, about) ? had.exceptions : now.exceptions,
    mappings: [...now.mappings.filter(m => m.group.id !== group), ...mapped],
  }
}

async function giveBack(access: FeatureAccess, then: ModuleSettings, found: ModuleSettings): Promise<void> {
  let now = found
  const again = async () => {
    now = await access.read()
  }
  for (const mapping of now.mappings.filter(one => !then.mappings.some(m => m.group.id === one.group.id))) {
    await access.unmap(now, mapping)
    await again()
  }
  for (const mapping of then.mappings.filter(one => !isMapped(now, one))) {
    await access.map(now, mapping)
    await again()
  }
  const change = changeTo(then, now)
  if (Object.keys(change).length > 0) await access.change(now, change)
}

function isMapped(now: ModuleSettings, { group, roles }: ModuleSettings['mappings'][number]): boolean {
  const found = now.mappings.find(m => m.group.id === group.id)
  return found !== undefined && ids(found.roles) === ids(roles)
}

function changeTo(then: ModuleSettings, now: ModuleSettings): SettingsChange {
  const on = Object.entries(then.on).filter(([key, is]) => now.on[key as keyof ModuleSettings['on']] !== is)
  const defaults = Object.entries(then.defaults).flatMap(([key, one]) =>
    one !== null && now.defaults[key]?.id !== one.id ? [[key, one.id] as const] : [],
  )
  const { users, roles } = then.exceptions
  const moved = ids(users) !== ids(now.exceptions.users) || ids(roles) !== ids(now.exceptions.roles)
  return {
    ...(on.length > 0 ? { on: Object.fromEntries(on) } : {}),
    ...(defaults.length > 0 ? { defaults: Object.fromEntries(defaults) } : {}),
    ...(moved ? { exceptions: { users: users.map(u => u.id), roles: roles.map(r => r.id) } } : {}),
  }
}

function ids(list: readonly { id: string }[]): string {
  return JSON.stringify(list.map(one => one.id).sort())
}
