import type { PeopleAccess } from '../../core/account.ts'
import { fromOld } from '../../core/old-goal.ts'
import { accessFreed } from './goals/access.ts'
import { credentialsRevoked } from './goals/credentials.ts'
import { deleted } from './goals/deleted.ts'
import type { GoalGround } from './goals/ground.ts'
import { groupsLeft } from './goals/groups.ts'
import { signInBlocked } from './goals/sign-in.ts'
import { readAccount } from './user.ts'

export function createPeople(ground: GoalGround): PeopleAccess {
  const { users, groups, protection } = ground
  return {
    find: async word => Promise.all((await users.find(word)).map(user => protection.guarded(user))),

    async account(id) {
      const sight = await users.see(id)
      return sight.state === 'live' ? protection.guarded(sight.user) : null
    },

    async goals(account, options) {
      const sight = await users.see(account.id)
      const now = sight.state === 'live' ? sight.user : null
      const direct = now ? await groups.direct(now) : []
      const nested = now ? await groups.nested(now, direct) : []
      const primary = now ? await groups.byRid(now.primaryGroup) : null
      const subject = { account, now, direct, nested, primary }
      const goals = [
        signInBlocked(ground, subject),
        credentialsRevoked(ground, subject),
        groupsLeft(ground, subject),
        accessFreed(ground, subject),
      ]
      return (options.delete ? [...goals, deleted(ground, subject)] : goals).map(fromOld)
    },

    async *list() {
      // Who may not be touched is not asked here: that would read the groups of everybody.
      for await (const user of users.list()) yield readAccount(user)
    },

    count: () => users.count(),
  }
}
