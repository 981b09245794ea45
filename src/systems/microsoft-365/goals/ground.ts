import type { Account, AccountGoalOptions } from '../../../core/account.ts'
import { type Change, oneByOne, type Taken } from '../../../core/change.ts'
import { asK1Error, isK1Error, K1Error } from '../../../core/errors.ts'
import type { Back } from '../../../core/goal.ts'
import type { Clock } from '../../../core/ports.ts'
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

/** A change that is one request of its own; or none, and why. */
export interface Sent extends Change {
  make?: () => Write
  /** Instead of `make`, where another service than Graph takes it. */
  send?: () => Promise<void>
  /** Why it is not sent: a sentence. */
  why?: string
}

/** One batch for all of Graph, and one after the other what goes elsewhere; an answer for each. */
export async function sendTogether(graph: Graph, changes: readonly Sent[], passing?: Passing): Promise<Taken[]> {
  const sent = changes.flatMap(({ id, make }) => (make ? [{ id, write: make() }] : []))
  const elsewhere = changes.filter(({ send }) => send !== undefined)
  const kept = changes.flatMap(({ id, make, send, why = 'It cannot be changed here.' }) =>
    make || send ? [] : [{ id, error: new K1Error('refused', why) }],
  )
  const answered = await answersTo(graph, sent, passing)
  return [...kept, ...answered, ...(await oneByOne(async ({ send }: Sent) => send?.())(elsewhere))]
}

/** The way back by such requests: for what was had and is missing now. */
export function backBySending<R, H>(
  graph: Graph,
  missing: (had: H, now: R) => readonly Sent[],
): Pick<Back<R, Sent, H>, 'isBack' | 'changes' | 'give'> {
  return {
    isBack: (had, now) => missing(had, now).length === 0,
    changes: missing,
    give: changes => sendTogether(graph, changes),
  }
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

export function change(id: string, what: string, before: string, after: string, make?: () => Write): Sent {
  return { id, what, before, after, ...(make ? { make } : {}) }
}

/** A change that Exchange takes. */
export function mailChange(id: string, what: string, before: string, after: string, send: () => Promise<void>): Sent {
  return { id, what, before, after, send }
}
