import type { Account, AccountGoalOptions } from '../../core/account.ts'
import { isK1Error } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import { readGroupRoles, rolesIn } from './administration.ts'
import type { AutopilotDevice } from './autopilot.ts'
import type { Connection } from './connection.ts'
import type { Exchange } from './exchange/exchange.ts'
import type { Graph } from './graph.ts'
import type { HiddenGroup } from './hidden-groups.ts'
import type { MailboxSearch } from './mail/mailbox-search.ts'
import { readMemberships } from './memberships.ts'
import type { Product } from './products.ts'
import type { Readings } from './readings.ts'
import type { Roles } from './roles.ts'
import type { Users } from './users.ts'

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
