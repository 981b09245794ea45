import { K1Error } from '../../core/errors.ts'
import type { Moment } from '../../core/moment.ts'
import { goneReading, type Reading } from '../../core/reading.ts'
import { readAccess } from './access.ts'
import { readGroupRoles } from './administration.ts'
import { readDevices } from './devices.ts'
import { readEligibility } from './eligibility.ts'
import type { Exchange } from './exchange/exchange.ts'
import type { Mailbox } from './exchange/mailbox.ts'
import type { Graph } from './graph.ts'
import { isNotFound } from './graph-error.ts'
import { readMemberships } from './memberships.ts'
import { readMethods } from './methods.ts'
import { readReply } from './reply.ts'
import type { Roles } from './roles.ts'
import { readSendingRules } from './rules.ts'
import type { Users } from './users.ts'

interface Sources {
  graph: Graph
  users: Users
  roles: Roles
  exchange: Exchange
}

/** What is read of one account, each by its name: whoever of its goals wants it, it is asked once in a moment. */
export type Readings = ReturnType<typeof readingsOf>

export function readingsOf({ graph, users, roles, exchange }: Sources, id: string) {
  const user = (moment: Moment) => moment.read('user', () => users.user(id))
  const memberships = (moment: Moment) => moment.read('memberships', () => readMemberships(graph, id))

  /** Where what is kept of a mailbox is asked for does not change: nobody waits for a second look at the mailbox itself. */
  let known: Mailbox | undefined
  const mailbox = (moment: Moment) =>
    moment.read('mailbox', async () => {
      const found = await exchange.mailbox(id)
      known = found ?? undefined
      return found
    })
  /** Of a mailbox; `none` where there is no mailbox. */
  const ofMailbox =
    <T>(name: string, none: T, read: (mailbox: Mailbox) => Promise<T>) =>
    (moment: Moment) =>
      moment.read(name, async () => {
        const found = known ?? (await mailbox(moment))
        return found === null ? none : read(found)
      })

  /** Devices that were in Intune the last time. */
  let enrolled: readonly string[] = []

  return {
    user,
    memberships,
    /** Null: there is none in Exchange Online. */
    mailbox,
    ofMailbox,
    /** Distribution lists and mail-enabled security groups, as Exchange has them. Stands on `mailbox`. */
    lists: (moment: Moment) =>
      moment.read('lists', async () => {
        const dn = (await mailbox(moment))?.dn ?? (await exchange.recipient(id))?.dn
        // Whoever asks has seen in Graph that they are in one.
        if (dn === undefined) throw new K1Error('contract', 'Exchange Online knows of no mailbox or contact of theirs.')
        return exchange.listsOf(dn)
      }),
    /** Lists that they are an owner of. Stands on `mailbox`. */
    ownedLists: ofMailbox('owned lists', [], ({ dn }) => exchange.listsOwnedBy(dn)),
    /** Bytes. Stands on `mailbox`, as the next ones. */
    mailboxSize: ofMailbox('mailbox size', 0, exchange.size),
    protocols: ofMailbox('protocols', null, exchange.protocols),
    mobileDevices: ofMailbox('mobile devices', [], exchange.mobileDevices),
    rules: ofMailbox('rules', [], () => readSendingRules(graph, id)),
    /** Of the directory, given to this very person. */
    roles: (moment: Moment) => moment.read('roles', () => roles.of(id)),
    /** Of groups that the person is in. Stands on `memberships`. */
    groupRoles: (moment: Moment) =>
      moment.read('roles of groups', async () => readGroupRoles(roles, await memberships(moment))),
    eligible: (moment: Moment) => moment.read('eligible', () => readEligibility(graph, id)),
    methods: (moment: Moment) => moment.read('methods', () => readMethods(graph, id)),
    access: (moment: Moment) => moment.read('access', () => readAccess(graph, id)),
    reply: (moment: Moment) => moment.read('reply', () => readReply(graph, id)),
    devices: (moment: Moment) =>
      moment.read('devices', async () => {
        const devices = await readDevices(graph, id, enrolled)
        enrolled = devices.managed.value?.map(one => one.id) ?? []
        return devices
      }),

    /**
     * What lies below an account that is gone is answered with 404; then the account itself is asked for, anew: what
     * this moment saw of it may be from before.
     */
    async below<R>(read: () => Promise<Reading<R>>): Promise<Reading<R>> {
      try {
        return await read()
      } catch (error) {
        if (isNotFound(error) && (await users.user(id)) === null) return goneReading
        throw error
      }
    },
  }
}
