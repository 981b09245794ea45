import { z } from 'zod'
import { goneReading, seen } from '../../../core/reading.ts'
import { goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import { hasStatus, isDeletedUser } from '../google-error.ts'
import { adminConsole, type GoalGround, type Holder, settlingMs } from '../ground.ts'
import { type Membership, membershipShape, unreadRole } from '../memberships.ts'

type Groups = { groups: Membership[] }

const hadShape = z.object({ groups: z.array(membershipShape) })

/** The account is a direct member of no group. */
export function groupsLeft(ground: GoalGround, subject: Holder): ThingsGoal<Groups> {
  const { id, email } = subject
  const { memberships } = ground
  return goalOfThings<Groups>({
    kind: 'groups-left',
    summary: 'All groups are left',
    needs: ['groups'],
    // A list of groups is answered with 404 where there is no such user: only then the user itself is asked for.
    async read(moment) {
      try {
        return seen({ groups: await moment.read('groups', () => memberships.of(id)) })
      } catch (error) {
        if ((hasStatus(error, 404) || isDeletedUser(error)) && (await ground.reader.byId(id)) === null)
          return goneReading
        throw error
      }
    },
    things: ({ groups }) =>
      groups.map(group => ({
        id: group.id,
        what: 'Groups',
        name: group.name,
        take: () => memberships.leave(group.id, id),
        give: () => memberships.join(subject, group),
      })),
    settlesWithin: settlingMs,
    back: {
      shape: hadShape,
      what: `which groups ${email} was in`,
      place: adminConsole,
      summary: had => (had.groups.length === 0 ? 'Groups stay as they were' : 'Groups are joined again'),
      warnings: ({ groups }) =>
        groups
          .filter(group => group.role === unreadRole)
          .map(({ name }) => `What role the person had in ${name} could not be read: they come back as a member.`),
    },
  })
}
