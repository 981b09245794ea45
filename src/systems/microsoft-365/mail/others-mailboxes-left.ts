import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import type { K1Error } from '../../../core/errors.ts'
import { failureIn, listInPart, notSeen, type Part, partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import { overApi } from '../../../core/things.ts'
import { type CalendarShare, readShares } from '../calendars.ts'
import type { Box } from '../exchange/delegation.ts'
import {
  backBySending,
  change,
  type GoalGround,
  type Holder,
  mailChange,
  type Sent,
  sendTogether,
} from '../goals/ground.ts'
import { closeCalendar, openCalendar } from '../write.ts'
import { cutSentences, failureOf, type MailboxSearch, openTo } from './mailbox-search.ts'
import { exchangeCenter } from './mailbox-shared.ts'

interface Access {
  search: Part<MailboxSearch>
  fullAccess: Part<Box[]>
  /** Names of mailboxes and groups, as Exchange gives them. */
  sendAs: Part<string[]>
  onBehalf: Part<Box[]>
  calendars: Part<CalendarShare[]>
}

const boxSchema = z.object({ id: z.string(), address: z.string() })

/** Null is what was not seen: nothing of it was taken. */
const snapshotSchema = z.object({
  fullAccess: z.array(boxSchema).nullable(),
  sendAs: z.array(z.string()).nullable(),
  onBehalf: z.array(boxSchema).nullable(),
  calendars: z.array(boxSchema.extend({ role: z.string() })).nullable(),
})

type Snapshot = z.infer<typeof snapshotSchema>

const settlesWithin = 60_000

/** What somebody may open or send as of others is theirs no longer. */
export function othersMailboxesLeft(
  { exchange, graph, searched }: GoalGround,
  { account, readings }: Holder,
): AccountGoal<Access, Sent> {
  const { id, login, email, name } = account
  const names = new Set([id, login, email].map(one => one.toLowerCase()))
  /** Given back by this process: the search of this run does not know of it. */
  const given = new Map<string, Box>()

  return {
    kind: 'others-mailboxes-left',
    ...overApi,
    summary: "Others' mailboxes and calendars are open to them no longer",
    effect: 'reversible',
    needs: ['user', 'mailbox', 'others mailboxes'],
    touches: () => ['others mailboxes'],
    read: moment =>
      readings.below(async () => {
        const dn = (await readings.mailbox(moment))?.dn
        const access = await moment.read('others mailboxes', () => read(dn))
        const error = failure(access)
        if (error !== undefined && changesOf(access).length === 0) throw error
        return seen(access)
      }),
    holds: access => changesOf(access).length === 0 && failure(access) === undefined,
    changes: changesOf,
    warnings: ({ search, fullAccess, sendAs, onBehalf, calendars }) => [
      ...notSeen({
        'The list of all mailboxes': search,
        'Which mailboxes they may open': search.error ? undefined : fullAccess,
        'Whom they may send as': sendAs,
        'Whom they may send on behalf of': onBehalf,
        'Which calendars they may open': search.error ? undefined : calendars,
      }),
      ...(search.value ? cutSentences(search.value) : []),
    ],
    residual: ({ search }) => (search.value ? cutSentences(search.value) : []),
    shown: ({ search, fullAccess, sendAs, onBehalf, calendars }) => ({
      searched: search.value?.boxes.length ?? null,
      fullAccess: listInPart(fullAccess, box => box),
      sendAs: listInPart(sendAs, one => one),
      onBehalf: listInPart(onBehalf, box => box),
      calendars: listInPart(calendars, ({ box, role }) => ({ ...box, role })),
    }),
    take: changes => sendTogether(graph, changes),
    settlesWithin,
    back: {
      shape: snapshotSchema,
      what: `what ${login} could open of others`,
      place: exchangeCenter,
      summary: () => "Others' mailboxes and calendars are open to them again",
      ...backBySending(graph, missing),
      // Exchange gives nothing to whoever has no mailbox.
      after: ['mailbox-shared', 'licences-freed'],
      warnings: () => [
        'Outlook shows each mailbox that they may open by itself, also one that it did not show before.',
      ],
    },
  }

  async function read(dn: string | undefined): Promise<Access> {
    const search = await partOf(searched())
    const isOther = (box: Box) => box.id !== id
    const known = [...given.values()]
    const open = search.value ? openTo(search.value, names) : []
    const shared = (search.value?.shares ?? []).filter(isTheirs).map(({ box }) => box)
    const [sendAs, onBehalf, fullAccess, shares] = await Promise.all([
      partOf(exchange.sendsAs(login)),
      partOf(dn === undefined ? Promise.resolve([]) : exchange.sendsOnBehalfOf(dn)),
      partOf(openNow(onceEach([...open, ...known]).filter(isOther))),
      readShares(graph, onceEach([...shared, ...known]).filter(isOther)),
    ])
    if (search.error !== undefined) return { search, fullAccess: search, sendAs, onBehalf, calendars: search }
    const error = failureIn(shares)
    const calendars = error ? { error } : { value: shares.flatMap(({ value = [] }) => value).filter(isTheirs) }
    return {
      search,
      fullAccess,
      sendAs: sendAs.error ? sendAs : { value: sendAs.value.filter(one => !isSelf(one)) },
      onBehalf: onBehalf.error ? onBehalf : { value: onBehalf.value.filter(isOther) },
      calendars,
    }
  }

  async function openNow(boxes: readonly Box[]): Promise<Box[]> {
    const open = await Promise.all(boxes.map(box => exchange.hasFullAccess(box, login)))
    return boxes.filter((_, index) => open[index])
  }

  function isTheirs({ address }: CalendarShare): boolean {
    return address !== '' && names.has(address)
  }

  function isSelf(identity: string): boolean {
    return names.has(identity.toLowerCase()) || identity === name
  }

  function changesOf({ fullAccess, sendAs, onBehalf, calendars }: Access): Sent[] {
    return [
      ...(fullAccess.value ?? []).map(box =>
        mailChange(`open ${box.id}`, 'Opens', box.address, 'none', () => exchange.takeFullAccess(box, login)),
      ),
      ...(sendAs.value ?? []).map(one =>
        mailChange(`send as ${one}`, 'Sends as', one, 'none', () => exchange.takeSendAs({ id: one }, login)),
      ),
      ...(onBehalf.value ?? []).map(box =>
        mailChange(`behalf ${box.id}`, 'Sends on behalf of', box.address, 'none', () =>
          exchange.takeSendOnBehalf(box, id),
        ),
      ),
      ...(calendars.value ?? []).map(share =>
        change(`calendar ${share.box.id}`, 'Calendars', share.box.address, 'none', () =>
          closeCalendar(share.box.id, share.id),
        ),
      ),
    ]
  }

  function missing(had: Snapshot, now: Access): Sent[] {
    const without = (list: Part<Box[]>) => (box: Box) => !list.value?.some(one => one.id === box.id)
    const knowing = (box: Box, give: () => Promise<void>) => async () => {
      given.set(box.id, box)
      await give()
    }
    return [
      ...(had.fullAccess ?? []).filter(without(now.fullAccess)).map(box =>
        mailChange(
          `open ${box.id}`,
          'Opens',
          'none',
          box.address,
          knowing(box, () => exchange.giveFullAccess(box, login)),
        ),
      ),
      ...(had.sendAs ?? [])
        .filter(one => !now.sendAs.value?.includes(one))
        .map(one =>
          mailChange(`send as ${one}`, 'Sends as', 'none', one, () => exchange.giveSendAs({ id: one }, login)),
        ),
      ...(had.onBehalf ?? [])
        .filter(without(now.onBehalf))
        .map(box =>
          mailChange(`behalf ${box.id}`, 'Sends on behalf of', 'none', box.address, () =>
            exchange.giveSendOnBehalf(box, id),
          ),
        ),
      ...(had.calendars ?? [])
        .filter(one => !now.calendars.value?.some(({ box }) => box.id === one.id))
        .map(({ role, ...box }) =>
          change(`calendar ${box.id}`, 'Calendars', 'none', box.address, () => {
            given.set(box.id, box)
            return openCalendar(box.id, { name, address: email || login }, role)
          }),
        ),
    ]
  }
}

function failure(access: Access): K1Error | undefined {
  const { search, fullAccess, sendAs, onBehalf, calendars } = access
  return failureOf(search) ?? failureIn([fullAccess, sendAs, onBehalf, calendars])
}

function onceEach(boxes: readonly Box[]): Box[] {
  return [...new Map(boxes.map(box => [box.id, box])).values()]
}
