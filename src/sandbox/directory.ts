import { type Account, type Follower, followers, type Group, type GroupSystem, type PeopleSystem } from './account.ts'
import { Departures } from './departures.ts'
import { emailOf, isSamePerson } from './module-admin/people.ts'
import { type SystemPeople, TenantPeople } from './module-admin/tenant-people.ts'
import { type SeenPerson, seenPeople } from './seen-people.ts'
import type { World } from './world.ts'

export type { Account, Follower, Group, GroupSystem, PeopleSystem }

/** What a module lets the directory ask, at the moment when something changes in KaseyaOne. */
export interface FollowerRules {
  deprovisioning(tenantId: string): boolean
  /** Mapped KaseyaOne groups that give access to the module; absent or empty where access groups are off. */
  accessGroupIds?(tenantId: string): readonly string[]
  userCreation?(tenantId: string): boolean
}

/**
 * The live people of all systems, over the seed: one directory a sandbox, shared by the simulators.
 *
 * Answers are copies, except those of the `view…` calls, which are fast and must not be written to; change a copy and
 * hand it to `save`. What follows elsewhere from a change in KaseyaOne happens inside `save` and `remove`, or once the
 * delay is over, at the next question. An unknown tenant has no people.
 */
export class Directory {
  readonly #world: World
  readonly #now: () => Date
  readonly #rules = new Map<Follower, FollowerRules>()
  readonly #departures: Departures
  #tenants = new Map<string, TenantPeople>()

  constructor(world: World, now: () => Date) {
    this.#world = world
    this.#now = now
    this.#departures = new Departures(now)
    this.reset()
  }

  /** Each module says here, once, how it follows KaseyaOne. One that never does follows nothing. */
  follow(system: Follower, rules: FollowerRules): void {
    this.#rules.set(system, rules)
  }

  accounts(tenantId: string, system: PeopleSystem): Account[] {
    return this.viewAccounts(tenantId, system).map(account => structuredClone(account))
  }

  account(tenantId: string, system: PeopleSystem, id: string): Account | null {
    this.#settle()
    const account = this.#people(tenantId, system)?.accounts.get(id)
    return account ? structuredClone(account) : null
  }

