import type { Account, PeopleAccess } from '../../core/account.ts'
import type { AccountGoalKind } from '../../core/account-kinds.ts'
import { K1Error } from '../../core/errors.ts'
import { type OldAccountGoal as AccountGoal, fromOld } from '../../core/old-goal.ts'
import type { Clock } from '../../core/ports.ts'
import { accessFreed } from './goals/access.ts'
import { adminRolesDropped, rolesOf } from './goals/admin-roles.ts'
import { credentialsRevoked } from './goals/credentials.ts'
import { dataHandedOver, findSuccessor } from './goals/data.ts'
import { deleted } from './goals/deleted.ts'
import { devicesReleased } from './goals/devices.ts'
import { type GoalGround, type GoogleClients, ifAllowed, isBlocked } from './goals/ground.ts'
import { groupsLeft } from './goals/groups.ts'
import { sessionsEnded, signInBlocked } from './goals/sign-in.ts'
import { collect } from './paging.ts'
import { hasAddress, readAccount } from './read-account.ts'
import type { GoogleUser } from './schemas.ts'
import type { GoogleSettings } from './settings.ts'
import { createUserReader } from './user-reader.ts'

export interface GooglePeopleOptions {
  clients: GoogleClients
  settings: GoogleSettings
  clock: Clock
  signal: AbortSignal | undefined
}

export function createGooglePeople({ clients, settings, clock, signal }: GooglePeopleOptions): PeopleAccess {
  const { users } = clients
  const reader = createUserReader(users)
  let turn: Promise<unknown> = Promise.resolve()
  const customerId = once(async () => (await users.get(settings.adminEmail)).customerId ?? 'my_customer')
  const roleNames = once(
    async () => new Map((await collect(clients.groups.roles())).map(({ roleId, roleName }) => [roleId, roleName])),
  )

  const ground: GoalGround = {
    ...clients,
    settings,
    clock,
    signal,
    user: reader.byId,
    userCalled: reader.byAddress,
    customerId,
    roleNames,
    seenGroups: new Map(),
    async guarded(id, act) {
      const mine = turn.then(async () => {
        const user = await reader.byId(id)
        if (user === null) return
        const why = await untouchable(user)
        if (why !== undefined) {
          throw new K1Error('refused', `${user.primaryEmail} in Google Workspace is not touched: ${why}.`)
        }
        await act(user)
      })
      turn = mine.catch(() => undefined)
      await mine
    },
  }

  async function untouchable(user: GoogleUser): Promise<string | undefined> {
    if (hasAddress(user, settings.adminEmail)) return 'k1ctl itself signs in as this administrator'
    if (user.isAdmin && (await isLastSuperAdmin(user))) return 'the last active super administrator'
    return undefined
  }

  /** What a search finds may be a day old, so each one is read again until there is one. */
  async function isLastSuperAdmin({ id }: GoogleUser): Promise<boolean> {
    for await (const found of users.list('isAdmin=true', 100)) {
      const other = found.id === id ? null : await reader.byId(found.id)
      if (other?.isAdmin && !isBlocked(other)) return false
    }
    return true
  }

  async function accountOf(user: GoogleUser): Promise<Account> {
    const [roles, why] = await Promise.all([
      ifAllowed(async () => (await rolesOf(ground, user.id)).map(role => role.name), rolesByFlag(user)),
      untouchable(user),
    ])
    const account = readAccount(user, roles)
    return why === undefined ? account : { ...account, untouchable: why }
  }

  return {
    async find(word) {
      const user = await reader.byAddress(word)
      return user === null ? [] : [await accountOf(user)]
    },

    async account(id) {
      const user = await reader.byId(id)
      return user === null ? null : accountOf(user)
    },

    async goals(account, options) {
      const now = await reader.byId(account.id)
      const subject = { id: account.id, email: now?.primaryEmail ?? account.email, now }
      const goals: AccountGoal[] = [
        await adminRolesDropped(ground, subject),
        await credentialsRevoked(ground, subject),
        signInBlocked(ground, subject),
        sessionsEnded(ground, subject),
        await groupsLeft(ground, subject),
      ]
      const handover: AccountGoalKind[] = []
      if (options.successor !== undefined) {
        const successor = await findSuccessor(ground, options.successor, account.id)
        goals.push(dataHandedOver(ground, subject, successor, options.waitMs))
        handover.push('data-handed-over')
      }
      goals.push(await accessFreed(ground, subject, handover))
      goals.push(await devicesReleased(ground, subject, options.devices, options.waitMs))
      if (options.delete) goals.push(deleted(ground, subject, kindsOf(goals)))
      return goals.map(fromOld)
    },

    async *list() {
      // Who may not be touched, and names of roles, are not asked here: that would be several requests a person.
      for await (const user of users.list()) yield readAccount(user, rolesByFlag(user))
    },

    count: async () => null,
  }
}

/** What the user itself tells of roles, besides that of super administrator. */
function rolesByFlag({ isDelegatedAdmin }: GoogleUser): string[] {
  return isDelegatedAdmin ? ['Administrator'] : []
}

function kindsOf(goals: readonly AccountGoal[]): AccountGoalKind[] {
  return goals.map(goal => goal.kind)
}

/** Asked once a session; a failure is not kept. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined
  return () => {
    kept ??= read().catch((error: unknown) => {
      kept = undefined
      throw error
    })
    return kept
  }
}
