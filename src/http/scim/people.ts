import type { Account, PeopleAccess } from '../../core/account.ts'
import { isK1Error, K1Error } from '../../core/errors.ts'
import type { Reach } from '../../core/features.ts'
import { type OldAccountGoal as AccountGoal, fromOld } from '../../core/old-goal.ts'
import type { Clock } from '../../core/ports.ts'
import type { ScimClient } from './client.ts'
import { createUserFinder } from './find-users.ts'
import { adminRolesDropped } from './goals/admin-roles.ts'
import { deleted } from './goals/deleted.ts'
import type { GoalGround } from './goals/ground.ts'
import { groupsLeft } from './goals/groups.ts'
import { signInBlocked } from './goals/sign-in.ts'
import { createMemberships } from './memberships.ts'
import { type Others, type PeopleRules, plainRole, roleName } from './people-rules.ts'
import { readAccount } from './read-account.ts'
import type { ScimUser } from './schemas.ts'
import { createScimServer } from './server.ts'

export interface ScimPeopleOptions {
  client: ScimClient
  /** For sentences: "Graphus". */
  title: string
  reach: Reach
  clock: Clock
  signal?: AbortSignal | undefined
  rules: PeopleRules
}

/** People of one system over SCIM 2.0; `rules` is all that differs between systems. */
export function createScimPeople(options: ScimPeopleOptions): PeopleAccess {
  const { client, title, reach, clock, signal, rules } = options
  const server = createScimServer(client, title)
  const finder = createUserFinder(server, { clock, ignoresCase: rules.isContract })
  const memberships = createMemberships(server)
  let turn: Promise<unknown> = Promise.resolve()

  const others: Others = {
    async isLast(user, isRole) {
      if (!holds(user, isRole)) return false
      for await (const other of client.users()) {
        if (other.id !== user.id && other.active !== false && holds(other, isRole)) return false
      }
      return true
    },
  }

  const ground: GoalGround = {
    server,
    memberships,
    reach,
    rules,
    clock,
    signal,
    async guarded(userId, act) {
      const { untouchable } = rules
      const user = await server.user(userId)
      // Only what is an administrator's can be the last of anything.
      if (!untouchable || user === null || !holds(user, rules.isAdminRole)) return act(user)
      const mine = turn.then(async () => {
        const why = await untouchable(user, others)
        if (why !== undefined) throw new K1Error('refused', `${user.userName} in ${title} is not touched: ${why}.`)
        await act(user)
      })
      turn = mine.catch(() => undefined)
      await mine
    },
    async roleCalled(name) {
      for await (const { roles } of client.users()) {
        const role = roles?.find(one => plainRole(roleName(one)) === plainRole(name))
        if (role?.value) return { value: role.value, ...(role.display ? { display: role.display } : {}) }
      }
      return undefined
    },
  }

  async function guardedAccount(user: ScimUser): Promise<Account> {
    const why = await rules.untouchable?.(user, others)
    return { ...readAccount(title, user, rules), ...(why === undefined ? {} : { untouchable: why }) }
  }

  return {
    find: async word => Promise.all((await finder.find(word)).map(guardedAccount)),

    async account(id) {
      const user = await server.user(id)
      return user && guardedAccount(user)
    },

    async goals(account, { delete: alsoDelete, waitMs, present }) {
      const now = await server.user(account.id)
      const subject = { id: account.id, login: now?.userName ?? account.login, now }
      const [groups, follows, kept] = await Promise.all([
        now && rules.kinds.includes('groups-left') ? memberships.of(now) : [],
        rules.follows?.(present),
        now ? rules.neverDeleted?.(now, others) : undefined,
      ])
      const hasRoles = rules.rolesForAll || account.roles.length > 0 || (now?.roles ?? []).length > 0
      const goals: AccountGoal[] = []
      if (rules.kinds.includes('admin-roles-dropped') && hasRoles) goals.push(adminRolesDropped(ground, subject))
      goals.push(signInBlocked(ground, subject, { follows, waitMs, warnings: alsoDelete && kept ? [kept] : [] }))
      if (rules.kinds.includes('groups-left')) goals.push(groupsLeft(ground, subject, groups))
      if (alsoDelete && kept === undefined) goals.push(deleted(ground, subject, { follows, waitMs, mayNot }))
      return goals.map(fromOld)

      async function mayNot() {
        const user = await server.user(account.id)
        return user === null ? undefined : rules.neverDeleted?.(user, others)
      }
    },

    async *list() {
      // Who may not be touched is not asked here: that would read everybody once for each administrator.
      for await (const user of client.users()) yield readAccount(title, user, rules)
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
}

function holds(user: ScimUser, isRole: (name: string) => boolean): boolean {
  return (user.roles ?? []).some(role => isRole(roleName(role)))
}
