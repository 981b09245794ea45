import type { Directory, Group, GroupSystem } from '../directory.ts'
import { type Collection, type ScimProfile, type ScimSystem, textOf, withMeta } from './collection.ts'
import { elementsOf, type Resource } from './filter.ts'
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

  list(tenantId: string): Resource[] {
    if (this.#system === null) return []
    const names = this.#names(tenantId, this.#system)
    return this.#directory.viewGroups(tenantId, this.#system).map(group => resourceOf(group, names))
  }

  write(tenantId: string, id: string | null, resource: Resource): Resource {
    if (this.#system === null) {
      throw new ScimError(403, `${this.#profile.title} has no groups of its own; they are kept in KaseyaOne.`)
    }
    const groups = this.#directory.groups(tenantId, this.#system)
    const names = this.#names(tenantId, this.#system)
    const base = groups.find(group => group.id === id) ?? this.#blank()
    const name = textOf(resource.displayName)
    if (groups.some(group => group.id !== base.id && group.name.toLowerCase() === name.toLowerCase())) {
      throw new ScimError(409, `There is already a group named ${name}.`, 'uniqueness')
    }
    const memberIds = [...new Set(elementsOf(resource.members ?? []).map(member => textOf(member.value)))]
    const unknown = memberIds.find(memberId => !names.has(memberId))
    if (unknown !== undefined) throw new ScimError(400, `There is no user with the id ${unknown}.`, 'invalidValue')
    return resourceOf(this.#directory.saveGroup(tenantId, { ...base, name, memberIds }, this.#system), names)
  }

  remove(tenantId: string, id: string): void {
    if (this.#system !== null) this.#directory.removeGroup(tenantId, id, this.#system)
  }

  #blank(): Group {
    const at = this.#now().toISOString()
    this.#created += 1
    return { id: `g-new-${this.#created}`, name: '', memberIds: [], createdAt: at, changedAt: at }
  }

  #names(tenantId: string, system: GroupSystem): Map<string, string> {
    return new Map(this.#directory.viewAccounts(tenantId, system).map(({ id, displayName }) => [id, displayName]))
  }
}

function resourceOf(group: Readonly<Group>, names: ReadonlyMap<string, string>): Resource {
  const members = group.memberIds.map(value => ({ value, display: names.get(value) ?? value, type: 'User' }))
  const resource = { id: group.id, displayName: group.name, members }
  return withMeta(resource, groupSchema, group.createdAt, group.changedAt)
}
