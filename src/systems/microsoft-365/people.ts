import type { Account, PeopleAccess } from '../../core/account.ts'
import { isK1Error, K1Error } from '../../core/errors.ts'
import { type OldAccountGoal as AccountGoal, fromOld } from '../../core/old-goal.ts'
import type { Clock } from '../../core/ports.ts'
import { readAccess } from './access.ts'
import type { Connection } from './connection.ts'
import { readDevices } from './devices.ts'
import { accessFreed } from './goals/access.ts'
import { adminRolesDropped, readAdministration, rolesIn } from './goals/admin-roles.ts'
import { credentialsRevoked, readMethods } from './goals/credentials.ts'
import { dataHandedOver, ownerless } from './goals/data.ts'
import { deleted } from './goals/deleted.ts'
import { devicesReleased } from './goals/devices.ts'
import type { Ground, Subject } from './goals/ground.ts'
import { groupsLeft } from './goals/groups.ts'
import { sessionsEnded } from './goals/sessions.ts'
import { isSynced, signInBlocked } from './goals/sign-in.ts'
import type { Graph } from './graph.ts'
import { readMemberships } from './memberships.ts'
import { readOwned } from './owned.ts'
import { createRoles, type HeldRole, isAdmin } from './roles.ts'
import { createUsers, type GraphUser, readAccount } from './users.ts'

export interface PeopleOptions {
  clock: Clock
  signal: AbortSignal | undefined
}

/** People of one Microsoft 365 tenant. */
export function createPeople(graph: Graph, connection: Connection, { clock, signal }: PeopleOptions): PeopleAccess {
  const users = createUsers(graph)
  const roles = createRoles(graph, users)
  let turn: Promise<unknown> = Promise.resolve()

  const ground: Ground = {
    graph,
    users,
    roles,
    connection,
    clock,
    signal,
    async guarded(userId, act) {
      const mine = turn.then(async () => {
        const user = await users.user(userId)
        if (user === null) return
        const why = await roles.untouchable(user, rolesIn(await readAdministration(ground, userId)))
        if (why !== undefined) {
          throw new K1Error('refused', `${user.userPrincipalName} in Microsoft 365 is not touched: ${why}.`)
        }
        await act(user)
      })
      turn = mine.catch(() => undefined)
      await mine
    },
  }

  async function guardedAccount(user: GraphUser): Promise<Account> {
    const held = rolesIn(await readAdministration(ground, user.id))
    const why = await roles.untouchable(user, held)
    return { ...withRoles(user, held), ...(why === undefined ? {} : { untouchable: why }) }
  }

  return {
    find: async word => Promise.all((await users.find(word)).map(guardedAccount)),

    async account(id) {
      const user = await users.user(id)
      return user && guardedAccount(user)
    },

    async goals(account, options) {
      const now = await users.user(account.id)
      const subject: Subject = { account, now, options }
      const [administration, methods, memberships, access, owned, devices] = await Promise.all([
        seen(now, () => readAdministration(ground, account.id)),
        seen(now, () => readMethods(ground, account.id)),
        seen(now, () => readMemberships(graph, account.id)),
        seen(now, user => readAccess(graph, user, connection.autoReply !== undefined)),
        seen(now, () => readOwned(graph, account.id)),
        seen(now, () => readDevices(graph, account.id)),
      ])
      const block = signInBlocked(ground, subject, administration ? rolesIn(administration) : [])
      const ended = sessionsEnded(ground, subject)
      const revoked = credentialsRevoked(ground, subject, methods ?? [])
      const { successor } = options
      const goals: AccountGoal[] = [
        await adminRolesDropped(ground, subject, administration),
        // A block that comes with the next sync is waited for last: until then nothing else should stay open.
        ...(isSynced(subject) ? [ended, revoked, block] : [block, ended, revoked]),
        groupsLeft(ground, subject, memberships ?? [], successor === undefined ? ownerless(owned ?? []) : []),
      ]
      if (successor !== undefined) goals.push(dataHandedOver(ground, subject, owned ?? [], successor))
      goals.push(accessFreed(ground, subject, access), devicesReleased(ground, subject, devices))
      if (options.delete) goals.push(deleted(ground, subject))
      return goals.map(fromOld)
    },

    async *list() {
      const held = await roles.all()
      // Who may not be touched is not asked here: that would read all administrators once for each of them.
      for await (const user of users.all()) yield withRoles(user, held.get(user.id) ?? [])
    },

    count: () => graph.countUsers(),
  }
}

function withRoles(user: GraphUser, held: readonly HeldRole[]): Account {
  return { ...readAccount(user), roles: held.map(one => ({ name: one.role, admin: isAdmin(one) })) }
}

/**
 * What there is now, to tell the operator before. Where it may not be read, the goal says so itself when it is looked at:
 * one missing right does not hide what the other goals find.
 */
async function seen<T>(now: GraphUser | null, read: (user: GraphUser) => Promise<T>): Promise<T | undefined> {
  if (now === null) return undefined
  try {
    return await read(now)
  } catch (error) {
    if (isK1Error(error) && (error.kind === 'forbidden' || error.kind === 'rejected')) return undefined
    throw error
  }
}
