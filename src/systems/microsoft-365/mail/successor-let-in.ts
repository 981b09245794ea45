import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { seen } from '../../../core/reading.ts'
import { overApi } from '../../../core/things.ts'
import { isPersonalMailbox, type Mailbox } from '../exchange/mailbox.ts'
import { backBySending, type GoalGround, type Holder, mailChange, type Sent, sendTogether } from '../goals/ground.ts'
import type { GraphUser } from '../users.ts'
import { exchangeCenter } from './mailbox-shared.ts'

interface LetIn {
  mailbox: Mailbox | null
  heir: GraphUser
  fullAccess: boolean
  sendAs: boolean
}

const snapshotSchema = z.object({ fullAccess: z.boolean(), sendAs: z.boolean(), forwards: z.boolean() })

type Snapshot = z.infer<typeof snapshotSchema>

const settlesWithin = 60_000

/** The successor opens the mailbox, answers from it, and gets new mail where that is wanted. */
export function successorLetIn(
  { exchange, graph, connection }: GoalGround,
  { account, readings }: Holder,
  successor: string,
  heirOf: () => Promise<GraphUser>,
): AccountGoal<LetIn, Sent> {
  return {
    kind: 'successor-let-in',
    ...overApi,
    summary: `${successor} opens the mailbox, and sends from it`,
    effect: 'reversible',
    behind: ['mail-kept-in', 'mailbox-shared'],
    needs: ['user', 'mailbox', 'full access', 'send as'],
    touches: changes => changes.map(({ id }) => (id === 'forward' ? 'mailbox' : id)),
    read: moment =>
      readings.below(async () => {
        const heir = await heirOf()
        const who = heir.userPrincipalName
        const [mailbox, fullAccess, sendAs] = await Promise.all([
          readings.mailbox(moment),
          readings.ofMailbox('full access', false, one => exchange.hasFullAccess(one, who))(moment),
          readings.ofMailbox('send as', false, one => exchange.maySendAs(one, who))(moment),
        ])
        return seen({ mailbox, heir, fullAccess, sendAs })
      }),
    holds: value => changesOf(value).length === 0,
    changes: changesOf,
    residual: ({ mailbox }) => [
      ...(mailbox === null ? ['There is no mailbox in Exchange Online to let a successor into.'] : []),
      ...(mailbox && isPersonalMailbox(mailbox) && connection.mailbox === 'left'
        ? ['The mailbox is left a personal one: it goes with its licence, whoever may open it.']
        : []),
    ],
    shown: value => ({
      successor: value.heir.userPrincipalName,
      fullAccess: value.fullAccess,
      sendAs: value.sendAs,
      forwards: forwardsTo(value),
    }),
    take: changes => sendTogether(graph, changes),
    settlesWithin,
    back: {
      shape: snapshotSchema,
      what: `who could open the mailbox of ${account.login}`,
      place: exchangeCenter,
      summary: () => `${successor} opens the mailbox no longer than before`,
      ...backBySending(graph, tooMuch),
    },
  }

  function changesOf(value: LetIn): Sent[] {
    const { mailbox, heir, fullAccess, sendAs } = value
    if (mailbox === null) return []
    const who = heir.userPrincipalName
    const forward = { ForwardingSmtpAddress: addressOf(heir), DeliverToMailboxAndForward: true }
    return [
      ...(fullAccess
        ? []
        : [mailChange('full access', 'Mailbox opened by', 'none', who, () => exchange.giveFullAccess(mailbox, who))]),
      ...(sendAs
        ? []
        : [mailChange('send as', 'Sent from it by', 'none', who, () => exchange.giveSendAs(mailbox, who))]),
      ...(connection.forwards && !forwardsTo(value)
        ? [mailChange('forward', 'Forwarding', 'none', who, () => exchange.setMailbox(mailbox, forward))]
        : []),
    ]
  }

  function tooMuch(had: Snapshot, now: LetIn): Sent[] {
    const { mailbox, heir, fullAccess, sendAs } = now
    if (mailbox === null) return []
    const who = heir.userPrincipalName
    const none = { ForwardingSmtpAddress: null, DeliverToMailboxAndForward: false }
    return [
      ...(fullAccess && !had.fullAccess
        ? [mailChange('full access', 'Mailbox opened by', who, 'none', () => exchange.takeFullAccess(mailbox, who))]
        : []),
      ...(sendAs && !had.sendAs
        ? [mailChange('send as', 'Sent from it by', who, 'none', () => exchange.takeSendAs(mailbox, who))]
        : []),
      ...(forwardsTo(now) && !had.forwards
        ? [mailChange('forward', 'Forwarding', who, 'none', () => exchange.setMailbox(mailbox, none))]
        : []),
    ]
  }
}

function forwardsTo({ mailbox, heir }: LetIn): boolean {
  return mailbox?.forwardsOut?.toLowerCase() === addressOf(heir).toLowerCase()
}

function addressOf({ mail, userPrincipalName }: GraphUser): string {
  return mail || userPrincipalName
}
