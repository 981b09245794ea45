import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Part, partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import { overApi } from '../../../core/things.ts'
import { isPersonalMailbox, type Mailbox } from '../exchange/mailbox.ts'
import { backBySending, type GoalGround, type Holder, mailChange, type Sent, sendTogether } from '../goals/ground.ts'
import { commandsFor } from './commands.ts'
import { gigabytes, needOf } from './mailbox-need.ts'

/** Exchange says that a conversion takes minutes, and means it. */
const conversionMs = 120_000

const later = 'Exchange Online converts a mailbox within minutes, at times within hours.'

export const exchangeCenter = 'the Exchange admin center'

interface Shared {
  /** Null: there is none in Exchange Online. */
  mailbox: Mailbox | null
  size: Part<number>
}

const snapshotSchema = z.object({ type: z.string().nullable(), hidden: z.boolean().nullable() })

/** The mailbox belongs to nobody in person any more, and address lists do not show it. */
export function mailboxShared(
  { exchange, graph }: GoalGround,
  { account, readings }: Holder,
): AccountGoal<Shared, Sent> {
  return {
    kind: 'mailbox-shared',
    ...overApi,
    summary: 'The mailbox is shared, and hidden from address lists',
    effect: 'reversible',
    later,
    needs: ['user', 'mailbox', 'mailbox size'],
    touches: () => ['mailbox'],
    read: moment =>
      readings.below(async () => {
        const mailbox = await readings.mailbox(moment)
        return seen({ mailbox, size: await partOf(readings.mailboxSize(moment)) })
      }),
    holds: ({ mailbox }) => changesOf(mailbox).length === 0,
    changes: ({ mailbox }) => changesOf(mailbox),
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
    shown: ({ mailbox, size }) => ({
      type: mailbox?.type ?? null,
      hidden: mailbox?.hidden ?? null,
      address: mailbox?.address ?? null,
      size: size.value === undefined || Number.isNaN(size.value) ? null : gigabytes(size.value),
      archive: mailbox?.archive ?? null,
      held: mailbox?.held ?? null,
    }),
    take: changes => sendTogether(graph, changes),
    settlesWithin: conversionMs,
    back: {
      shape: snapshotSchema,
      what: `what the mailbox of ${account.login} was`,
      place: exchangeCenter,
      summary: ({ type }) =>
        type === 'UserMailbox' ? 'The mailbox is theirs again' : 'The mailbox stays as it was, and is shown again',
      ...backBySending(graph, missing),
      // A mailbox of a person without a licence is deleted.
      after: ['licences-freed'],
    },
  }

  function changesOf(mailbox: Mailbox | null): Sent[] {
    if (mailbox === null) return []
    const share = () => exchange.setMailbox(mailbox, { Type: 'Shared' })
    const hide = () => exchange.setMailbox(mailbox, { HiddenFromAddressListsEnabled: true })
    return [
      ...(isPersonalMailbox(mailbox) ? [mailChange('type', 'Mailbox', 'theirs', 'shared', share)] : []),
      ...(mailbox.hidden || mailbox.synced ? [] : [mailChange('hidden', 'In address lists', 'shown', 'hidden', hide)]),
    ]
  }

  function missing(had: z.infer<typeof snapshotSchema>, { mailbox }: Shared): Sent[] {
    if (mailbox === null) return []
    const own = () => exchange.setMailbox(mailbox, { Type: 'Regular' })
    const show = () => exchange.setMailbox(mailbox, { HiddenFromAddressListsEnabled: false })
    return [
      ...(had.type === 'UserMailbox' && mailbox.type === 'SharedMailbox'
        ? [mailChange('type', 'Mailbox', 'shared', 'theirs', own)]
        : []),
      ...(had.hidden === false && mailbox.hidden && !mailbox.synced
        ? [mailChange('hidden', 'In address lists', 'hidden', 'shown', show)]
        : []),
    ]
  }
}
