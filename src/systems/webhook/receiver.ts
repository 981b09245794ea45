import { createHash, randomUUID } from 'node:crypto'
import type { ZodType } from 'zod'
import { K1Error } from '../../core/errors.ts'
import type { OpenDeps } from '../../core/system.ts'
import { createHttpClient } from '../../http/client.ts'
import type { Answer } from '../../http/request.ts'
import { parseRetryAfter } from '../../http/retry-after.ts'
import type { WebhookKind } from './about.ts'
import type { Addressee, Details, ListedPerson, Message, Pong, SeenPerson } from './messages.ts'
import { found, listedMessage, pong, seenMessage } from './messages.ts'
import { readRefusal, someoneElse } from './refusal.ts'
import type { WebhookSettings } from './settings.ts'
import { sign } from './signature.ts'
import { together } from './together.ts'

/** Something that should hold for a person, or should hold no more. */
export interface Wish {
  person: Addressee
  goal: WebhookKind
  hold: boolean
  /** What the receiver showed before it was taken away. */
  before?: Details | undefined
  /** Tells one run from another: what is wished anew, a year later, is no repetition. */
  occasion: string
}

export interface Page {
  people: ListedPerson[]
  next: string | null
  total: number | null
}

/** The other side, one message a method. */
export interface Receiver {
  readonly title: string
  ping(): Promise<Pong>
  find(word: string): Promise<ListedPerson[]>
  /** Null when there is nobody with that id. Looks of one moment share a request. */
  person(id: string): Promise<SeenPerson | null>
  /** @throws K1Error `refused` when the receiver lists nobody (501) */
  list(after: string | null): Promise<Page>
  /** `later`: the receiver took it and does it in its own time; `afterMs` is how long looking is not worth while. */
  ensure(wish: Wish): Promise<{ later: false } | { later: true; afterMs: number }>
  close(): Promise<void>
}

/** Nothing is sent before the first message. @throws K1Error `usage` */
export function createReceiver(settings: WebhookSettings, { clock, http }: OpenDeps): Receiver {
  const { keys, kinds, target, place, reads } = settings
  const title = `Webhook ${settings.host}`
  const client = createHttpClient({
    baseUrl: settings.baseUrl,
    system: title,
    http,
    clock,
    // Each attempt is signed anew: the time is that of the attempt, the id that of the message.
    authorize(headers, { body = '' }) {
      const timestamp = Math.floor(clock.now().getTime() / 1000)
      headers['webhook-timestamp'] = String(timestamp)
      headers['webhook-signature'] = sign(keys, headers['webhook-id'] ?? '', timestamp, body)
    },
    readError: (status, body) => readRefusal(title, status, body),
  })

  function send<T>(json: Message, answer?: ZodType<T>, id = `ask_${randomUUID()}`): Promise<Answer<T>> {
    return client.request({
      method: 'POST',
      path: target,
      headers: { 'webhook-id': id },
      json,
      repeatable: true,
      write: json.type === 'person.ensure',
      ...(answer === undefined ? {} : { answer }),
      ...(json.type === 'people.list' ? { accept: [501] } : {}),
    })
  }

  async function look(id: string): Promise<SeenPerson | null> {
    const { people } = (await send({ type: 'person.look', id }, seenMessage(kinds))).body
    const [person] = people
    if (person === undefined) return null
    if (people.length === 1 && person.id === id) return person
    throw someoneElse(title, `the id ${id}`)
  }

  return {
    title,
    person: together(look),
    async ping() {
      if (reads) return (await send({ type: 'ping' }, pong)).body
      await send({ type: 'ping' })
      return {}
    },
    async find(word) {
      const { people } = (await send({ type: 'person.look', word }, found)).body
      // A receiver that searches by parts of words would hand over somebody else.
      if (people.every(person => goesBy(person, word))) return people
      throw someoneElse(title, word)
    },
    async list(after) {
      const answer = await send({ type: 'people.list', ...(after === null ? {} : { after }) }, listedMessage)
      if (answer.status === 501) {
        throw new K1Error('refused', `${title} does not list its people.`, {
          hint: 'Its receiver answers 501 to people.list: who has an account there shows only by looking for them.',
        })
      }
      const { people, next, total } = answer.body
      return { people, next: next ?? null, total: total ?? null }
    },
    async ensure({ person, goal, hold, before, occasion }) {
      const { id, login, email, name } = person
      const { status, headers } = await send(
        {
          type: 'person.ensure',
          person: { id, login, email, name },
          goal,
          hold,
          ...(before === undefined ? {} : { before }),
        },
        undefined,
        wishId([occasion, place, id, goal, hold]),
      )
      if (status !== 202) return { later: false }
      return { later: true, afterMs: parseRetryAfter(headers['retry-after'], clock.now()) ?? 0 }
    },
    close: () => client.close(),
  }
}

/** The same for the same wish, however often it is sent, and by whichever process of the run. */
function wishId(wish: readonly unknown[]): string {
  return `wish_${createHash('sha256').update(JSON.stringify(wish)).digest('base64url')}`
}

function goesBy({ email, login, aliases }: ListedPerson, word: string): boolean {
  return [email, login, ...(aliases ?? [])].some(name => name?.trim().toLowerCase() === word.trim().toLowerCase())
}
