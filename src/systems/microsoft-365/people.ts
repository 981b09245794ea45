import type { Account, NoteReading, PeopleAccess } from '../../core/account.ts'
import { asK1Error } from '../../core/errors.ts'
import { once } from '../../core/once.ts'
import type { OpenDeps } from '../../core/system.ts'
import { type Administration, readGroupRoles, rolesIn } from './administration.ts'
import { readAutopilot } from './autopilot.ts'
import type { Connection } from './connection.ts'
import { readDomains } from './domains.ts'
import type { ExchangeAccess } from './exchange/open-exchange.ts'
import { accessFreed } from './goals/access.ts'
import { adminRolesDropped } from './goals/admin-roles.ts'
import { credentialsRevoked } from './goals/credentials.ts'
import { dataHandedOver } from './goals/data.ts'
import { deleted } from './goals/deleted.ts'
import { devicesReleased } from './goals/devices.ts'
import { groupsLeft } from './goals/groups.ts'
import { sessionsEnded } from './goals/sessions.ts'
import { signInBlocked } from './goals/sign-in.ts'
import type { Graph } from './graph.ts'
import { type GoalGround, type Holder, isSynced } from './ground.ts'
import { readHiddenGroups } from './hidden-groups.ts'
import type { MailboxSearch } from './mail/mailbox-search.ts'
import { readMemberships } from './memberships.ts'
import { readProducts } from './products.ts'
import { readingsOf } from './readings.ts'
import { createRoles, type HeldRole, isAdmin } from './roles.ts'
import { findSuccessor, managerAsSuccessor, managerOf } from './successor.ts'
import type { TokenClaims } from './token-claims.ts'
import { createUsers, type GraphUser, readAccount } from './users.ts'

interface PeopleDeps extends Pick<OpenDeps, 'clock'> {
  doing: OpenDeps['doing'] | undefined
  graph: Graph
  connection: Connection
  openExchange(): Promise<ExchangeAccess>
  claims(): Promise<TokenClaims | null>
}

/** People of one Microsoft 365 tenant. */
export function createPeople({ graph, connection, clock, doing, openExchange, claims }: PeopleDeps): PeopleAccess {
  const users = createUsers(graph)
  const roles = createRoles(graph, users)
  const domains = once(() => readDomains(graph))
  const products = once(() => readProducts(graph))
  const hiddenGroups = once(async () => readHiddenGroups(graph, await claims()))

  const autopilot = once(() => readAutopilot(graph))
  let search: (() => Promise<MailboxSearch>) | undefined

  async function readAdministration(id: string, note?: NoteReading): Promise<Administration> {
    const [direct, memberships] = await Promise.all([roles.of(id), readMemberships(graph, id)])
    const groups = await readGroupRoles(roles, memberships)
    note?.(id, 'roles', direct)
    note?.(id, 'memberships', memberships)
    note?.(id, 'roles of groups', groups)
    return { direct, groups }
  }

  /** Whoever is found is found, also where nobody may read their roles: keeping them out needs none. */
  async function withItsRoles(user: GraphUser, note?: NoteReading): Promise<Account> {
    note?.(user.id, 'user', user)
    try {
      const held = rolesIn(await readAdministration(user.id, note))
      const why = await roles.untouchable(user, held)
      return { ...withRoles(user, held), ...(why === undefined ? {} : { untouchable: why }) }
    } catch (thrown) {
      if (asK1Error(thrown).kind === 'cancelled') throw thrown
      const account = readAccount(user)
      return { ...account, asFound: { ...account.asFound, roles: 'unread' } }
    }
  }

  return {
    find: async (word, note) => Promise.all((await users.find(word)).map(user => withItsRoles(user, note))),

    async account(id) {
      const user = await users.user(id)
      return user && withItsRoles(user)
    },

    async goals(account, options) {
      const access = await openExchange()
      const { exchange, lacks } = access
      search ??= once(async () => (await import('./mail/mailbox-search.ts')).searchMailboxes(exchange, graph, doing))
      const shared = {
        graph,
        users,
        roles,
        connection,
        clock,
        domains,
        products,
        hiddenGroups,
        autopilot,
        searched: search,
      }
      const ground: GoalGround = { ...shared, exchange, lacks }
      const readings = readingsOf(ground, account.id)
      const byManager = options.successor === undefined && connection.heir === 'manager'
      const successor = byManager ? 'their manager' : options.successor
      const subject: Holder = { account, options, readings }
      const heirOf = once(() =>
        byManager
          ? managerAsSuccessor(graph, users, account.id)
          : findSuccessor(users, account.id, options.successor ?? ''),
      )
      const { mailGoals } = await import('./mail/mail-goals.ts')
      const mail = mailGoals(ground, subject, successor, heirOf)
      const block = signInBlocked(ground, subject)
      const ended = sessionsEnded(ground, subject)
      const revoked = credentialsRevoked(ground, subject)
      return [
        adminRolesDropped(ground, subject),
        // A block that comes with the next sync is waited for last: until then nothing else should stay open.
        ...(isSynced(account) ? [ended, revoked, block] : [block, ended, revoked]),
        groupsLeft(ground, subject),
        ...(mail.others ? [mail.others] : []),
        mail.keptIn,
        ...(mail.meetings ? [mail.meetings] : []),
        ...(mail.shared ? [mail.shared] : []),
        ...(successor === undefined ? [] : [dataHandedOver(ground, subject, successor, heirOf)]),
        ...(mail.letIn ? [mail.letIn] : []),
        accessFreed(ground, subject),
        ...(mail.licences ? [mail.licences] : []),
        devicesReleased(ground, subject),
        ...(options.delete ? [deleted(ground, subject)] : []),
      ]
    },

    async manager(id) {
      const manager = await managerOf(graph, id)
      const user = manager === null ? null : await users.user(manager)
      return user && readAccount(user)
    },

    async *list() {
      const held = await roles.all()
      // Who may not be touched is not asked here: that would read all administrators once for each of them.
      for await (const user of users.all()) yield withRoles(user, held.get(user.id) ?? [])
    },

    count: () => graph.countUsers(),
  }
}

function withRoles(user: GraphUser, held: readonly HeldRole[]): Account {
  return { ...readAccount(user), roles: held.map(one => ({ name: one.role, admin: isAdmin(one) })) }
}
