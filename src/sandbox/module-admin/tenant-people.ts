import type { Account, GroupSystem, PeopleSystem } from '../account.ts'
import { AccountBook } from '../account-book.ts'
import { GroupBook } from '../group-book.ts'
import type { WorldTenant } from '../world.ts'
import { seedAccounts, seedGroups } from './people.ts'

/** Everybody of one tenant in one system, by account id. */
export interface SystemPeople {
  accounts: AccountBook
  /** Empty where the system has none. */
  groups: GroupBook
  /** As they were when they were deleted. */
  deleted: Map<string, Account>
}

/** Everybody of one tenant. The people of a system are made when somebody first asks for them. */
export class TenantPeople {
  readonly #seed: WorldTenant
  readonly #made = new Map<PeopleSystem, SystemPeople>()
  #at: string

  /** @param at when everything was created, as an ISO time */
  constructor(seed: WorldTenant, at: string) {
    this.#seed = seed
    this.#at = at
  }

  in(system: PeopleSystem): SystemPeople {
    const known = this.#made.get(system)
    if (known) return known
    const groups = hasGroups(system) ? seedGroups(this.#seed, system, this.#at) : new GroupBook()
    const made = { accounts: AccountBook.of(seedAccounts(this.#seed, system, this.#at)), groups, deleted: new Map() }
    this.#made.set(system, made)
    return made
  }

  /** One system back to the seed, created at `at`. */
  reset(system: PeopleSystem, at: string): void {
    this.#made.delete(system)
    this.#at = at
  }
}

function hasGroups(system: PeopleSystem): system is GroupSystem {
  return system === 'kaseyaone' || system === 'scim'
}
