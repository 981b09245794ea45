import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { K1Error } from '../../src/core/errors.ts'
import type { Clock } from '../../src/core/ports.ts'
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/http/client.ts'

export interface Received {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

export interface Loopback {
  url: string
  /** In the order of arrival. */
  received: Received[]
  close(): Promise<void>
}

export type Play = (request: Received, response: ServerResponse, nth: number) => void

/** A real server on loopback; `play` answers each request and is told which one it is, from 1. */
export async function startLoopback(play: Play): Promise<Loopback> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') }
      received.push(seen)
      play(seen, response, received.length)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    received,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return address.port
}

/** A port where nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server.address())
  await new Promise(resolve => server.close(resolve))
  return port
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export interface TestClock extends Clock {
  /** Every wait that was asked for, in milliseconds. */
  readonly waits: number[]
}

/** Sleeping takes no time, and moves the clock on. Time also passes by itself, as it really does. */
export function createTestClock(start = '2026-11-21T20:00:00.000Z'): TestClock {
  const [first, begun] = [Date.parse(start), Date.now()]
  let slept = 0
  const waits: number[] = []
  return {
    waits,
    now: () => new Date(first + slept + Date.now() - begun),
    async sleep(ms, signal) {
      if (signal?.aborted === true) throw new K1Error('cancelled', 'Cancelled.')
      waits.push(ms)
      slept += ms
    },
  }
}

/** A client with a clock whose waits take no time; `http.env` is empty, so no proxy. */
export function connect(
  baseUrl: string,
  options: Partial<Omit<HttpClientOptions, 'baseUrl'>> = {},
): { client: HttpClient; clock: TestClock } {
  const clock = createTestClock()
  return { client: createHttpClient({ baseUrl, system: 'Testo', http: { env: {} }, clock, ...options }), clock }
}

export const okay = z.object({ ok: z.literal(true) })

/** The K1Error that `act` fails with; anything else fails the test. */
export async function failureOf(act: Promise<unknown>): Promise<K1Error> {
  try {
    const value = await act
    throw new Error(`Expected a failure, got ${JSON.stringify(value)}`)
  } catch (error) {
    if (error instanceof K1Error) return error
    throw error
  }
}
