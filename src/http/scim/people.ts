import type { Account, AccountGoal, PeopleAccess } from '../../core/account.ts'
import { isK1Error } from '../../core/errors.ts'
import type { Reach } from '../../core/features.ts'
import { once } from '../../core/once.ts'
import { partOf } from '../../core/parts.ts'
import type { Clock } from '../../core/ports.ts'
import type { ScimClient } from './client.ts'
import { createUserFinder } from './find-users.ts'
import { adminRolesDropped } from './goals/admin-roles.ts'
import { deleted } from './goals/deleted.ts'
import type { ScimTools } from './goals/ground.ts'
import { groupsLeft } from './goals/groups.ts'
import { signInBlocked } from './goals/sign-in.ts'
import { createMemberships } from './memberships.ts'
import { type OtherAccounts, type PeopleRules, plainRole, roleName } from './people-rules.ts'
import { readAccount } from './read-account.ts'
import type { ScimUser } from './schemas.ts'
import { createScimServer } from './server.ts'

export interface ScimPeopleOptions {
  client: ScimClient
  /** For sentences: "Graphus". */
  title: string
  reach: Reach
  clock: Clock
  rules: PeopleRules
}

/** People of one system over SCIM 2.0; `rules` is all that differs between systems. */
export function createScimPeople({ client, title, reach, clock, rules }: ScimPeopleOptions): PeopleAccess {
  const server = createScimServer(client, title)
  const finder = createUserFinder(server, { clock, ignoresCase: rules.isContract })
  const roles = new Map<string, () => Promise<{ value: string; display?: string } | undefined>>()

  const others: OtherAccounts = {
    async isLast(user, isRole) {
      if (!holds(user, isRole)) return false
      for await (const other of client.users()) {
        if (other.id !== user.id && other.active !== false && holds(other, isRole)) return false
      }
      return true
    },
  }

  async function readRoleCalled(name: string): Promise<{ value: string; display?: string } | undefined> {
    for await (const { roles } of client.users()) {
      const role = roles?.find(one => plainRole(roleName(one)) === plainRole(name))
      if (role?.value) return { value: role.value, ...(role.display ? { display: role.display } : {}) }
    }
    return undefined
  }

  const tools: ScimTools = {
    server,
    memberships: createMemberships(server, rules.isContract),
    reach,
    rules,
    others,
    showsRoles: once(async () => {
      for await (const { roles } of client.users()) if (roles && roles.length > 0) return true
      return false
    }),
    roleCalled(name) {
      const ask = roles.get(name) ?? once(() => readRoleCalled(name))
      roles.set(name, ask)
      return ask()
    },
  }

  async function guardedAccount(user: ScimUser): Promise<Account> {
    // Where nobody can say it now, whoever is found is found all the same: each goal asks again before it writes.
    const { value: why } = await partOf(Promise.resolve().then(() => rules.untouchable?.(user, others)))
    return { ...readAccount(title, user, rules), ...(why === undefined ? {} : { untouchable: why }) }
  }

  return {
    async find(word, note, told) {
      const found = await finder.find(word, told)
      for (const user of found) note?.(user.id, 'user', user)
      return Promise.all(found.map(guardedAccount))
    },

    async account(id) {
      const user = await server.user(id)
      return user && guardedAccount(user)
    },

    async goals(account, { delete: alsoDelete, waitMs, present }) {
      // Neither keeps anybody in: what would follow is blocked directly, and deleting asks again before it writes.
      const nothing = Promise.resolve(undefined)
      const [{ value: follows }, { value: kept }] = await Promise.all([
        partOf(rules.follows?.(present) ?? nothing),
        partOf(alsoDelete ? neverDeleted(account) : nothing),
      ])
      const goals: AccountGoal[] = []
      if (rules.kinds.includes('admin-roles-dropped') && (rules.rolesForAll || account.roles.length > 0)) {
        goals.push(adminRolesDropped(tools, account))
      }
      goals.push(signInBlocked(tools, account, { follows, waitMs, warnings: kept === undefined ? [] : [kept] }))
      if (rules.kinds.includes('groups-left')) goals.push(groupsLeft(tools, account))
      if (alsoDelete && kept === undefined) goals.push(deleted(tools, account, { follows, waitMs }))
      return goals
    },

    async *list() {
      // Who may not be touched is not asked here: that would read everybody once for each administrator.
      for await (const user of client.users()) {
        const account = readAccount(title, user, rules)
        yield typeof user.active === 'boolean' ? account : { ...account, activeUnseen: true }
      }
    },

    async count() {
      for (const asked of [0, 1] as const) {
        try {
          return await client.totalUsers(asked)
        } catch (error) {
          // Some servers refuse a count of 0, which RFC 7644 allows.
          if (!isK1Error(error) || error.kind !== 'rejected') throw error
        }
      }
      return null
    },
  }

  /** Only of who was found as an administrator: the last of them is blocked, and stays. */
  async function neverDeleted({ id, roles }: Account): Promise<string | undefined> {
    if (!rules.neverDeleted || !roles.some(role => role.admin)) return undefined
    const user = await server.user(id)
    return user === null ? undefined : rules.neverDeleted(user, others)
  }
}

function holds(user: ScimUser, isRole: (name: string) => boolean): boolean {
  return (user.roles ?? []).some(role => isRole(roleName(role)))
}
