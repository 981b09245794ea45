import type { FeatureKey, ModuleSettings, ModuleUser } from '../../src/core/features.ts'
import type { SystemAbout } from '../../src/core/system.ts'

export function user(name: string, active = true): ModuleUser {
  return { id: `id-${name}`, name, email: `${name}@customer.example`, active }
}

/** Settings of a module that is linked, with nothing else on. */
export function reading(change: Partial<ModuleSettings> = {}): ModuleSettings {
  return {
    version: 'v1',
    organization: { id: 'o1', name: 'Brightwater IT' },
    on: { 'log-in': true, 'require-log-in': false, 'user-creation': false, deprovisioning: false },
    exceptions: { users: [], roles: [] },
    alwaysExempt: [],
    defaults: { role: { id: 'r1', name: 'Analyst' } },
    mappings: [],
    ...change,
  }
}

/** The same with these features on as well. */
export function readingWith(features: FeatureKey[], change: Partial<ModuleSettings> = {}): ModuleSettings {
  const base = reading(change)
  return { ...base, on: { ...base.on, ...Object.fromEntries(features.map(f => [f, true])) } }
}

export function about(change: Partial<SystemAbout> = {}): SystemAbout {
  return {
    id: 'module',
    title: 'The Module',
    aliases: [],
    reach: 'api',
    settings: [],
    features: [],
    isModule: true,
    people: '',
    contract: false,
    ...change,
  }
}
