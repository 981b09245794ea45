import { z } from 'zod'
import { readPart } from '../../core/unread.ts'
import type { Group, GroupClient } from './group-client.ts'

/** `role`: OWNER, MANAGER or MEMBER; `unread` where the list shows the group, and the group itself did not answer. */
export const membershipShape = z.object({ id: z.string(), email: z.string(), name: z.string(), role: z.string() })

export type Membership = z.infer<typeof membershipShape>

export const unreadRole = 'unread'

export type Memberships = ReturnType<typeof createMemberships>

/**
 * What the list shows, each asked of the group itself; and groups seen before that the list left out: the list lags
 * behind in both directions (GAM #1563). One group that does not answer is one that the person is still in, as far as
 * anybody knows.
 */
export function createMemberships(groups: GroupClient) {
  /** Groups in which somebody was seen, by user id. */
  const seen = new Map<string, Map<string, Group>>()

  function seenOf(userId: string): Map<string, Group> {
    const known = seen.get(userId) ?? new Map<string, Group>()
    seen.set(userId, known)
    return known
  }

  return {
    async of(userId: string): Promise<Membership[]> {
      const known = seenOf(userId)
      for await (const group of groups.groupsOf(userId)) known.set(group.id, group)
      const asked = [...known.values()].map(async ({ id, email, name }) => {
        const role = await readPart([], email, unreadRole, () => groups.roleIn(id, userId))
        return role === null ? [] : [{ id, email, name: name || email, role }]
      })
      return (await Promise.all(asked)).flat()
    },

    /** The group itself said that it has them no more: from now on it is asked only where the list still shows it. */
    async leave(groupId: string, userId: string): Promise<void> {
      await groups.leave(groupId, userId)
      seenOf(userId).delete(groupId)
    },

    async join({ id, email }: { id: string; email: string }, group: Membership): Promise<void> {
      await groups.join(group.id, email, group.role === unreadRole ? 'MEMBER' : group.role)
      // The list may not show it yet: from now on the group itself is asked.
      seenOf(id).set(group.id, group)
    },
  }
}
