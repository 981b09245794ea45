import type { Directory, Group, GroupSystem } from '../directory.ts'
import { type Collection, type ScimProfile, type ScimSystem, textOf, withMeta } from './collection.ts'
import { elementsOf, type Key, type Resource } from './filter.ts'
import { groupSchema } from './schema.ts'
import { ScimError } from './scim-error.ts'

/** KaseyaOne's groups, or Huddle's. A module has none of its own: there the list is empty, and stays so. */
export class Groups implements Collection {
  readonly schema = groupSchema
  /** Null where there are none. */
  readonly #system: GroupSystem | null
  readonly #profile: ScimProfile
  readonly #directory: Directory
  readonly #now: () => Date
  #created = 0

  constructor(system: ScimSystem, profile: ScimProfile, directory: Directory, now: () => Date) {
    this.#system = system === 'kaseyaone' || system === 'scim' ? system : null
    this.#profile = profile
    this.#directory = directory
    this.#now = now
  }

  list(tenantId: string, keys?: readonly Key[]): Resource[] {
    const system = this.#system
    if (system === null) return []
    const [key, ...more] = keys ?? []
    const ofOne = key?.path === 'members.value' && more.length === 0
    const found = ofOne
      ? this.#directory.viewGroupsOf(tenantId, system, key.value)
      : this.#directory.viewGroups(tenantId, system)
    return found.map(group => this.#seen(tenantId, system, group))
  }

  find(tenantId: string, id: string): Resource | null {
    const group = this.#system && this.#directory.viewGroup(tenantId, this.#system, id)
    return this.#system && group && this.#seen(tenantId, this.#system, group)
  }

  write(tenantId: string, id: string | null, resource: Resource): Resource {
    const system = this.#system
    if (system === null) {
      throw new ScimError(403, `${this.#profile.title} has no groups of its own; they are kept in KaseyaOne.`)
    }
    const groups = this.#directory.viewGroups(tenantId, system)
    const base = groups.find(group => group.id === id) ?? this.#blank()
    const name = textOf(resource.displayName)
    if (groups.some(group => group.id !== base.id && group.name.toLowerCase() === name.toLowerCase())) {
      throw new ScimError(409, `There is already a group named ${name}.`, 'uniqueness')
    }
    const memberIds = [...new Set(elementsOf(resource.members ?? []).map(member => textOf(member.value)))]
    const unknown = memberIds.find(memberId => !this.#directory.viewAccount(tenantId, system, memberId))
    if (unknown !== undefined) throw new ScimError(400, `There is no user with the id ${unknown}.`, 'invalidValue')
    return this.#seen(tenantId, system, this.#directory.saveGroup(tenantId, { ...base, name, memberIds }, system))
  }

  remove(tenantId: string, id: string): void {
    if (this.#system !== null) this.#directory.removeGroup(tenantId, id, this.#system)
  }

  #blank(): Group {
    const at = this.#now().toISOString()
    this.#created += 1
    return { id: `g-new-${this.#created}`, name: '', memberIds: [], createdAt: at, changedAt: at }
  }

  #seen(tenantId: string, system: GroupSystem, group: Readonly<Group>): Resource {
    const nameOf = (id: string) => this.#directory.viewAccount(tenantId, system, id)?.displayName ?? id
    const members = group.memberIds.map(value => ({ value, display: nameOf(value), type: 'User' }))
    const resource = { id: group.id, displayName: group.name, members }
    return withMeta(resource, groupSchema, group.createdAt, group.changedAt)
  }
}
