import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { type Association, type Target, targets } from '../client-graph.ts'
import { common, forEach, type GoalGround, gone, notASnapshot, type Subject, stillThere } from './ground.ts'

/** Devices have a goal of their own. */
const resources: readonly Target[] = targets.filter(target => target !== 'system')

const resource = z.object({
  type: z.enum(targets),
  id: z.string(),
  name: z.string(),
  sudo: z.object({ enabled: z.boolean(), withoutPassword: z.boolean() }).optional(),
})
const snapshot = z.union([z.object({ gone: z.literal(true) }), z.object({ bound: z.array(resource) })])

interface Bound extends Association {
  name: string
}

/** Nothing but devices is bound to the account directly. */
export async function accessFreed(ground: GoalGround, subject: Subject): Promise<AccountGoal> {
  const { client } = ground
  const { id, now } = subject
  const found = now === null ? [] : await read(ground, id)

  async function look(): Promise<Standing> {
    if ((await client.user(id)) === null) return gone
    const bound = await read(ground, id)
    return { state: bound.length === 0 ? 'holds' : 'not-yet', reading: { bound } }
  }

  return {
    ...common,
    kind: 'access-freed',
    summary: 'Everything that was bound directly is unbound',
    differences: found.length > 0 ? [{ what: 'Bound directly', before: list(found), after: 'nothing' }] : [],
    warnings: found.some(({ type }) => type === 'g_suite' || type === 'office_365')
      ? ['Unbinding from Google Workspace or Microsoft 365 suspends that account, if JumpCloud is set so.']
      : [],
    look,
    async bring() {
      if ((await client.user(id)) === null) return
      const bound = await read(ground, id)
      await forEach(
        bound,
        one => one.name,
        one => client.changeAssociation(id, one, 'remove'),
      )
    },
    undo: before => accessGivenBack(ground, subject, before),
  }
}

/** One request a target: that several at once are taken is nowhere to be seen but in the contract. */
async function read({ client }: GoalGround, userId: string): Promise<Bound[]> {
  const bound = (await Promise.all(resources.map(target => client.associations(userId, target)))).flat()
  return Promise.all(bound.map(async one => ({ ...one, name: await client.nameOf(one) })))
}

function accessGivenBack(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const { client } = ground
  const kept = snapshot.safeParse(before)
  if (!kept.success) throw notASnapshot(`what ${subject.login} was bound to`)
  const wanted = 'bound' in kept.data ? kept.data.bound : []
  const missing = async () => {
    const bound = await read(ground, subject.id)
    return wanted.filter(one => !bound.some(other => other.type === one.type && other.id === one.id))
  }
  return {
    ...common,
    kind: 'access-freed',
    summary: wanted.length === 0 ? 'Bindings stay as they were' : 'Bindings are given back',
    differences: wanted.length === 0 ? [] : [{ what: 'Bound directly', before: 'nothing', after: list(wanted) }],
    async look() {
      if (wanted.length === 0) return { state: 'holds', reading: kept.data }
      if ((await client.user(subject.id)) === null) return { state: 'not-yet', reading: { gone: true } }
      const lacking = await missing()
      return { state: lacking.length === 0 ? 'holds' : 'not-yet', reading: { bound: wanted, missing: lacking } }
    },
    async bring() {
      await stillThere(ground, subject)
      for (const { name: _, sudo, ...one } of await missing()) {
        await client.changeAssociation(subject.id, { ...one, ...(sudo ? { sudo } : {}) }, 'add')
      }
    },
  }
}

function list(bound: readonly { type: string; name: string }[]): string {
  return bound.map(({ type, name }) => `${name} (${type.replaceAll('_', ' ')})`).join(', ')
}
