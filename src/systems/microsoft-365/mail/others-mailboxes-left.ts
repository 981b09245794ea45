import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { failureIn, listInPart, type NamedParts, type Part, partOf, unlessHidden } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import { type CalendarShare, readShares } from '../calendars.ts'
import type { Box } from '../exchange/delegation.ts'
import type { GoalGround, Holder } from '../ground.ts'
import { goalBelow, type Sending, type Sent } from '../sending.ts'
import { closeCalendar, openCalendar } from '../write.ts'
import { cutSentences, type MailboxSearch, openTo, wholeOnly } from './mailbox-search.ts'
import { exchangeCenter } from './mailbox-shared.ts'

const box = z.object({ id: z.string(), address: z.string() })

/** Null is what was not seen: nothing of it was taken. */
const shape = z.object({
  fullAccess: z.array(box).nullable(),
  /** Names of mailboxes and groups, as Exchange gives them. */
  sendAs: z.array(z.string()).nullable(),
  onBehalf: z.array(box).nullable(),
  calendars: z.array(box.extend({ role: z.string() })).nullable(),
})

/** With what only a look knows, where it is one. */
interface Had extends Omit<z.infer<typeof shape>, 'calendars'> {
  /** `share`: the id of what lets them in. */
  calendars: (Box & { role: string; share?: string })[] | null
}

interface Access extends Had {
  /** So many mailboxes; null: not even their list was shown. */
  searched: number | null
  /** What was not searched of them, as sentences. */
  cut: string[]
  /** The search, where nothing is missing in it. */
  whole: Part<MailboxSearch>
  parts: NamedParts
}

const settlesWithin = 60_000

/** What somebody may open or send as of others is theirs no longer. */
export function othersMailboxesLeft(ground: GoalGround, subject: Holder): AccountGoal<Access, Sent> {
  const { exchange, graph, searched } = ground
  const { account, readings } = subject
  const { id, login, email, name } = account
  const names = new Set([id, login, email].map(one => one.toLowerCase()))
  /** Given back by this process: the search of this run does not know of it. */
  const given = new Map<string, Box>()

  return goalBelow<Access, Had>(ground, subject, {
    kind: 'others-mailboxes-left',
    summary: "Others' mailboxes and calendars are open to them no longer",
    needs: ['user', 'mailbox', 'others mailboxes'],
    shows: ['others mailboxes'],
    async read(moment) {
      const dn = (await readings.mailbox(moment))?.dn
      const access = await moment.read('others mailboxes', () => read(dn))
      unlessHidden(thingsIn(access).length === 0, [access.whole])
      return seen(access)
    },
    parts: ({ parts }) => parts,
    things: thingsIn,
    warnings: ({ cut }) => cut,
    residual: ({ cut }) => cut,
    shown: ({ searched, ...now }) => ({ searched, ...shape.parse(now) }),
    settlesWithin,
    back: {
      shape,
      what: `what ${login} could open of others`,
      place: exchangeCenter,
      summary: () => "Others' mailboxes and calendars are open to them again",
      // Exchange gives nothing to whoever has no mailbox.
      after: ['mailbox-shared', 'licences-freed'],
      warnings: () => [
        'Outlook shows each mailbox that they may open by itself, also one that it did not show before.',
      ],
    },
  })

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
    const error = search.error ?? failureIn(shares)
    const calendars = error ? { error } : { value: shares.flatMap(({ value = [] }) => value).filter(isTheirs) }
    return {
      searched: search.value?.boxes.length ?? null,
      cut: search.value ? cutSentences(search.value) : [],
      whole: wholeOnly(search),
      fullAccess: search.error ? null : (fullAccess.value ?? null),
      sendAs: sendAs.value?.filter(one => !isSelf(one)) ?? null,
      onBehalf: onBehalf.value?.filter(isOther) ?? null,
      calendars: listInPart(calendars, ({ id, box, role }) => ({ ...box, role, share: id })),
      parts: {
        'The list of all mailboxes': search,
        'Which mailboxes they may open': search.error ? undefined : fullAccess,
        'Whom they may send as': sendAs,
        'Whom they may send on behalf of': onBehalf,
        'Which calendars they may open': search.error ? undefined : calendars,
      },
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

  function thingsIn({ fullAccess, sendAs, onBehalf, calendars }: Had): Thing<Sending>[] {
    return [
      ...(fullAccess ?? []).map(box => ({
        id: `open ${box.id}`,
        what: 'Opens',
        name: box.address,
        take: { ask: () => exchange.takeFullAccess(box, login) },
        give: { ask: () => exchange.giveFullAccess(noted(box), login) },
      })),
      ...(sendAs ?? []).map(one => ({
        id: `send as ${one}`,
        what: 'Sends as',
        name: one,
        take: { ask: () => exchange.takeSendAs({ id: one }, login) },
        give: { ask: () => exchange.giveSendAs({ id: one }, login) },
      })),
      ...(onBehalf ?? []).map(box => ({
        id: `behalf ${box.id}`,
        what: 'Sends on behalf of',
        name: box.address,
        take: { ask: () => exchange.takeSendOnBehalf(box, id) },
        give: { ask: () => exchange.giveSendOnBehalf(box, id) },
      })),
      ...(calendars ?? []).map(({ role, share = '', ...box }) => ({
        id: `calendar ${box.id}`,
        what: 'Calendars',
        name: box.address,
        take: () => closeCalendar(box.id, share),
        give: () => openCalendar(noted(box).id, { name, address: email || login }, role),
      })),
    ]
  }

  function noted(box: Box): Box {
    given.set(box.id, box)
    return box
  }
}

function onceEach(boxes: readonly Box[]): Box[] {
  return [...new Map(boxes.map(box => [box.id, box])).values()]
}
