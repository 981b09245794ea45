import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Part, partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import { isPersonalMailbox, type Mailbox } from '../exchange/mailbox.ts'
import type { GoalGround, Holder } from '../ground.ts'
import { goalBelow, type Sending, type Sent } from '../sending.ts'
import { commandsFor } from './commands.ts'
import { gigabytes, needOf } from './mailbox-need.ts'

/** Exchange says that a conversion takes minutes, and means it. */
const conversionMs = 120_000

const later = 'Exchange Online converts a mailbox within minutes, at times within hours.'

export const exchangeCenter = 'the Exchange admin center'

const shape = z.object({ type: z.string().nullable(), hidden: z.boolean().nullable() })

type Had = z.infer<typeof shape>

interface Shared extends Had {
  /** Null: there is none in Exchange Online. */
  mailbox: Mailbox | null
  size: Part<number>
}

/** The mailbox belongs to nobody in person any more, and address lists do not show it. */
export function mailboxShared(ground: GoalGround, subject: Holder): AccountGoal<Shared, Sent> {
  const { exchange } = ground
  const { account, readings } = subject
  return goalBelow<Shared, Had>(ground, subject, {
    kind: 'mailbox-shared',
    summary: 'The mailbox is shared, and hidden from address lists',
    later,
    needs: ['user', 'mailbox', 'mailbox size'],
    shows: ['mailbox'],
    async read(moment) {
      const mailbox = await readings.mailbox(moment)
      const size = await partOf(readings.mailboxSize(moment))
      return seen({ type: mailbox?.type ?? null, hidden: mailbox?.hidden ?? null, mailbox, size })
    },
    things: (had, { mailbox }) => (mailbox === null ? [] : thingsOf(had, mailbox)),
    waitsFor: ({ mailbox }) =>
      mailbox && isPersonalMailbox(mailbox) ? `the conversion of ${mailbox.address}` : undefined,
    warnings: ({ mailbox, size }) =>
      mailbox && isPersonalMailbox(mailbox)
        ? needOf(mailbox, size).map(why => `Once shared, the mailbox still needs a licence: ${why}.`)
        : [],
    residual: ({ mailbox }) => [
      ...(mailbox === null ? [`There is no mailbox of ${account.login} in Exchange Online.`] : []),
      ...(mailbox?.synced && !mailbox.hidden
        ? [
            `The mailbox is synced from Active Directory and stays in address lists. On premises: ${commandsFor.hideOnPremises(account.login)}`,
          ]
        : []),
    ],
    shown: ({ type, hidden, mailbox, size }) => ({
      type,
      hidden,
      address: mailbox?.address ?? null,
      size: size.value === undefined || Number.isNaN(size.value) ? null : gigabytes(size.value),
      archive: mailbox?.archive ?? null,
      held: mailbox?.held ?? null,
    }),
    settlesWithin: conversionMs,
    back: {
      shape,
      what: `what the mailbox of ${account.login} was`,
      place: exchangeCenter,
      summary: ({ type }) =>
        type === 'UserMailbox' ? 'The mailbox is theirs again' : 'The mailbox stays as it was, and is shown again',
      // A mailbox of a person without a licence is deleted.
      after: ['licences-freed'],
    },
  })

  function thingsOf(had: Had, mailbox: Mailbox): Thing<Sending>[] {
    const setting = (values: object) => ({ ask: () => exchange.setMailbox(mailbox, values) })
    const theirs: Thing<Sending> = {
      id: 'type',
      what: 'Mailbox',
      name: 'theirs',
      without: 'shared',
      take: setting({ Type: 'Shared' }),
      ...(mailbox.type === 'SharedMailbox' ? { give: setting({ Type: 'Regular' }) } : {}),
    }
    const listed: Thing<Sending> = {
      id: 'hidden',
      what: 'In address lists',
      name: 'shown',
      without: 'hidden',
      take: setting({ HiddenFromAddressListsEnabled: true }),
      ...(mailbox.synced ? {} : { give: setting({ HiddenFromAddressListsEnabled: false }) }),
      stays: mailbox.synced,
    }
    return [...(had.type === 'UserMailbox' ? [theirs] : []), ...(had.hidden === false ? [listed] : [])]
  }
}
