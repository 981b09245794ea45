import type { PeopleAccess } from '../../core/account.ts'
import { once } from '../../core/once.ts'
import { accessFreed } from './goals/access.ts'
import { credentialsRevoked } from './goals/credentials.ts'
import { deleted } from './goals/deleted.ts'
import { groupsLeft } from './goals/groups.ts'
import { signInBlocked } from './goals/sign-in.ts'
import type { GoalGround, Holder } from './ground.ts'
import type { AccountStanding } from './protection.ts'
import { isoTime, lastLogOn, readAccount, readInteger } from './user.ts'
import type { Sight } from './users.ts'

export function createPeople(tools: GoalGround): PeopleAccess {
  const { users, protection } = tools
  return {
    async find(word, note) {
      const found = await users.find(word)
      for (const user of found) note?.(user.id, 'user', { state: 'live', user } satisfies Sight)
      return Promise.all(found.map(user => protection.guarded(user)))
    },

    async account(id) {
      const sight = await users.see(id)
      return sight.state === 'live' ? protection.guarded(sight.user) : null
    },

    async goals(account, options) {
      let asked: (() => Promise<AccountStanding>) | undefined
      const subject: Holder = {
        account,
        standing(user) {
          asked ??= once(() => protection.standing(user))
          return asked()
        },
      }
      return [
        signInBlocked(tools, subject),
        credentialsRevoked(tools, subject),
        groupsLeft(tools, subject),
        accessFreed(tools, subject, options),
        ...(options.delete ? [deleted(tools, subject)] : []),
      ]
    },

    async *list() {
      // Who may not be touched is not asked here: that would read the groups of everybody.
      for await (const user of users.list()) {
        const lastSignIn = isoTime(readInteger(user.entry.text(lastLogOn)))
        yield {
          ...readAccount(user),
          ...(user.control === undefined ? { activeUnseen: true } : {}),
          ...(lastSignIn === null ? {} : { lastSignIn }),
        }
      }
    },

    count: () => users.count(),
  }
}
