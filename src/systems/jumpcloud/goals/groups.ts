import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { partOf } from '../../../core/parts.ts'
import type { UserGroup } from '../client-graph.ts'
import { common, type OrganizationTools, portal, readAtUser, type Subject } from './ground.ts'

const shape = z.object({ groups: z.array(z.object({ id: z.string(), name: z.string() })) })
type Had = z.infer<typeof shape>

interface Groups {
  /** Those that can be left. */
  ordinary: readonly UserGroup[]
  dynamic: readonly UserGroup[]
}

/** The account is in no group but those whose rule puts it there. */
export function groupsLeft(tools: OrganizationTools, subject: Subject): AccountGoal<Groups> {
  const { client } = tools
  const { id, login } = subject
  const set = (op: 'add' | 'remove') => oneByOne((change: Change) => client.changeMember(change.id, id, op))
  return {
    ...common,
    kind: 'groups-left',
    summary: 'All groups are left',
    needs: ['user', 'groups'],
    touches: () => ['groups'],
    read: moment => readAtUser(tools, subject, moment, () => moment.read('groups', () => read(tools, id))),
    holds: ({ ordinary }) => ordinary.length === 0,
    changes: ({ ordinary }) =>
      ordinary.map(group => ({ id: group.id, what: 'Groups', before: group.name, after: 'none' })),
    residual: ({ dynamic }) =>
      dynamic.map(
        ({ name }) => `Group "${name}" is dynamic: its rule decides, and what it grants stays while the rule fits.`,
      ),
    shown: ({ ordinary, dynamic }) => ({ groups: ordinary.map(named), dynamic: dynamic.map(named) }),
    take: set('remove'),
    back: {
      shape,
      what: `which groups ${login} was in`,
      place: portal,
      summary: ({ groups }: Had) => (groups.length === 0 ? 'Groups stay as they were' : 'Groups are joined again'),
      isBack: (had: Had, now) => missing(had, now).length === 0,
      changes: (had: Had, now) =>
        missing(had, now).map(group => ({ id: group.id, what: 'Groups', before: 'none', after: group.name })),
      give: set('add'),
    },
  }
}

async function read({ client }: OrganizationTools, userId: string): Promise<Groups> {
  const groups = await Promise.all(
    (await client.groupsOf(userId)).map(async id => {
      // One that nobody may read can still be left; where it cannot, its refusal tells so.
      const { value } = await partOf(client.group(id))
      return value ?? { id, name: id, dynamic: false }
    }),
  )
  groups.sort((a, b) => (a.name + a.id < b.name + b.id ? -1 : 1))
  return { ordinary: groups.filter(group => !group.dynamic), dynamic: groups.filter(group => group.dynamic) }
}

function missing({ groups }: Had, { ordinary, dynamic }: Groups): Had['groups'] {
  return groups.filter(({ id }) => ![...ordinary, ...dynamic].some(group => group.id === id))
}

const named = ({ id, name }: UserGroup) => ({ id, name })
