import type { Account, NoteReading, PeopleAccess } from '../../core/account.ts'
import { partOf } from '../../core/parts.ts'
import { createUserFinder } from './find-users.ts'
import { accessFreed } from './goals/access.ts'
import { adminRolesDropped } from './goals/admin-roles.ts'
import { credentialsRevoked } from './goals/credentials.ts'
import { deleted } from './goals/deleted.ts'
import { devicesReleased } from './goals/devices.ts'
import { groupsLeft } from './goals/groups.ts'
import { sessionsEnded } from './goals/sessions.ts'
import { signInBlocked } from './goals/sign-in.ts'
import type { GoalGround, Holder } from './ground.ts'
import { readAccount } from './read-account.ts'
import type { User } from './schemas.ts'

/** Ids of JumpCloud are those of MongoDB; others would only make it answer 400. */
const objectId = /^[0-9a-f]{24}$/i

/** People of one organization. */
export function createPeople(tools: GoalGround): PeopleAccess {
  const { client, administrators } = tools
  const findUsers = createUserFinder(client)

  async function whole(user: User, note?: NoteReading): Promise<Account> {
    note?.(user._id, 'user', user)
    // A failure of what is read beside the account keeps nobody from being found; the goal itself tells of it.
    const [{ value: ids }, { value: bonds }, { value: isSelf }] = await Promise.all([
      partOf(administrators.of(user)),
      partOf(client.associations(user._id, 'system')),
      partOf(administrators.isSelf(user)),
    ])
    if (ids) note?.(user._id, 'administrators', ids)
    if (bonds) note?.(user._id, 'device bonds', bonds)
    const untouchable = isSelf
      ? 'the account that k1ctl itself signs in with'
      : ids && (await partOf(administrators.untouchable(ids))).value
    const account = readAccount(user, {
      ...(untouchable === undefined ? {} : { untouchable }),
      asFound: {
        // Once unbound, nothing tells any more which devices were theirs.
        devices: (bonds ?? []).map(({ id }) => id).join(','),
        // Absent where that was not seen: their administrator account stays when the user is deleted.
        ...(ids ? { administrators: ids.join(',') } : {}),
      },
    })
    const isAdmin = ids !== undefined && ids.length > 0 && account.roles.length === 0
    return isAdmin ? { ...account, roles: [{ name: 'Administrator', admin: true }] } : account
  }

  async function userOf(id: string): Promise<User | null> {
    return objectId.test(id) ? client.user(id) : null
  }

  return {
    find: async (word, note, told) => Promise.all((await findUsers(word, told)).map(user => whole(user, note))),

    async account(id) {
      const user = await userOf(id)
      return user && whole(user)
    },

    async goals(account, options) {
      const foundDevices = (account.asFound?.devices ?? '').split(',').filter(id => objectId.test(id))
      const subject: Holder = { id: account.id, login: account.login, account, foundDevices }
      return [
        adminRolesDropped(tools, subject),
        signInBlocked(tools, subject),
        sessionsEnded(tools, subject),
        credentialsRevoked(tools, subject),
        groupsLeft(tools, subject),
        accessFreed(tools, subject),
        devicesReleased(tools, subject, options),
        ...(options.delete ? [deleted(tools, subject, options)] : []),
      ]
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
