import type { Group } from './account.ts'

/** The groups of one system and tenant, by id, and found by member without going over all of them. */
export class GroupBook extends Map<string, Group> {
  readonly #byMember = new Map<string, Set<string>>()
  /** When each came, so that somebody's groups are in the order of all groups. */
  readonly #place = new Map<string, number>()
  #came = 0

  override set(id: string, group: Group): this {
    const [before, after] = [new Set(this.get(id)?.memberIds), new Set(group.memberIds)]
    for (const member of before) if (!after.has(member)) this.#byMember.get(member)?.delete(id)
    for (const member of after) {
      if (before.has(member)) continue
      const ids = this.#byMember.get(member)
      if (ids) ids.add(id)
      else this.#byMember.set(member, new Set([id]))
    }
    if (!this.has(id)) {
      this.#came += 1
      this.#place.set(id, this.#came)
    }
    return super.set(id, group)
  }

  override delete(id: string): boolean {
    for (const member of this.get(id)?.memberIds ?? []) this.#byMember.get(member)?.delete(id)
    this.#place.delete(id)
    return super.delete(id)
  }

  /** The groups that somebody is in. */
  of(memberId: string): Group[] {
    const place = ({ id }: Group) => this.#place.get(id) ?? 0
    return [...(this.#byMember.get(memberId) ?? [])]
      .flatMap(id => this.get(id) ?? [])
      .sort((one, other) => place(one) - place(other))
  }
}
