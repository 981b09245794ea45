import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { type Act, goalOfThings } from '../../../core/things.ts'
import { readPart } from '../../../core/unread.ts'
import { hasStatus, isDeletedUser } from '../google-error.ts'
import type { Group } from '../group-client.ts'
import { adminConsole, type GoalGround, type Holder, settlingMs } from './ground.ts'

/** `role`: OWNER, MANAGER or MEMBER; `unread` where the list shows the group, and the group itself did not answer. */
const membershipShape = z.object({ id: z.string(), email: z.string(), name: z.string(), role: z.string() })

type Membership = z.infer<typeof membershipShape>

interface Memberships {
  groups: readonly Membership[]
}

const unread = 'unread'

/** The account is a direct member of no group. */
export function groupsLeft(ground: GoalGround, subject: Holder): AccountGoal<Memberships, Act> {
  const { id, email } = subject
  return goalOfThings<Memberships>({
    kind: 'groups-left',
    summary: 'All groups are left',
    needs: ['groups'],
    // A list of groups is answered with 404 where there is no such user: only then the user itself is asked for.
    async read(moment) {
      try {
        return seen({ groups: await moment.read('groups', () => membershipsOf(ground, id)) })
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
        take: () => leave(ground, group.id, id),
        give: () => joinAgain(ground, subject, group),
      })),
    settlesWithin: settlingMs,
    back: {
      shape: z.object({ groups: z.array(membershipShape) }),
      what: `which groups ${email} was in`,
      place: adminConsole,
      summary: had => (had.groups.length === 0 ? 'Groups stay as they were' : 'Groups are joined again'),
      warnings: ({ groups }) =>
        groups
          .filter(group => group.role === unread)
          .map(({ name }) => `What role the person had in ${name} could not be read: they come back as a member.`),
    },
    shown: ({ groups }) => ({ groups }),
  })
}

/**
 * What the list shows, each asked of the group itself; and groups seen before that the list left out: the list lags
 * behind in both directions (GAM #1563). One group that does not answer is one that the person is still in, as far as
 * anybody knows.
 */
async function membershipsOf({ groups, seenGroups }: GoalGround, userId: string): Promise<Membership[]> {
  const known = seenGroups.get(userId) ?? new Map<string, Group>()
  seenGroups.set(userId, known)
  for await (const group of groups.groupsOf(userId)) known.set(group.id, group)
  const asked = [...known.values()].map(async ({ id, email, name }) => {
    const role = await readPart([], email, unread, () => groups.roleIn(id, userId))
    return role === null ? [] : [{ id, email, name: name || email, role }]
  })
  return (await Promise.all(asked)).flat()
}

/** The group itself said that it has them no more: from now on it is asked only where the list still shows it. */
async function leave({ groups, seenGroups }: GoalGround, groupId: string, userId: string): Promise<void> {
  await groups.leave(groupId, userId)
  seenGroups.get(userId)?.delete(groupId)
}

async function joinAgain({ groups, seenGroups }: GoalGround, { id, email }: Holder, group: Membership): Promise<void> {
  await groups.join(group.id, email, group.role === unread ? 'MEMBER' : group.role)
  // The list may not show it yet: from now on the group itself is asked.
  const known = seenGroups.get(id) ?? new Map<string, Group>()
  seenGroups.set(id, known.set(group.id, group))
}
