import { createHash } from 'node:crypto'
import type { Account, Directory } from '../directory.ts'
import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import type { ModuleSeed, Operator, World } from '../world.ts'
import { type Features, fields } from './features.ts'
import { jsonObject } from './json.ts'
import { emailOf, roleId } from './people.ts'
import { Problem } from './problem.ts'
import { type FeatureKey, missingRights, type Profile } from './profile.ts'
import { mapGroup, patchFeatures, unmapGroup } from './settings-patch.ts'

export type UnifiedModule = 'graphus' | 'datto-partner-portal'

/** The five features of one module, for each of its tenants. */
export class UnifiedLogin {
  readonly #system: UnifiedModule
  readonly #profile: Profile
  readonly #world: World
  readonly #directory: Directory
  #tenants = new Map<string, Features>()

  constructor(system: UnifiedModule, profile: Profile, world: World, directory: Directory) {
    this.#system = system
    this.#profile = profile
    this.#world = world
    this.#directory = directory
    this.reset()
    const isOn = (tenantId: string, feature: FeatureKey) => {
      const features = this.#tenants.get(tenantId)
      return features?.isMapped === true && features.isOrganizationActive && features.on[feature]
    }
    directory.follow(system, {
      deprovisioning: tenantId => isOn(tenantId, 'deprovisioning'),
      userCreation: tenantId => isOn(tenantId, 'user-creation'),
      accessGroupIds: tenantId =>
        isOn(tenantId, 'access-groups') ? this.#features(tenantId).accessGroups.map(mapping => mapping.groupId) : [],
    })
  }

  /** Answers everything below `/tenants/{id}/unified-login`; null for what is not one of its calls. */
  handle(
    request: SimulatedRequest,
    tenantId: string,
    rest: readonly string[],
    operator: Operator,
  ): SimulatedResponse | null {
    const [first, groupId] = rest
    const method = request.method
    if (rest.length === 0 && method === 'GET') return this.#answer(tenantId)
    if (rest.length === 0 && method === 'PATCH') {
      this.#mayChange(request, tenantId, operator)
      const type = request.headers['content-type'] ?? ''
      if (!/^application\/merge-patch\+json(?:\s*;|$)/i.test(type)) {
        throw new Problem('invalid', 'A patch is sent as application/merge-patch+json.', { field: 'Content-Type' })
      }
      return this.#put(tenantId, this.#patched(tenantId, jsonObject(request)))
    }
    if (rest.length === 1 && first === 'roles' && method === 'GET')
      return { status: 200, body: { roles: this.#profile.roles } }
    if (rest.length === 1 && first === 'groups' && method === 'GET') {
      const groups = this.#directory.viewGroups(tenantId, 'kaseyaone').map(({ id, name }) => ({ id, name }))
      return { status: 200, body: { groups } }
    }
    const hasAccessGroups = this.#profile.features.includes('access-groups')
    if (rest.length !== 2 || first !== 'access-groups' || groupId === undefined || !hasAccessGroups) return null
    if (method === 'PUT') {
      this.#mayChange(request, tenantId, operator)
      if (!this.#directory.groups(tenantId).some(group => group.id === groupId)) {
        throw new Problem('not-found', `There is no KaseyaOne group with the id ${groupId}.`)
      }
      const body = jsonObject(request)
      const unknown = Object.keys(body).find(member => member !== 'roleIds')
      if (unknown) throw new Problem('invalid', `A mapping has no ${unknown}.`, { field: unknown })
      return this.#put(tenantId, mapGroup(this.#features(tenantId), groupId, body.roleIds, this.#profile))
    }
    if (method === 'DELETE') {
      this.#mayChange(request, tenantId, operator)
      return this.#put(tenantId, unmapGroup(this.#features(tenantId), groupId))
    }
    return null
  }

  /** As if KaseyaOne suspended the organization of this tenant, or lifted that. False for an unknown tenant. */
  setOrganizationActive(tenantId: string, isActive: boolean): boolean {
    const features = this.#tenants.get(tenantId)
    if (features) features.isOrganizationActive = isActive
    return features !== undefined
  }

  reset(): void {
    this.#tenants = new Map(
      this.#world.tenants.flatMap(tenant => {
        const seed = tenant[this.#system]
        return seed ? [[tenant.id, seedFeatures(seed)] as const] : []
      }),
    )
  }

