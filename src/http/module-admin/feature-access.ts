import { isK1Error, K1Error } from '../../core/errors.ts'
import type { AccessGroupMapping, Choice, FeatureAccess, ModuleSettings } from '../../core/features.ts'
import { type Answer, type HttpClient, path } from '../client.ts'
import type { ScimClient } from '../scim/client.ts'
import { findModuleUsers } from './people.ts'
import type { Endpoint } from './problem.ts'
import { groupsSchema, rolesSchema, type Settings, settingsSchema } from './schemas.ts'
import { readSettings, requireFeature, writeChange } from './settings.ts'

export interface FeatureAccessOptions {
  endpoint: Endpoint
  http: HttpClient
  scim: ScimClient
  tenantId: string
}

/** The five features of one module for one tenant, over the module admin contract. */
export function createFeatureAccess({ endpoint, http, scim, tenantId }: FeatureAccessOptions): FeatureAccess {
  const { title } = endpoint
  let known: Promise<Choice[]> | undefined

  return {
    defaultFields: [{ key: 'role', title: 'Role', hasChoices: true, grantsRole: true }],
    hasRoleExceptions: false,

    read: async () => await markAdmins(await ask()),
    look: () => ask(),

    async change(from, change) {
      const patch = writeChange(title, from, change)
      if (Object.keys(patch).length === 0) return
      await http.request({
        method: 'PATCH',
        path: path`/tenants/${tenantId}/unified-login`,
        headers: { 'if-match': from.version },
        contentType: 'application/merge-patch+json',
        json: patch,
        answer: settingsSchema,
      })
    },

    async map(from, mapping) {
      requireFeature(title, from, 'access-groups')
      await http.request({
        method: 'PUT',
        path: path`/tenants/${tenantId}/unified-login/access-groups/${mapping.group.id}`,
        headers: { 'if-match': from.version },
        json: { roleIds: mapping.roles.map(role => role.id) },
        answer: settingsSchema,
      })
    },

    async unmap(from: ModuleSettings, mapping: AccessGroupMapping) {
      requireFeature(title, from, 'access-groups')
      try {
        await http.request({
          method: 'DELETE',
          path: path`/tenants/${tenantId}/unified-login/access-groups/${mapping.group.id}`,
          headers: { 'if-match': from.version },
          answer: settingsSchema,
        })
      } catch (error) {
        // What is not mapped any more is what was wanted.
        if (!isK1Error(error) || error.facts.code !== 'not-found') throw error
      }
    },

    async choices(field) {
      if (field === 'role') return await roles()
      throw new K1Error('usage', `${title} has no default "${field}", only "role".`)
    },

    async groups() {
      const answer = await http.request({
        method: 'GET',
        path: path`/tenants/${tenantId}/unified-login/groups`,
        answer: groupsSchema,
      })
      return answer.body.groups
    },

    roles,
    users: text => findModuleUsers(scim, title, text),
  }

  async function ask(): Promise<ModuleSettings> {
    const answer = await http.request({
      method: 'GET',
      path: path`/tenants/${tenantId}/unified-login`,
      answer: settingsSchema,
    })
    return readSettings(answer.body, strongTag(answer))
  }

  async function roles(): Promise<Choice[]> {
    const answer = await http.request({
      method: 'GET',
      path: path`/tenants/${tenantId}/unified-login/roles`,
      answer: rolesSchema,
    })
    return answer.body.roles.map(({ id, name, isAdministrator }) => ({
      id,
      name,
      ...(isAdministrator ? { admin: true } : {}),
    }))
  }

  /** The settings name roles without saying which are an administrator's; the list of roles says. Asked for once. */
  async function markAdmins(settings: ModuleSettings): Promise<ModuleSettings> {
    const role = settings.defaults.role
    if (!role && settings.mappings.length === 0) return settings
    known ??= roles().catch(error => {
      known = undefined
      throw error
    })
    const admins = new Set((await known).filter(choice => choice.admin).map(choice => choice.id))
    const mark = (choice: Choice): Choice => (admins.has(choice.id) ? { ...choice, admin: true } : choice)
    return {
      ...settings,
      defaults: role ? { ...settings.defaults, role: mark(role) } : settings.defaults,
      mappings: settings.mappings.map(mapping => ({ ...mapping, roles: mapping.roles.map(mark) })),
    }
  }

  function strongTag(answer: Answer<Settings>): string {
    const tag = answer.headers.etag ?? ''
    // A weak tag never matches in If-Match (RFC 9110, 13.1.1): every change would be refused as stale.
    if (/^"[^"]*"$/.test(tag)) return tag
    throw new K1Error(
      'contract',
      `${title} sent its settings without a strong ETag, so no change could be made safely.`,
      {
        hint: `The endpoint must follow the contract: k1ctl systems contract ${endpoint.id}`,
        facts: { method: 'GET', path: `/tenants/${tenantId}/unified-login`, field: 'ETag' },
      },
    )
  }
}
