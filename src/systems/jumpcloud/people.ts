import type { Account, PeopleAccess } from '../../core/account.ts'
import { type OldAccountGoal as AccountGoal, fromOld } from '../../core/old-goal.ts'
import { createAdministrators, unlessForbidden } from './administrators.ts'
import { createUserFinder } from './find-users.ts'
import { accessFreed } from './goals/access.ts'
import { adminRolesDropped } from './goals/admin-roles.ts'
import { credentialsRevoked } from './goals/credentials.ts'
import { deleted } from './goals/deleted.ts'
import { devicesReleased } from './goals/devices.ts'
import type { GoalGround, Subject } from './goals/ground.ts'
import { groupsLeft } from './goals/groups.ts'
import { sessionsEnded } from './goals/sessions.ts'
import { signInBlocked } from './goals/sign-in.ts'
import { readAccount } from './read-account.ts'
import type { User } from './schemas.ts'

/** Ids of JumpCloud are those of MongoDB; others would only make it answer 400. */
const objectId = /^[0-9a-f]{24}$/i

/** People of one organization. */
export function createPeople(given: Omit<GoalGround, 'administrators'>): PeopleAccess {
  const { client, settings } = given
  const administrators = createAdministrators({ client, providerId: settings.providerId, orgId: settings.orgId })
  const ground: GoalGround = { ...given, administrators }
  const findUsers = createUserFinder(client)

  async function whole(user: User): Promise<Account> {
    const [ids, devices] = await Promise.all([
      unlessForbidden(administrators.of(user), []),
      client.associations(user._id, 'system'),
    ])
    const untouchable = await unlessForbidden(administrators.untouchable(ids), undefined)
    const account = readAccount(user, {
      ...(untouchable === undefined ? {} : { untouchable }),
      // Once unbound, nothing tells any more which devices were theirs.
      asFound: { devices: devices.map(({ id }) => id).join(',') },
    })
    const roles =
      ids.length > 0 && account.roles.length === 0 ? [{ name: 'Administrator', admin: true }] : account.roles
    return { ...account, roles }
  }

  async function userOf(id: string): Promise<User | null> {
    return objectId.test(id) ? client.user(id) : null
  }

  return {
    find: async word => Promise.all((await findUsers(word)).map(whole)),

    async account(id) {
      const user = await userOf(id)
      return user && whole(user)
    },

    async goals(account, options) {
      const now = await userOf(account.id)
      const foundDevices = (account.asFound?.devices ?? '').split(',').filter(id => objectId.test(id))
      const subject: Subject = { id: account.id, login: now?.username ?? account.login, now, foundDevices }
      // One after the other in this order; each is built from the account as it is now.
      const goals: AccountGoal[] = await Promise.all([
        adminRolesDropped(ground, subject),
        signInBlocked(ground, subject),
        sessionsEnded(ground, subject),
        credentialsRevoked(ground, subject),
        groupsLeft(ground, subject),
        accessFreed(ground, subject),
        devicesReleased(ground, subject, options),
      ])
      if (options.delete) goals.push(await deleted(ground, subject, options))
      return goals.map(fromOld)
    },

    async *list() {
      const seen = new Set<string>()
      for await (const user of client.users()) {
        if (seen.has(user._id)) continue
        seen.add(user._id)
        yield readAccount(user)
      }
    },

    count: () => client.countUsers(),
  }
}