  state(): Record<string, Features> {
    return Object.fromEntries(this.#tenants)
  }

  #features(tenantId: string): Features {
    const features = this.#tenants.get(tenantId)
    if (!features) throw new Problem('not-found', 'There is no such tenant.')
    return features
  }

  #answer(tenantId: string): SimulatedResponse {
    const body = this.#settings(tenantId)
    return { status: 200, headers: { etag: etagOf(body) }, body }
  }

  #put(tenantId: string, features: Features): SimulatedResponse {
    this.#tenants.set(tenantId, features)
    return this.#answer(tenantId)
  }

  #mayChange(request: SimulatedRequest, tenantId: string, operator: Operator): void {
    const missing = missingRights(operator, this.#system)
    if (missing.length > 0) throw new Problem('forbidden', missing.join(' '), { missing })
    const ifMatch = request.headers['if-match']
    if (ifMatch === undefined) {
      throw new Problem('precondition-required', 'Send If-Match with the ETag of the settings that you read.')
    }
    const etag = etagOf(this.#settings(tenantId))
    const isCurrent = ifMatch.split(',').some(tag => tag.trim() === etag || tag.trim() === '*')
    if (!isCurrent) throw new Problem('precondition', 'The settings are no longer what you read; read them again.')
  }

  #patched(tenantId: string, patch: Record<string, unknown>): Features {
    return patchFeatures(this.#features(tenantId), patch, {
      profile: this.#profile,
      isUser: id => this.#directory.account(tenantId, this.#system, id) !== null,
      hasWayIn: features =>
        this.#directory.accounts(tenantId, this.#system).some(account => {
          const isFree = features.userExceptionIds.includes(account.id) || this.#profile.exemptions(account).length > 0
          return account.active && isFree
        }),
    })
  }

  #settings(tenantId: string): Record<string, unknown> {
    const features = this.#features(tenantId)
    const { id, name } = this.#world.organization
    const has = (feature: FeatureKey) => this.#profile.features.includes(feature)
    const role = (wanted: string) => {
      const known = this.#profile.roles.find(one => one.id === wanted)
      return known ? [{ id: known.id, name: known.name }] : []
    }
    const settings: Record<string, unknown> = {
      organization: features.isMapped ? { id, name, active: features.isOrganizationActive } : null,
    }
    for (const feature of this.#profile.features) settings[fields[feature]] = features.on[feature]
    if (has('user-creation')) settings.defaultRole = role(features.defaultRoleId ?? '')[0] ?? null
    if (has('require-log-in')) {
      const accounts = this.#directory.accounts(tenantId, this.#system)
      // Turned off, Require keeps its exceptions; who is deleted is no exception any more.
      settings.userExceptions = accounts.filter(one => features.userExceptionIds.includes(one.id)).map(userOf)
      settings.alwaysExempt = accounts.flatMap(account => {
        const reasons = this.#profile.exemptions(account)
        return reasons.length > 0 ? [{ ...userOf(account), reason: reasons.join('; ') }] : []
      })
    }
    if (has('access-groups')) {
      const groups = this.#directory.groups(tenantId)
      settings.accessGroups = features.accessGroups.flatMap(({ groupId, roleIds }) => {
        const group = groups.find(one => one.id === groupId)
        return group ? [{ groupId, groupName: group.name, roles: roleIds.flatMap(role) }] : []
      })
    }
    return settings
  }
}

function userOf(account: Account): { id: string; displayName: string; email: string; active: boolean } {
  return { id: account.id, displayName: account.displayName, email: emailOf(account), active: account.active }
}

/** Strong: it differs whenever anything in the answer differs, people who became exempt included. */
function etagOf(settings: Record<string, unknown>): string {
  return `"${createHash('sha256').update(JSON.stringify(settings)).digest('base64url').slice(0, 22)}"`
}

function seedFeatures(seed: ModuleSeed): Features {
  return {
    isMapped: seed.linked,
    isOrganizationActive: true,
    on: {
      'log-in': seed.logIn,
      'require-log-in': seed.requireLogIn,
      'user-creation': seed.userCreation,
      deprovisioning: seed.deprovisioning,
      'access-groups': false,
    },
    // A seed may name the role as people do.
    defaultRoleId: seed.defaultRoleId === null ? null : roleId(seed.defaultRoleId),
    userExceptionIds: [...seed.userExceptionIds],
    accessGroups: [],
  }
}
