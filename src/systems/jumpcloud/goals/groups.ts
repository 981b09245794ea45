import { z } from 'zod'
import { partOf } from '../../../core/parts.ts'
import { goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import type { UserGroup } from '../client-graph.ts'
import { type GoalGround, type Holder, portal, readAtUser } from '../ground.ts'

const shape = z.object({ groups: z.array(z.object({ id: z.string(), name: z.string() })) })
type Had = z.infer<typeof shape>

interface Groups extends Had {
  /** Nobody leaves one by hand: its rule decides. */
  dynamic: readonly UserGroup[]
}

/** The account is in no group but those whose rule puts it there. */
export function groupsLeft(tools: GoalGround, subject: Holder): ThingsGoal<Groups> {
  const { client } = tools
  const { id: userId, login } = subject
  return goalOfThings<Groups, Had>({
    kind: 'groups-left',
    summary: 'All groups are left',
    needs: ['user', 'groups'],
    shows: ['groups'],
    read: moment => readAtUser(tools, subject, moment, () => moment.read('groups', () => read(tools, userId))),
    things: ({ groups }, { dynamic }) =>
      groups
        .filter(({ id }) => !dynamic.some(one => one.id === id))
        .map(({ id, name }) => ({
          id,
          what: 'Groups',
          name,
          take: () => client.changeMember(id, userId, 'remove'),
          give: () => client.changeMember(id, userId, 'add'),
        })),
    residual: ({ dynamic }) =>
      dynamic.map(
        ({ name }) => `Group "${name}" is dynamic: its rule decides, and what it grants stays while the rule fits.`,
      ),
    shown: ({ groups, dynamic }) => ({ groups: groups.map(named), dynamic: dynamic.map(named) }),
    back: {
      shape,
      what: `which groups ${login} was in`,
      place: portal,
      summary: ({ groups }) => (groups.length === 0 ? 'Groups stay as they were' : 'Groups are joined again'),
    },
  })
}

async function read({ client }: GoalGround, userId: string): Promise<Groups> {
  const groups = await Promise.all(
    (await client.groupsOf(userId)).map(async id => {
      // One that nobody may read can still be left; where it cannot, its refusal tells so.
      const { value } = await partOf(client.group(id))
      return value ?? { id, name: id, dynamic: false }
    }),
  )
  groups.sort((a, b) => (a.name + a.id < b.name + b.id ? -1 : 1))
  return { groups: groups.filter(group => !group.dynamic), dynamic: groups.filter(group => group.dynamic) }
}

const named = ({ id, name }: Pick<UserGroup, 'id' | 'name'>) => ({ id, name })
