import type { Account, AccountGoal, AccountGoalOptions } from '../../../core/account.ts'
import { oneByOne, type Taken } from '../../../core/change.ts'
import { asK1Error, isK1Error, K1Error } from '../../../core/errors.ts'
import type { Clock } from '../../../core/ports.ts'
import { type Act, goalSentBy, type ThingsSpec } from '../../../core/things.ts'
import { readGroupRoles, rolesIn } from '../administration.ts'
import type { AutopilotDevice } from '../autopilot.ts'
import type { Passing } from '../batch.ts'
import type { Connection } from '../connection.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Graph } from '../graph.ts'
import type { HiddenGroup } from '../hidden-groups.ts'
import type { MailboxSearch } from '../mail/mailbox-search.ts'
import { readMemberships } from '../memberships.ts'
import type { Product } from '../products.ts'
import type { Readings } from '../readings.ts'
import type { Roles } from '../roles.ts'
import type { Users } from '../users.ts'
import type { Write } from '../write.ts'

/** All that the goals of one tenant's accounts stand on. */
export interface GoalGround {
  graph: Graph
  users: Users
  roles: Roles
  connection: Connection
  clock: Clock
  exchange: Exchange
  /** What the credential lacks for Exchange Online, as sentences: then a person goes on there. */
  lacks: readonly string[]
  /** Mail domains of the tenant, lower case. */
  domains(): Promise<string[]>
  /** Groups of which nobody here can tell who is in them. */
  hiddenGroups(): Promise<HiddenGroup[]>
  /** Who may open which mailbox and calendar of the whole tenant: read once a run, for all leavers. */
  searched(): Promise<MailboxSearch>
  /** Devices that Windows Autopilot knows, and gives to somebody: read once a run. */
  autopilot(): Promise<AutopilotDevice[]>
  /** What the tenant has licences of. */
  products(): Promise<Product[]>
}

/** Whose account a goal is about, as it was found. */
export interface Holder {
  account: Account
  options: AccountGoalOptions
  readings: Readings
}

/** Changes show on every replica after so long at most. */
export const replicationMs = 30_000

export const adminCenter = 'the Microsoft Entra admin center'

/** How one thing is taken or given: a request to Graph; what asks Exchange; or nothing, and why: a sentence. */
export type Sending = (() => Write) | { ask: () => Promise<unknown> } | { why: string }

export type Sent = Act<Sending>

/** A goal of things that Graph and Exchange take and give. */
export function graphGoal<R extends H, H = R>(graph: Graph, spec: ThingsSpec<R, H, Sending>): AccountGoal<R, Sent> {
  return goalSentBy(changes => sendTogether(graph, changes), { settlesWithin: replicationMs, ...spec })
}

/** The same of what goes with the account. */
export function goalBelow<R extends H, H = R>(
  { graph }: GoalGround,
  { readings }: Holder,
  spec: ThingsSpec<R, H, Sending>,
): AccountGoal<R, Sent> {
  const goal = graphGoal(graph, spec)
  return { ...goal, read: moment => readings.below(() => goal.read(moment)) }
}

/** One batch for all of Graph, and one after the other what goes elsewhere; an answer for each. */
export async function sendTogether(graph: Graph, changes: readonly Sent[], passing?: Passing): Promise<Taken[]> {
  const sent = changes.flatMap(({ id, act }) => (typeof act === 'function' ? [{ id, write: act() }] : []))
  const kept = changes.flatMap(({ id, act }) => ('why' in act ? [{ id, error: new K1Error('refused', act.why) }] : []))
  const answered = await answersTo(graph, sent, passing)
  const elsewhere = changes.filter(({ act }) => 'ask' in act)
  return [...kept, ...answered, ...(await oneByOne(({ act }: Sent) => send(graph, act))(elsewhere))]
}

/** One by itself. @throws K1Error why it was not taken */
export async function send(graph: Graph, act: Sending): Promise<void> {
  if ('why' in act) throw new K1Error('refused', act.why)
  await ('ask' in act ? act.ask() : graph.write(act()))
}

async function answersTo(graph: Graph, sent: readonly { id: string; write: Write }[], passing?: Passing) {
  try {
    const errors =
      sent.length === 0
        ? []
        : await graph.writeAll(
            sent.map(({ write }) => write),
            passing,
          )
    return sent.map(({ id }, index): Taken => {
      const error = errors[index]
      return error === undefined ? { id } : { id, error }
    })
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (error.kind === 'cancelled') throw error
    return sent.map(({ id }): Taken => ({ id, error }))
  }
}

/**
 * Asked right before a change of an administrator: why it may not be made. Keeping somebody out does not wait for roles
 * that cannot be read, unless a Global Administrator is known to be one.
 */
export function guardOf(
  { graph, users, roles }: GoalGround,
  { account }: Holder,
  keepsOut: boolean,
): (() => Promise<string | undefined>) | undefined {
  if (!account.roles.some(({ admin }) => admin) && !rolesUnread(account)) return undefined
  const isGlobal = account.roles.some(({ name }) => /^global administrator$/i.test(name))
  return async () => {
    try {
      const user = await users.user(account.id)
      if (user === null) return undefined
      const [direct, memberships] = await Promise.all([roles.of(account.id), readMemberships(graph, account.id)])
      const why = await roles.untouchable(user, rolesIn({ direct, groups: await readGroupRoles(roles, memberships) }))
      return why && `${user.userPrincipalName} in Microsoft 365 is not touched: ${why}.`
    } catch (error) {
      if (!keepsOut || isGlobal || (isK1Error(error) && error.kind === 'cancelled')) throw error
      return undefined
    }
  }
}

/** Which roles they have could not be read when they were found. */
export function rolesUnread({ asFound }: Account): boolean {
  return asFound?.roles === 'unread'
}

export function isSynced({ masteredIn }: Account): boolean {
  return masteredIn !== undefined
}

export function change(id: string, what: string, before: string, after: string, act: Sending): Sent {
  return { id, what, before, after, act }
}

/** A change that Exchange takes. */
export function mailChange(id: string, what: string, before: string, after: string, ask: () => Promise<unknown>): Sent {
  return { id, what, before, after, act: { ask } }
}
