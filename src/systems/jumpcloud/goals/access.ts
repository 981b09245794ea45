import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import type { Moment } from '../../../core/moment.ts'
import { notSeen, type Part, partOf } from '../../../core/parts.ts'
import { type Association, type Target, targets } from '../client-graph.ts'
import { common, type OrganizationTools, portal, readAtUser, type Subject, unlessHidden } from './ground.ts'

/** Devices have a goal of their own. */
const resources: readonly Target[] = targets.filter(target => target !== 'system')

const resource = z.object({
  type: z.enum(targets),
  id: z.string(),
  name: z.string(),
  sudo: z.object({ enabled: z.boolean(), withoutPassword: z.boolean() }).exactOptional(),
})
const shape = z.object({ bound: z.array(resource) })
type Had = z.infer<typeof shape>

interface Bound extends Association {
  name: string
}

interface Access {
  bound: readonly Bound[]
  /** By target, as in `resources`. */
  parts: readonly Part<readonly Bound[]>[]
}

interface Binding extends Change {
  association: Association
}

/** Nothing but devices is bound to the account directly. */
export function accessFreed(tools: OrganizationTools, subject: Subject): AccountGoal<Access, Binding> {
  const { client } = tools
  const set = (op: 'add' | 'remove') =>
    oneByOne(({ association }: Binding) => client.changeAssociation(subject.id, association, op))
  return {
    ...common,
    kind: 'access-freed',
    summary: 'Everything that was bound directly is unbound',
    needs: ['user', ...resources.map(boundAs)],
    // Whose account it is to manage may change with its binding to Active Directory; nothing else shows elsewhere.
    touches: changes => [
      ...new Set(changes.map(({ association }) => boundAs(association.type))),
      ...(changes.some(({ association }) => association.type === 'active_directory') ? ['user'] : []),
    ],
    read: moment =>
      readAtUser(tools, subject, moment, async () => {
        const parts = await Promise.all(resources.map(target => partOf(boundIn(tools, subject, target, moment))))
        const bound = parts.flatMap(({ value }) => value ?? [])
        unlessHidden(bound.length === 0, parts)
        return { bound, parts }
      }),
    holds: ({ bound }) => bound.length === 0,
    changes: ({ bound }) => bound.map(one => binding(one, nameOf(one), 'nothing')),
    warnings: ({ bound, parts }) => [
      ...(bound.some(({ type }) => type === 'g_suite' || type === 'office_365')
        ? ['Unbinding from Google Workspace or Microsoft 365 suspends that account, if JumpCloud is set so.']
        : []),
      ...notSeen(Object.fromEntries(parts.map((part, at) => [`What is bound as ${wordsOf(resources[at])}`, part]))),
    ],
    shown: ({ bound }) => ({ bound }),
    take: set('remove'),
    back: {
      shape,
      what: `what ${subject.login} was bound to`,
      place: portal,
      summary: ({ bound }: Had) => (bound.length === 0 ? 'Bindings stay as they were' : 'Bindings are given back'),
      isBack: (had: Had, { bound: now }) => missing(had, now).length === 0,
      changes: (had: Had, { bound: now }) => missing(had, now).map(one => binding(one, 'nothing', nameOf(one))),
      give: set('add'),
    },
  }
}

/** One request a target: that several at once are taken is nowhere to be seen but in the contract. */
function boundIn(
  { client }: OrganizationTools,
  { id }: Subject,
  target: Target,
  moment: Moment,
): Promise<readonly Bound[]> {
  return moment.read(boundAs(target), async () => {
    const bound = await client.associations(id, target)
    return Promise.all(bound.map(async one => ({ ...one, name: await client.nameOf(one) })))
  })
}

function boundAs(target: Target): string {
  return `bound ${target}`
}

function missing({ bound }: Had, now: readonly Bound[]): Had['bound'] {
  return bound.filter(one => !now.some(other => other.type === one.type && other.id === one.id))
}

function binding({ name: _, ...association }: Bound, before: string, after: string): Binding {
  return { id: `${association.type} ${association.id}`, what: 'Bound directly', before, after, association }
}

function nameOf({ type, name }: Bound): string {
  return `${name} (${wordsOf(type)})`
}

function wordsOf(target = ''): string {
  return target.replaceAll('_', ' ')
}
