import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { UserGroup } from '../client-graph.ts'
import { common, forEach, type GoalGround, gone, notASnapshot, type Subject, stillThere } from './ground.ts'

const snapshot = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({ groups: z.array(z.object({ id: z.string(), name: z.string() })) }),
])

interface Groups {
  /** Those that can be left. */
  ordinary: UserGroup[]
  dynamic: UserGroup[]
}

/** The account is in no group but those whose rule puts it there. */
export async function groupsLeft(ground: GoalGround, subject: Subject): Promise<AccountGoal> {
  const { client } = ground
  const { id, now } = subject
  const found = now === null ? { ordinary: [], dynamic: [] } : await read(ground, id)

  async function look(): Promise<Standing> {
    if ((await client.user(id)) === null) return gone
    const { ordinary, dynamic } = await read(ground, id)
    return {
      state: ordinary.length === 0 ? 'holds' : 'not-yet',
      reading: { groups: ordinary.map(named), dynamic: dynamic.map(named) },
    }
  }

  return {
    ...common,
    kind: 'groups-left',
    summary: 'All groups are left',
    residual: found.dynamic.map(
      ({ name }) => `Group "${name}" is dynamic: its rule decides, and what it grants stays while the rule fits.`,
    ),
    differences: found.ordinary.length > 0 ? [{ what: 'Groups', before: list(found.ordinary), after: 'none' }] : [],
    look,
    async bring() {
      if ((await client.user(id)) === null) return
      const { ordinary } = await read(ground, id)
      await forEach(
        ordinary,
        group => group.name,
        group => client.changeMember(group.id, id, 'remove'),
      )
    },
    undo: before => groupsJoined(ground, subject, before),
  }
}

async function read({ client }: GoalGround, userId: string): Promise<Groups> {
  const groups = await Promise.all((await client.groupsOf(userId)).map(client.group))
  groups.sort((a, b) => (a.name + a.id < b.name + b.id ? -1 : 1))
  return { ordinary: groups.filter(group => !group.dynamic), dynamic: groups.filter(group => group.dynamic) }
}

function groupsJoined(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const { client } = ground
  const kept = snapshot.safeParse(before)
  if (!kept.success) throw notASnapshot(`which groups ${subject.login} was in`)
  const wanted = 'groups' in kept.data ? kept.data.groups : []
  const missing = async () => {
    const present = await client.groupsOf(subject.id)
    return wanted.filter(group => !present.includes(group.id))
  }
  return {
    ...common,
    kind: 'groups-left',
    summary: wanted.length === 0 ? 'Groups stay as they were' : 'Groups are joined again',
    differences: wanted.length === 0 ? [] : [{ what: 'Groups', before: 'none', after: list(wanted) }],
    async look() {
      if (wanted.length === 0) return { state: 'holds', reading: kept.data }
      if ((await client.user(subject.id)) === null) return { state: 'not-yet', reading: { gone: true } }
      const lacking = await missing()
      return { state: lacking.length === 0 ? 'holds' : 'not-yet', reading: { groups: wanted, missing: lacking } }
    },
    async bring() {
      await stillThere(ground, subject)
      const lacking = await missing()
      await forEach(
        lacking,
        group => group.name,
        group => client.changeMember(group.id, subject.id, 'add'),
      )
    },
  }
}

const named = ({ id, name }: UserGroup) => ({ id, name })

function list(groups: readonly { name: string }[]): string {
  return groups.map(({ name }) => name).join(', ')
}
