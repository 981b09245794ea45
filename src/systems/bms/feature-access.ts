import { K1Error } from '../../core/errors.ts'
import type { AccessGroupMapping, FeatureAccess, ModuleSettings, SettingsChange } from '../../core/features.ts'
import { about } from './about.ts'
import type { BmsClient } from './client.ts'
import { bmsDefaults, isNeverConfigured, parseId, resolveDefaults, unknownDefault } from './defaults.ts'
import { findUsers } from './people.ts'
import { describeLook, describeSnapshot, type Snapshot, takeSnapshot, toChoice, toRole, versionOf } from './reading.ts'
import type { LookupRow, SettingsInput } from './schemas.ts'

/** The five features of BMS. There is no ETag, so every write reads again first and compares. */
export function createFeatureAccess(client: BmsClient): FeatureAccess {
  /** @throws K1Error `conflict` when BMS is not as `from` says (any more) */
  async function confirm(from: ModuleSettings): Promise<Snapshot> {
    const now = await takeSnapshot(client)
    if (versionOf(now) === from.version) return now
    throw new K1Error('conflict', 'Somebody changed the KaseyaOne settings of BMS since they were read.', {
      hint: 'Plan again, and look at what is there now. Nothing was written.',
      facts: { expected: from.version, found: versionOf(now) },
    })
  }

  async function roles(): Promise<LookupRow[]> {
    return client.lookup('security-roles')
  }

  return {
    defaultFields: bmsDefaults.map(({ key, title, hasChoices, grantsRole }) => ({
      key,
      title,
      hasChoices,
      grantsRole,
    })),
    hasRoleExceptions: true,

    async read() {
      const [snapshot, allRoles] = await Promise.all([takeSnapshot(client), roles()])
      return describeSnapshot(snapshot, allRoles)
    },

    async look({ logIn, mappings }) {
      const [status, settings, mapped, allRoles] = await Promise.all([
        logIn ? client.status() : undefined,
        client.settings(),
        mappings ? client.mappings() : undefined,
        mappings ? roles() : [],
      ])
      return describeLook({ status, settings, mappings: mapped }, allRoles)
    },

    async change(from, change) {
      const logIn = change.on?.['log-in']
      if (logIn !== undefined && logIn !== from.on['log-in']) throw logInByHand(logIn)
      const { settings } = await confirm(from)
      const input = buildInput(settings, change)
      if (isNeverConfigured(settings)) await client.createSettings(input)
      else await client.updateSettings(input)
    },

    async map(from, mapping) {
      const { mappings } = await confirm(from)
      const input = {
        AccessGroupId: mapping.group.id,
        AccessGroupName: mapping.group.name,
        SecurityRoleIds: mapping.roles.map(role => parseId(role.id, 'security role')),
      }
      const present = find(mappings, mapping)
      if (present === undefined) await client.createMapping(input)
      // What the order means is documented nowhere: it stays as it was read.
      else await client.updateMapping(present.mappingId, { ...input, Order: present.order })
    },

    async unmap(from, mapping) {
      const { mappings } = await confirm(from)
      const present = find(mappings, mapping)
      if (present !== undefined) await client.deleteMapping(present.mappingId)
    },

    async choices(key) {
      const field = bmsDefaults.find(one => one.key === key)
      if (field === undefined) throw unknownDefault(key)
      if (field.lookup === undefined) return []
      const rows = await client.lookup(field.lookup)
      return rows.filter(isOffered).map(field.grantsRole ? toRole : toChoice)
    },

    groups: () => client.accessGroups(),

    async roles() {
      return (await roles()).filter(isOffered).map(toRole)
    },

    users: text => findUsers(client, text),
  }
}

function isOffered(row: LookupRow): boolean {
  return row.isActive !== false
}

function find(mappings: Snapshot['mappings'], wanted: AccessGroupMapping) {
  return mappings.find(one =>
    wanted.id === undefined ? one.accessGroupId === wanted.group.id : String(one.mappingId) === wanted.id,
  )
}

/** Everything, always: whether BMS keeps what a write leaves out is documented nowhere. */
function buildInput(settings: Snapshot['settings'], change: SettingsChange): SettingsInput {
  const { on = {}, exceptions, defaults = {} } = change
  const ids = (list: readonly { id: number }[] | undefined) => (list ?? []).map(one => one.id)
  return {
    IsEnabled: on['user-creation'] ?? settings?.isEnabled ?? false,
    IsAccessGroupMappingEnabled: on['access-groups'] ?? settings?.isAccessGroupMappingEnabled ?? false,
    IsDeprovisioningEnabled: on.deprovisioning ?? settings?.isDeprovisioningEnabled ?? false,
    IsRequireLoginEnabled: on['require-log-in'] ?? settings?.isRequireLoginEnabled ?? false,
    ...resolveDefaults(settings, defaults),
    UserExceptionIds: parseIds(exceptions?.users, 'user') ?? ids(settings?.userExceptions),
    RoleExceptionIds: parseIds(exceptions?.roles, 'security role') ?? ids(settings?.roleExceptions),
  }
}

function parseIds(list: readonly string[] | undefined, what: string): number[] | undefined {
  return list === undefined ? undefined : [...new Set(list.map(id => parseId(id, what)))]
}

function logInByHand(on: boolean): K1Error {
  const state = on ? 'on' : 'off'
  const steps = about.features.find(one => one.feature === 'log-in')?.steps ?? []
  return new K1Error('refused', `Log In with KaseyaOne cannot be turned ${state} through the interface of BMS.`, {
    hint: `A person does it: ${steps.map(step => step.replaceAll('{state}', state)).join(' ')}`,
    facts: { feature: 'log-in', steps: steps.map(step => step.replaceAll('{state}', state)) },
  })
}
