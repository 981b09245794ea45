import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { goneReading } from '../../../core/reading.ts'
import type { Membership } from '../memberships.ts'
import { consoleOf, type Holder, type ScimTools, userOf } from './ground.ts'

const shape = z.object({ groups: z.array(z.object({ id: z.string(), name: z.string() })) })
type Had = z.infer<typeof shape>

/** The account is a direct member of no group. */
export function groupsLeft(tools: ScimTools, subject: Holder): AccountGoal<readonly Membership[]> {
  const { memberships } = tools
  const missing = (had: Had, now: readonly Membership[]) =>
    had.groups.filter(one => !now.some(({ id }) => id === one.id))
  return {
    kind: 'groups-left',
    reach: tools.reach,
    summary: 'All groups are left',
    effect: 'reversible',
    repeatable: true,
    after: [],
    needs: ['user', 'groups'],
    async read(moment) {
      const user = await userOf(tools, subject, moment)
      return user === null ? goneReading : moment.read('groups', () => memberships.of(user))
    },
    holds: groups => groups.length === 0,
    changes: groups => groups.map(({ id, name }): Change => ({ id, what: 'Groups', before: name, after: 'none' })),
    shown: groups => ({ groups: groups.map(({ id, name }) => ({ id, name })) }),
    take: (changes, groups) =>
      oneByOne(async ({ id }) => {
        const group = groups.find(one => one.id === id)
        if (group) await memberships.leave(subject.id, group)
      })(changes),
    settlesWithin: 5_000,
    back: {
      shape,
      what: `which groups ${subject.login} was in`,
      place: consoleOf,
      summary: ({ groups }: Had) => (groups.length === 0 ? 'Groups stay as they were' : 'Groups are joined again'),
      isBack: (had: Had, now) => missing(had, now).length === 0,
      changes: (had: Had, now) =>
        missing(had, now).map(({ id, name }): Change => ({ id, what: 'Groups', before: 'none', after: name })),
      give: (changes, _, had: Had) =>
        oneByOne(async ({ id }) => {
          const group = had.groups.find(one => one.id === id)
          if (group) await memberships.join(subject.id, group)
        })(changes),
    },
  }
}
