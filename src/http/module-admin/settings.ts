import { K1Error } from '../../core/errors.ts'
import {
  type FeatureKey,
  featureKeys,
  featureTitles,
  type ModuleSettings,
  type SettingsChange,
} from '../../core/features.ts'
import type { Settings } from './schemas.ts'

/** Kaseya's own names for the five features. */
export const fieldOf = {
  'log-in': 'isLogInWithKaseyaOneEnabled',
  'require-log-in': 'isRequireLogInWithKaseyaOneEnabled',
  'user-creation': 'isAutomaticUserProvisioningEnabled',
  deprovisioning: 'isAutomaticUserDeprovisioningEnabled',
  'access-groups': 'isAccessGroupsEnabled',
} as const satisfies Record<FeatureKey, keyof Settings>

/** The settings of the contract in our words. `version` is the ETag, quotes and all. */
export function readSettings(settings: Settings, version: string): ModuleSettings {
  const on: Partial<Record<FeatureKey, boolean>> = {}
  for (const key of featureKeys) {
    const value = settings[fieldOf[key]]
    if (value !== undefined) on[key] = value
  }
  return {
    version,
    // A mapping that is not active carries no log-in, and the module counts as not linked.
    organization: settings.organization?.active
      ? { id: settings.organization.id, name: settings.organization.name }
      : null,
    on,
    exceptions: { users: (settings.userExceptions ?? []).map(readPerson), roles: [] },
    alwaysExempt: (settings.alwaysExempt ?? []).map(person => ({ ...readPerson(person), why: person.reason })),
    defaults: settings.defaultRole === undefined ? {} : { role: settings.defaultRole },
    mappings: (settings.accessGroups ?? []).map(mapping => ({
      id: mapping.groupId,
      group: { id: mapping.groupId, name: mapping.groupName },
      roles: mapping.roles,
    })),
  }
}

function readPerson(person: { id: string; displayName: string; email: string; active: boolean }) {
  return { id: person.id, name: person.displayName, email: person.email, active: person.active }
}

export interface SettingsPatch {
  isLogInWithKaseyaOneEnabled?: boolean
  isRequireLogInWithKaseyaOneEnabled?: boolean
  isAutomaticUserProvisioningEnabled?: boolean
  isAutomaticUserDeprovisioningEnabled?: boolean
  isAccessGroupsEnabled?: boolean
  defaultRoleId?: string
  /** The full list: ids of SCIM users. */
  userExceptionIds?: string[]
}

/**
 * The merge patch (RFC 7396) for a change.
 * @throws K1Error `refused` when it names what this module does not have.
 */
export function writeChange(title: string, from: ModuleSettings, change: SettingsChange): SettingsPatch {
  const patch: SettingsPatch = {}
  for (const key of featureKeys) {
    const value = change.on?.[key]
    if (value === undefined) continue
    requireFeature(title, from, key)
    patch[fieldOf[key]] = value
  }
  if (change.exceptions !== undefined) {
    requireFeature(title, from, 'require-log-in')
    if (change.exceptions.roles.length > 0)
      throw new K1Error('refused', `${title} has no exceptions by role, only by user.`)
    patch.userExceptionIds = [...change.exceptions.users]
  }
  for (const [field, id] of Object.entries(change.defaults ?? {})) {
    if (field !== 'role') throw new K1Error('refused', `${title} has no default "${field}", only "role".`)
    requireFeature(title, from, 'user-creation')
    patch.defaultRoleId = id
  }
  return patch
}

/** @throws K1Error `refused` when the module does not have the feature. */
export function requireFeature(title: string, from: ModuleSettings, feature: FeatureKey): void {
  if (from.on[feature] !== undefined) return
  throw new K1Error('refused', `${title} does not have ${featureTitles[feature]}.`, {
    hint: 'Run `k1ctl systems` to see which module has which feature.',
    facts: { feature },
  })
}