  /** Not copies. An account that is saved is another object, so an answer may be remembered by it. */
  viewAccounts(tenantId: string, system: PeopleSystem): readonly Readonly<Account>[] {
    this.#settle()
    return [...(this.#people(tenantId, system)?.accounts.values() ?? [])]
  }

  /** Not a copy. */
  viewAccount(tenantId: string, system: PeopleSystem, id: string): Readonly<Account> | null {
    this.#settle()
    return this.#people(tenantId, system)?.accounts.get(id) ?? null
  }

  /** Not copies: everybody with this log-in or e-mail, whatever the case. */
  viewNamed(tenantId: string, system: PeopleSystem, word: string): readonly Readonly<Account>[] {
    this.#settle()
    return this.#people(tenantId, system)?.accounts.named(word) ?? []
  }

  /** The same as long as no account of it changed. */
  revision(tenantId: string, system: PeopleSystem): object | undefined {
    this.#settle()
    return this.#people(tenantId, system)?.accounts.revision
  }

  /** The same as long as nobody came or went. */
  membership(tenantId: string, system: PeopleSystem): object | undefined {
    this.#settle()
    return this.#people(tenantId, system)?.accounts.membership
  }

  /** False for somebody who has no account there. */
  isActive(tenantId: string, system: PeopleSystem, id: string): boolean {
    this.#settle()
    return this.#people(tenantId, system)?.accounts.get(id)?.active ?? false
  }

  /** Creates or replaces, and answers what is now there. Saving what is there already changes nothing. */
  save(tenantId: string, system: PeopleSystem, account: Account): Account {
    this.#settle()
    const before = this.#store(tenantId, system, account)
    if (system === 'kaseyaone' && before?.active && !account.active) this.#depart(tenantId, before, 'deactivate')
    if (system === 'kaseyaone' && account.active) this.#stay(tenantId, account)
    this.#settle()
    return this.account(tenantId, system, account.id) ?? account
  }

  /** Graphus only disables its last administrator (Graphus help, Automatic User Deprovisioning). */
  remove(tenantId: string, system: PeopleSystem, id: string): 'deleted' | 'disabled' | 'absent' {
    this.#settle()
    const people = this.#people(tenantId, system)
    const account = people?.accounts.get(id)
    if (!people || !account) return 'absent'
    if (system === 'graphus' && this.isLastHolder(tenantId, system, 'admin', id)) {
      this.#store(tenantId, system, { ...account, active: false })
      return 'disabled'
    }
    people.accounts.delete(id)
    people.deleted.set(id, account)
    for (const group of people.groups.of(id)) this.#storeGroup(people, without(group, id))
    if (system === 'kaseyaone') {
      this.#depart(tenantId, account, 'delete')
      this.#settle()
    }
    return 'deleted'
  }

  /** Does this person hold the role with no other active person who does? */
  isLastHolder(tenantId: string, system: PeopleSystem, role: string, id: string): boolean {
    const accounts = this.#people(tenantId, system)?.accounts
    if (!accounts?.get(id)?.roleIds.includes(role)) return false
    for (const other of accounts.values()) {
      if (other.id !== id && other.active && other.roleIds.includes(role)) return false
    }
    return true
  }

  /** Groups of one tenant. A KaseyaOne group that a BMS mapping of the seed names has that mapping's id. */
  groups(tenantId: string, system: GroupSystem = 'kaseyaone'): Group[] {
    return this.viewGroups(tenantId, system).map(group => structuredClone(group))
  }

  /** Not copies. */
  viewGroups(tenantId: string, system: GroupSystem): readonly Readonly<Group>[] {
    return [...(this.#people(tenantId, system)?.groups.values() ?? [])]
  }

  /** Not copies: the groups that somebody is in. */
  viewGroupsOf(tenantId: string, system: GroupSystem, memberId: string): readonly Readonly<Group>[] {
    return this.#people(tenantId, system)?.groups.of(memberId) ?? []
  }

  /** Not a copy. */
  viewGroup(tenantId: string, system: GroupSystem, id: string): Readonly<Group> | null {
    return this.#people(tenantId, system)?.groups.get(id) ?? null
  }

  saveGroup(tenantId: string, group: Group, system: GroupSystem = 'kaseyaone'): Group {
    const people = this.#people(tenantId, system)
    if (!people) return group
    const before = people.groups.get(group.id)?.memberIds ?? []
    const saved = this.#storeGroup(people, group)
    if (system === 'kaseyaone') this.#membershipChanged(tenantId, group.id, before, group.memberIds)
    return structuredClone(saved)
  }

  removeGroup(tenantId: string, id: string, system: GroupSystem = 'kaseyaone'): boolean {
    const groups = this.#people(tenantId, system)?.groups
    const members = groups?.get(id)?.memberIds ?? []
    const existed = groups?.delete(id) ?? false
    if (system === 'kaseyaone') this.#membershipChanged(tenantId, id, members, [])
    return existed
  }

  /** How long a module takes to follow; of `kaseyaone`: all of them. */
  setDelay(system: PeopleSystem, ms: number): void {
    for (const follower of followers) {
      if (system === follower || system === 'kaseyaone') this.#departures.setDelay(follower, ms)
    }
  }

  /** Back to the seed: the accounts of one system, or everything. */
  reset(system?: PeopleSystem): void {
    const at = this.#now().toISOString()
    if (system) for (const tenant of this.#tenants.values()) tenant.reset(system, at)
    else this.#tenants = new Map(this.#world.tenants.map(tenant => [tenant.id, new TenantPeople(tenant, at)]))
    const all = !system || system === 'kaseyaone'
    this.#departures.drop(departure => all || departure.system === system)
    this.setDelay(system ?? 'kaseyaone', 0)
  }

  /** Everybody of one system by tenant id, those who were deleted too: for `GET state`. */
  state(system: PeopleSystem): Record<string, SeenPerson[]> {
    this.#settle()
    return Object.fromEntries([...this.#tenants].map(([id, tenant]) => [id, seenPeople(tenant, system)]))
  }

  #people(tenantId: string, system: PeopleSystem): SystemPeople | undefined {
    return this.#tenants.get(tenantId)?.in(system)
  }

  #store(tenantId: string, system: PeopleSystem, account: Account): Account | undefined {
    const accounts = this.#people(tenantId, system)?.accounts
    const before = accounts?.get(account.id)
    if (before && JSON.stringify(before) === JSON.stringify(account)) return before
    accounts?.set(account.id, { ...structuredClone(account), changedAt: this.#now().toISOString() })
    return before
  }

  #storeGroup({ groups }: SystemPeople, group: Group): Group {
    const before = groups.get(group.id)
    if (before && JSON.stringify(before) === JSON.stringify(group)) return before
    const saved = { ...structuredClone(group), changedAt: this.#now().toISOString() }
    groups.set(group.id, saved)
    return saved
  }

  #depart(tenantId: string, person: Account, act: 'deactivate' | 'delete'): void {
    for (const system of followers) {
      if (!this.#rules.get(system)?.deprovisioning(tenantId)) continue
      for (const { id } of this.#sameAs(tenantId, person, system)) {
        this.#departures.add({ tenantId, system, accountId: id, act })
      }
    }
  }

  /** The accounts in a module of whoever has this account in KaseyaOne. */
  #sameAs(tenantId: string, person: Account | null, system: Follower): readonly Account[] {
    if (person === null) return []
    return this.viewNamed(tenantId, system, emailOf(person)).filter(account => isSamePerson(person, account, system))
  }

  /** Somebody who is active again is no longer about to be deactivated; what was already done is not undone. */
  #stay(tenantId: string, person: Account): void {
    this.#departures.drop(departure => {
      const account = this.#people(tenantId, departure.system)?.accounts.get(departure.accountId)
      return departure.tenantId === tenantId && !!account && isSamePerson(person, account, departure.system)
    })
  }

  /** Who loses the last group that gives access is disabled, never deleted; user creation lets them in again. */
  #membershipChanged(tenantId: string, groupId: string, before: readonly string[], after: readonly string[]): void {
    for (const system of followers) {
      const rules = this.#rules.get(system)
      const mapped = rules?.accessGroupIds?.(tenantId) ?? []
      if (!mapped.includes(groupId)) continue
      const groups = this.viewGroups(tenantId, 'kaseyaone').filter(group => mapped.includes(group.id))
      const allowed = new Set(groups.flatMap(group => group.memberIds))
      const lost = before.filter(id => !after.includes(id) && !allowed.has(id))
      const gained = after.filter(id => !before.includes(id))
      const accountsOf = (ids: readonly string[]) =>
        new Set(ids.flatMap(id => this.#sameAs(tenantId, this.viewAccount(tenantId, 'kaseyaone', id), system)))
      if (rules?.deprovisioning(tenantId)) {
        for (const { id } of accountsOf(lost))
          this.#departures.add({ tenantId, system, accountId: id, act: 'deactivate' })
      }
      if (rules?.userCreation?.(tenantId)) {
        for (const account of accountsOf(gained)) this.#store(tenantId, system, { ...account, active: true })
      }
    }
    this.#settle()
  }

  /** Carries out what is due. */
  #settle(): void {
    for (const { tenantId, system, accountId, act } of this.#departures.takeDue()) {
      // BMS keeps its employees: what others delete is inactive there.
      if (act === 'delete' && system !== 'bms') this.remove(tenantId, system, accountId)
      else {
        const account = this.account(tenantId, system, accountId)
        if (account) this.#store(tenantId, system, { ...account, active: false })
      }
    }
  }
}

function without(group: Group, memberId: string): Group {
  return { ...group, memberIds: group.memberIds.filter(id => id !== memberId) }
}
