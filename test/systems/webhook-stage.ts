import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach } from 'vitest'
import { z } from 'zod'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import { webhook } from '../../src/systems/webhook/index.ts'
import { createTestClock, portOf, type TestClock } from '../http/loopback.ts'
import { theOne } from './people-stage.ts'
import type { TriedGoal as AccountGoal, TriedPeople as PeopleAccess, TriedSession as Session } from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

export const secret = `whsec_${Buffer.from('a secret of exactly 32 bytes ok!').toString('base64')}`

const message = z.looseObject({ type: z.string() })

export interface Received {
  id: string
  timestamp: number
  signatures: string[]
  text: string
  message: z.infer<typeof message>
  genuine: boolean
  contentType: string
  target: string
}

export interface ForeignReceiver {
  url: string
  received: Received[]
  /** Types of what came since the last time. */
  types(): string[]
  close(): Promise<void>
}

/**
 * A receiver that knows nothing of k1ctl's code: it checks signatures as the Standard Webhooks specification says
 * (`{id}.{timestamp}.{body}`, HMAC-SHA256 with the bytes behind `whsec_`, `v1,` and base64), and answers as told.
 */
export async function startReceiver(
  answer: (received: Received, response: ServerResponse) => void,
  secrets: readonly string[] = [secret],
): Promise<ForeignReceiver> {
  const received: Received[] = []
  let told = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = read(request, Buffer.concat(chunks), secrets)
      received.push(one)
      answer(one, response)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/hooks/k1ctl`,
    received,
    types() {
      const since = received.slice(told)
      told = received.length
      return since.map(one => one.message.type)
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function read(request: IncomingMessage, body: Buffer, secrets: readonly string[]): Received {
  const header = (name: string) => String(request.headers[name] ?? '')
  const id = header('webhook-id')
  const timestamp = header('webhook-timestamp')
  const signatures = header('webhook-signature').split(' ')
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body])
  const genuine = secrets.some(one => {
    const key = Buffer.from(one.slice('whsec_'.length), 'base64')
    const right = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    return signatures.some(given => {
      const bytes = Buffer.from(given)
      return bytes.length === right.length && timingSafeEqual(bytes, right)
    })
  })
  const text = body.toString('utf8')
  return {
    id,
    timestamp: Number(timestamp),
    signatures,
    text,
    message: message.parse(JSON.parse(text)),
    genuine,
    contentType: header('content-type'),
    target: request.url ?? '',
  }
}

export interface Opened {
  session: Session
  people: PeopleAccess
  clock: TestClock
}

export async function openWebhook(settings: Record<string, string>, clock = createTestClock()): Promise<Opened> {
  const session = await openTried(webhook, { secret, ...settings }, { clock, http: { env: {} } })
  const { people } = session
  if (people === undefined) throw new Error('no people')
  return { session, people, clock }
}

export async function goalsFor(
  people: PeopleAccess,
  word: string,
  options: AccountGoalOptions,
): Promise<AccountGoal[]> {
  return people.goals(await theOne(people, word), options)
}

/** A receiver of somebody else's and sessions with it, new for every test of a file that calls this. */
export function setForeignStage() {
  let receiver: ForeignReceiver | undefined
  let opened: Opened[] = []

  afterEach(async () => {
    for (const { session } of opened) await session.close()
    opened = []
    await receiver?.close()
    receiver = undefined
  })

  return {
    async start(answer: (received: Received, response: ServerResponse) => void, secrets?: readonly string[]) {
      await receiver?.close()
      receiver = await startReceiver(answer, secrets)
      return receiver
    },
    async open(settings: Record<string, string> = {}, clock = createTestClock()) {
      const one = await openWebhook({ url: receiver?.url ?? '', ...settings }, clock)
      opened.push(one)
      return one.people
    },
    /** The newest session. */
    session(): Session {
      const last = opened.at(-1)
      if (last === undefined) throw new Error('nothing is open')
      return last.session
    },
  }
}
