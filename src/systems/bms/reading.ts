import { createHash } from 'node:crypto'
import type { Choice, ModuleSettings, ModuleUser, SettingsLook } from '../../core/features.ts'
import type { BmsClient } from './client.ts'
import { bmsDefaults, chosen } from './defaults.ts'
import type { BmsMapping, BmsSettings, Employee, LookupRow } from './schemas.ts'

/** What BMS says about Unified Login, before it is put into our words. */
export interface Snapshot {
  status: { isConnected: boolean; organizationId: string | undefined }
  settings: BmsSettings | null
  mappings: BmsMapping[]
}

export async function takeSnapshot(client: BmsClient): Promise<Snapshot> {
  const [status, settings, mappings] = await Promise.all([client.status(), client.settings(), client.mappings()])
  return { status, settings, mappings }
}

/**
 * SHA-256 over all that decides who can log in how. BMS has no ETag. Left out is what changes by itself or says
 * nothing about access: who saved it and when, and display names.
 */
export function versionOf({ status, settings, mappings }: Snapshot): string {
  const people = (list: BmsSettings['userExceptions']) =>
    list.map(one => [one.id, one.isActive] as const).sort((a, b) => a[0] - b[0])
  const canonical = [
    status.isConnected,
    status.organizationId ?? null,
    settings === null
      ? null
      : [
          settings.isEnabled,
          settings.isRequireLoginEnabled ?? false,
          settings.isDeprovisioningEnabled,
          settings.isAccessGroupMappingEnabled,
          bmsDefaults.map(field => chosen(field, settings)?.id ?? null),
          people(settings.userExceptions),
          people(settings.roleExceptions),
        ],
    [...mappings]
      .sort((a, b) => a.mappingId - b.mappingId)
      .map(one => [one.mappingId, one.accessGroupId, [...one.securityRoleIds].sort((a, b) => a - b), one.order]),
  ]
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex')
}

export function describeSnapshot(snapshot: Snapshot, roles: readonly LookupRow[]): ModuleSettings {
  const { status } = snapshot
  const { on, exceptions, defaults, mappings = [] } = describeLook(snapshot, roles)
  return {
    version: versionOf(snapshot),
    organization: status.isConnected ? organizationOf(status.organizationId) : null,
    on,
    exceptions,
    alwaysExempt: [],
    defaults,
    mappings,
  }
}

/** What BMS said, as far as it was asked: a part that was not asked for is undefined. */
interface Asked {
  status: Snapshot['status'] | undefined
  settings: BmsSettings | null
  mappings: BmsMapping[] | undefined
}

export function describeLook({ status, settings, mappings }: Asked, roles: readonly LookupRow[]): SettingsLook {
  const roleById = new Map(roles.map(role => [role.id, toRole(role)]))
  const role = (id: number, name?: string | null): Choice =>
    roleById.get(id) ?? toRole({ id, name: name ?? `role ${id}` })
  return {
    on: {
      ...(status ? { 'log-in': status.isConnected } : {}),
      'require-log-in': settings?.isRequireLoginEnabled ?? false,
      'user-creation': settings?.isEnabled ?? false,
      deprovisioning: settings?.isDeprovisioningEnabled ?? false,
      'access-groups': settings?.isAccessGroupMappingEnabled ?? false,
    },
    exceptions: {
      users: (settings?.userExceptions ?? []).map(one => ({
        id: String(one.id),
        name: one.name ?? String(one.id),
        email: one.emailAddress ?? '',
        active: one.isActive,
      })),
      roles: (settings?.roleExceptions ?? []).map(one => role(one.id, one.name)),
    },
    defaults: Object.fromEntries(
      bmsDefaults.map(field => {
        const choice = chosen(field, settings)
        return [field.key, choice !== null && field.grantsRole ? role(Number(choice.id), choice.name) : choice]
      }),
    ),
    ...(mappings
      ? {
          mappings: mappings.map(one => ({
            id: String(one.mappingId),
            group: { id: one.accessGroupId, name: one.accessGroupName ?? one.accessGroupId },
            roles: one.securityRoleIds.map(id => role(id)),
          })),
        }
      : {}),
  }
}

/** BMS names the organization by id only. */
function organizationOf(id: string | undefined): Choice {
  return { id: id ?? '', name: id ?? 'a KaseyaOne organization' }
}

/**
 * Whether a role administers BMS is in no published field: `isSystem` marks built-in roles, among them harmless ones,
 * and the rights of a role cannot be listed. So its name decides, and rather too often than too rarely.
 */
export function toRole(row: LookupRow): Choice {
  const choice = toChoice(row)
  return { ...choice, admin: /admin/i.test(choice.name) }
}

export function toChoice(row: LookupRow): Choice {
  return { id: String(row.id), name: row.name ?? String(row.id) }
}

/** An employee of whom BMS does not say whether they are active counts as active: the other way would be a claim. */
export function toUser(employee: Employee): ModuleUser {
  const name = [employee.firstName, employee.lastName].filter(Boolean).join(' ')
  return {
    id: String(employee.id),
    name: name === '' ? (employee.username ?? employee.emailAddress ?? String(employee.id)) : name,
    email: employee.emailAddress ?? '',
    active: employee.isActive ?? true,
  }
}
