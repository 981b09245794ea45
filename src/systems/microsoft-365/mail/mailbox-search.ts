import { asK1Error, type K1Error } from '../../../core/errors.ts'
import { type Part, partOf } from '../../../core/parts.ts'
import { type CalendarShare, readShares } from '../calendars.ts'
import type { Box, Granted } from '../exchange/delegation.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Graph } from '../graph.ts'

/** Who was let into which mailbox and calendar of the whole tenant. */
export interface MailboxSearch {
  boxes: readonly Box[]
  granted: ReadonlyMap<string, readonly Granted[]>
  shares: readonly CalendarShare[]
  /** What could not be searched, with the first failure. */
  unread: { what: string; addresses: string[]; error: K1Error }[]
}

/** Exchange Online minds a crowd: so many mailboxes are asked for at once, which is one request. */
const atOnce = 10

/**
 * Full access has no look-up by person, so every mailbox is asked who was let into it: ten to a request, and the
 * calendars twenty. What fails of one mailbox is noted, and stops no other.
 * @param doing told how far it is
 * @throws K1Error where the list of mailboxes is not whole
 */
export async function searchMailboxes(
  exchange: Exchange,
  graph: Graph,
  doing: (what: string | undefined) => void = () => {},
): Promise<MailboxSearch> {
  try {
    return await search(exchange, graph, doing)
  } finally {
    doing(undefined)
  }
}

async function search(exchange: Exchange, graph: Graph, doing: (what: string) => void): Promise<MailboxSearch> {
  doing('lists the mailboxes')
  const boxes = await exchange.mailboxes()
  const granted = new Map<string, readonly Granted[]>()
  const closed: { box: Box; error: K1Error }[] = []
  for (let from = 0; from < boxes.length; from += atOnce) {
    doing(`${from} of ${boxes.length} mailboxes searched`)
    const some = boxes.slice(from, from + atOnce)
    const answers = await Promise.all(some.map(box => partOf(exchange.grantedIn(box))))
    for (const [index, box] of some.entries()) {
      const { value, error } = answers[index] ?? {}
      if (value !== undefined) granted.set(box.id, value)
      else closed.push({ box, error: asK1Error(error) })
    }
  }
  doing(`searches ${boxes.length} calendars`)
  const calendars = await readShares(graph, boxes)
  const unseen = calendars.flatMap(({ error }, index) => {
    const box = boxes[index]
    return error === undefined || box === undefined ? [] : [{ box, error }]
  })
  return {
    boxes,
    granted,
    shares: calendars.flatMap(({ value = [] }) => value),
    unread: [...unreadIn('mailboxes', closed), ...unreadIn('calendars', unseen)],
  }
}

function unreadIn(what: string, failed: readonly { box: Box; error: K1Error }[]): MailboxSearch['unread'] {
  const [first] = failed
  return first ? [{ what, addresses: failed.map(({ box }) => box.address), error: first.error }] : []
}

/** What was not searched, as sentences. */
export function cutSentences({ boxes, unread }: MailboxSearch): string[] {
  return unread.map(({ what, addresses, error }) => {
    const some = addresses.slice(0, 3).join(', ')
    const more = addresses.length > 3 ? ` and ${addresses.length - 3} more` : ''
    return `Of ${boxes.length} ${what}, ${addresses.length} could not be searched (${some}${more}): ${error.message}`
  })
}

/**
 * Mailboxes that may be open to whoever has one of these names. Who is written in another way than by an address may be
 * anybody: then that mailbox is asked about this very person.
 */
export function openTo({ boxes, granted }: MailboxSearch, names: ReadonlySet<string>): Box[] {
  const isTheirs = ({ user, full }: Granted) => full && (names.has(user.toLowerCase()) || isUnclear(user))
  return boxes.filter(({ id }) => granted.get(id)?.some(isTheirs))
}

function isUnclear(user: string): boolean {
  return !user.includes('@') && !/^NT AUTHORITY\\/i.test(user)
}

/** Where something of it was not searched: the failure of that. */
export function wholeOnly(search: Part<MailboxSearch>): Part<MailboxSearch> {
  const error = search.value?.unread[0]?.error
  return error ? { error } : search
}
