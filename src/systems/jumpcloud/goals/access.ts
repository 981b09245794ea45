import { z } from 'zod'
import type { Moment } from '../../../core/moment.ts'
import { type Part, partOf } from '../../../core/parts.ts'
import { goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import { type Bindable, bindables } from '../client-graph.ts'
import { type GoalGround, type Holder, portal, readAtUser } from '../ground.ts'

/** Devices have a goal of their own. */
const resources: readonly Bindable[] = bindables.filter(target => target !== 'system')

const resource = z.object({
  type: z.enum(bindables),
  id: z.string(),
  name: z.string(),
  sudo: z.object({ enabled: z.boolean(), withoutPassword: z.boolean() }).exactOptional(),
})
const shape = z.object({ bound: z.array(resource) })
type Had = z.infer<typeof shape>

type Bound = Had['bound'][number]

interface Access extends Had {
  parts: Readonly<Record<string, Part<readonly Bound[]>>>
}

/** Nothing but devices is bound to the account directly. */
export function accessFreed(tools: GoalGround, subject: Holder): ThingsGoal<Access> {
  const { client } = tools
  return goalOfThings<Access, Had>({
    kind: 'access-freed',
    summary: 'Everything that was bound directly is unbound',
    needs: ['user', ...resources.map(boundAs)],
    read: moment =>
      readAtUser(tools, subject, moment, async () => {
        const asked = resources.map(async target => {
          const part = await partOf(boundIn(tools, subject, target, moment))
          return [`What is bound as ${wordsOf(target)}`, part] as const
        })
        const parts = Object.fromEntries(await Promise.all(asked))
        return { bound: Object.values(parts).flatMap(({ value }) => value ?? []), parts }
      }),
    things: ({ bound }) =>
      bound.map(({ name, ...association }) => ({
        id: `${association.type} ${association.id}`,
        what: 'Bound directly',
        name: `${name} (${wordsOf(association.type)})`,
        without: 'nothing',
        // Whose account it is to manage may change with its binding to Active Directory; nothing else shows elsewhere.
        shows: [boundAs(association.type), ...(association.type === 'active_directory' ? ['user'] : [])],
        take: () => client.changeAssociation(subject.id, association, 'remove'),
        give: () => client.changeAssociation(subject.id, association, 'add'),
      })),
    parts: ({ parts }) => parts,
    warnings: ({ bound }) =>
      bound.some(({ type }) => type === 'g_suite' || type === 'office_365')
        ? ['Unbinding from Google Workspace or Microsoft 365 suspends that account, if JumpCloud is set so.']
        : [],
    shown: ({ bound }) => ({ bound }),
    back: {
      shape,
      what: `what ${subject.login} was bound to`,
      place: portal,
      summary: ({ bound }) => (bound.length === 0 ? 'Bindings stay as they were' : 'Bindings are given back'),
    },
  })
}

/** One request a target: that several at once are taken is nowhere to be seen but in the contract. */
function boundIn({ client }: GoalGround, { id }: Holder, target: Bindable, moment: Moment): Promise<readonly Bound[]> {
  return moment.read(boundAs(target), async () => {
    const bound = await client.associations(id, target)
    return Promise.all(bound.map(async one => ({ ...one, name: await client.nameOf(one) })))
  })
}

function boundAs(target: Bindable): string {
  return `bound ${target}`
}

function wordsOf(target: string): string {
  return target.replaceAll('_', ' ')
}
