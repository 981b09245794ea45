import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import { isPersonalMailbox, type Mailbox } from '../exchange/mailbox.ts'
import type { GoalGround, Holder } from '../ground.ts'
import { goalBelow, type Sending, type Sent } from '../sending.ts'
import type { GraphUser } from '../users.ts'
import { exchangeCenter } from './mailbox-shared.ts'

const shape = z.object({ fullAccess: z.boolean(), sendAs: z.boolean(), forwards: z.boolean() })

type Had = z.infer<typeof shape>

interface LetIn extends Had {
  mailbox: Mailbox | null
  heir: GraphUser
}

const settlesWithin = 60_000

/** The successor opens the mailbox, answers from it, and gets new mail where that is wanted. */
export function successorLetIn(
  ground: GoalGround,
  subject: Holder,
  successor: string,
  heirOf: () => Promise<GraphUser>,
): AccountGoal<LetIn, Sent> {
  const { exchange, connection } = ground
  const { account, readings } = subject
  return goalBelow<LetIn, Had>(ground, subject, {
    kind: 'successor-let-in',
    summary: `${successor} opens the mailbox, and sends from it`,
    behind: ['mail-kept-in', 'mailbox-shared'],
    needs: ['user', 'mailbox', 'full access', 'send as'],
    async read(moment) {
      const heir = await heirOf()
      const who = heir.userPrincipalName
      const [mailbox, fullAccess, sendAs] = await Promise.all([
        readings.mailbox(moment),
        readings.ofMailbox('full access', false, one => exchange.hasFullAccess(one, who))(moment),
        readings.ofMailbox('send as', false, one => exchange.maySendAs(one, who))(moment),
      ])
      const forwards = mailbox?.forwardsOut?.toLowerCase() === addressOf(heir).toLowerCase()
      return seen({ mailbox, heir, fullAccess, sendAs, forwards })
    },
    things: (had, { mailbox, heir }) => (mailbox === null ? [] : lacking(had, mailbox, heir)),
    residual: ({ mailbox }) => [
      ...(mailbox === null ? ['There is no mailbox in Exchange Online to let a successor into.'] : []),
      ...(mailbox && isPersonalMailbox(mailbox) && connection.mailbox === 'left'
        ? ['The mailbox is left a personal one: it goes with its licence, whoever may open it.']
        : []),
    ],
    shown: now => ({ successor: now.heir.userPrincipalName, ...shape.parse(now) }),
    settlesWithin,
    back: {
      shape,
      what: `who could open the mailbox of ${account.login}`,
      place: exchangeCenter,
      summary: () => `${successor} opens the mailbox no longer than before`,
    },
  })

  /** What they lack: it is the lack that is taken, and given back. */
  function lacking(had: Had, mailbox: Mailbox, heir: GraphUser): Thing<Sending>[] {
    const who = heir.userPrincipalName
    const lack = (id: string, what: string, take: Ask, give: Ask): Thing<Sending> => {
      return { id, what, name: 'none', without: who, take: { ask: take }, give: { ask: give }, shows: [id] }
    }
    const fullAccess = lack(
      'full access',
      'Mailbox opened by',
      () => exchange.giveFullAccess(mailbox, who),
      () => exchange.takeFullAccess(mailbox, who),
    )
    const sendAs = lack(
      'send as',
      'Sent from it by',
      () => exchange.giveSendAs(mailbox, who),
      () => exchange.takeSendAs(mailbox, who),
    )
    const forward = { ForwardingSmtpAddress: addressOf(heir), DeliverToMailboxAndForward: true }
    const none = { ForwardingSmtpAddress: null, DeliverToMailboxAndForward: false }
    const forwarding = lack(
      'forward',
      'Forwarding',
      () => exchange.setMailbox(mailbox, forward),
      () => exchange.setMailbox(mailbox, none),
    )
    return [
      ...(had.fullAccess ? [] : [fullAccess]),
      ...(had.sendAs ? [] : [sendAs]),
      ...(had.forwards ? [] : [{ ...forwarding, stays: !connection.forwards, shows: ['mailbox'] }]),
    ]
  }
}

type Ask = () => Promise<unknown>

function addressOf({ mail, userPrincipalName }: GraphUser): string {
  return mail || userPrincipalName
}
