import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import { type HttpClientOptions, path } from '../../src/http/client.ts'
import {
  closedPort,
  connect,
  failureOf,
  type Loopback,
  okay,
  type Play,
  portOf,
  sendJson,
  startLoopback,
} from './loopback.ts'

let server: Loopback
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function play(act: Play, options: Partial<Omit<HttpClientOptions, 'baseUrl'>> = {}) {
  server = await startLoopback(act)
  const made = connect(server.url, { random: () => 0, ...options })
  closing.push(server.close, made.client.close)
  return made
}

const get = { method: 'GET', path: path`/x`, answer: okay } as const
const post = { method: 'POST', path: path`/x`, json: {}, answer: okay } as const
const short = { http: { env: {}, deadlineMs: 300 } }

describe('a lost answer', () => {
  const ways: [string, Play][] = [
    ['the socket is closed', (_, response) => response.destroy()],
    ['the socket is reset', (_, response) => response.socket?.resetAndDestroy()],
    [
      'the answer breaks off',
      (_, response) => response.writeHead(200, { 'content-length': '99' }).write('{"ok"', () => response.destroy()),
    ],
    ['no HTTP comes', (_, response) => response.socket?.end('nonsense\r\n\r\n')],
  ]

  it.each(ways)('of a read is tried again: %s', async (_name, way) => {
    const { client, clock } = await play((request, response, nth) =>
      nth < 3 ? way(request, response, nth) : sendJson(response, { ok: true }),
    )
    expect((await client.request(get)).body).toEqual({ ok: true })
    expect([server.received.length, clock.waits]).toEqual([3, [125, 250]])
  })

  it.each(ways)('of a read is unreachable in the end: %s', async (_name, way) => {
    const { client } = await play(way)
    expect(await failureOf(client.request(get))).toMatchObject({ kind: 'unreachable' })
    expect(server.received).toHaveLength(4)
  })

  it.each(ways)('of a write is never sent again: %s', async (_name, way) => {
    const { client } = await play(way)
    const error = await failureOf(client.request(post))
    expect(error).toMatchObject({ kind: 'lost-answer', facts: { method: 'POST', path: '/x' } })
    expect(error.hint).toContain('Nobody knows')
    expect(server.received).toHaveLength(1)
  })

  it('of a repeatable write is tried again, and is still in doubt when it fails for certain at last', async () => {
    const { client } = await play((_, response, nth) =>
      nth === 1 ? response.destroy() : sendJson(response, { message: 'no' }, 403),
    )
    expect(await failureOf(client.request({ ...post, repeatable: true }))).toMatchObject({ kind: 'lost-answer' })
    expect(server.received).toHaveLength(2)
  })

  it('of a POST that changes nothing is unreachable', async () => {
    const { client } = await play((_, response) => response.destroy())
    expect(await failureOf(client.request({ ...post, write: false }))).toMatchObject({ kind: 'unreachable' })
    expect(server.received).toHaveLength(1)
  })
})

describe('the deadline', () => {
  it('ends a read that hangs', async () => {
    const { client } = await play(() => {}, short)
    const begun = performance.now()
    const error = await failureOf(client.request(get))
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('within 1 second') })
    expect(performance.now() - begun).toBeLessThan(2000)
  })

  it('ends an answer that never ends', async () => {
    const { client } = await play((_, response) => response.writeHead(200).write('{'), short)
    expect(await failureOf(client.request(get))).toMatchObject({ kind: 'unreachable' })
  })

  it('leaves a write that hangs in doubt', async () => {
    const { client } = await play(() => {}, short)
    expect(await failureOf(client.request(post))).toMatchObject({ kind: 'lost-answer' })
    expect(server.received).toHaveLength(1)
  })

  it('spans all tries of a call', async () => {
    const { client, clock } = await play((_, response) => response.destroy(), { http: { env: {}, deadlineMs: 300 } })
    expect(await failureOf(client.request(get))).toMatchObject({ kind: 'unreachable' })
    expect(clock.waits).toEqual([125])
  })

  it('does not count the time that signing in takes', async () => {
    let advance: ((ms: number) => Promise<void>) | undefined
    const { client, clock } = await play((_, response) => sendJson(response, { ok: true }), {
      ...short,
      authorize: () => advance?.(60_000),
    })
    advance = ms => clock.sleep(ms)
    expect((await client.request(get)).status).toBe(200)
  })
})

describe('a connection that never stood', () => {
  it.each([
    ['GET', get],
    ['POST', post],
  ] as const)('is tried again, and is unreachable in the end: %s', async (_name, spec) => {
    const { client, clock } = connect(`http://127.0.0.1:${await closedPort()}`, { random: () => 0 })
    closing.push(client.close)
    const error = await failureOf(client.request(spec))
    expect(error).toMatchObject({ kind: 'unreachable', facts: { code: 'ECONNREFUSED' } })
    expect(error.message).toContain('connection refused')
    expect(clock.waits).toEqual([125, 250, 500])
  })

  it('is unreachable when there is no such host', async () => {
    const { client } = connect('https://no-such-host.invalid')
    closing.push(client.close)
    expect(await failureOf(client.request(post))).toMatchObject({ kind: 'unreachable' })
  })

  it('is unreachable when plain HTTP answers where TLS is due, at once', async () => {
    server = await startLoopback((_, response) => response.end())
    const { client, clock } = connect(server.url.replace('http:', 'https:'))
    closing.push(server.close, client.close)
    expect(await failureOf(client.request(post))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('does not speak TLS'),
    })
    expect(clock.waits).toEqual([])
  })
})

describe('a connection that is never finished', () => {
  it('is unreachable, also for a write: nothing was sent', async () => {
    // Takes the connection, and never shakes hands.
    const mute = createServer()
    const sockets: { destroy(): unknown }[] = []
    mute.on('connection', socket => sockets.push(socket))
    await new Promise<void>(resolve => mute.listen(0, '127.0.0.1', resolve))
    const { client } = connect(`https://127.0.0.1:${portOf(mute.address())}`, short)
    closing.push(
      () => new Promise(resolve => mute.close(() => resolve())),
      async () => void sockets.map(socket => socket.destroy()),
      client.close,
    )
    const begun = performance.now()
    expect(await failureOf(client.request(post))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('did not answer within'),
    })
    expect(performance.now() - begun).toBeLessThan(2000)
    expect(sockets).toHaveLength(1)
  })

  it('can be cancelled, and then nothing was sent', async () => {
    const mute = createServer(() => abort.abort())
    const abort = new AbortController()
    await new Promise<void>(resolve => mute.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${portOf(mute.address())}`
    const { client } = connect(url, { http: { env: {}, signal: abort.signal } })
    closing.push(() => new Promise(resolve => mute.close(() => resolve())), client.close)
    expect(await failureOf(client.request(post))).toMatchObject({ kind: 'cancelled' })
  })
})

describe('a server that asks to wait', () => {
  const wait = (status: number, retryAfter?: string): Play => {
    return (_, response, nth) => {
      if (nth > 1) return sendJson(response, { ok: true })
      sendJson(response, { detail: 'Busy' }, status, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
    }
  }

  it.each([
    ['429 with seconds', 429, '3', post, [3000]],
    ['429 without', 429, undefined, post, [125]],
    ['503 with seconds', 503, '2', get, [2000]],
    ['502', 502, undefined, get, [125]],
    ['504', 504, undefined, get, [125]],
  ] as const)('%s is obeyed', async (_name, status, header, spec, waits) => {
    const { client, clock } = await play(wait(status, header))
    expect((await client.request(spec)).body).toEqual({ ok: true })
    expect(clock.waits).toEqual(waits)
  })

  it('may say it as a date', async () => {
    const { client, clock } = await play(wait(429, 'Sat, 21 Nov 2026 20:00:10 GMT'))
    await client.request(get)
    expect(clock.waits[0]).toBeGreaterThan(9000)
    expect(clock.waits[0]).toBeLessThanOrEqual(10_000)
  })

  it.each([
    [429, get],
    [429, post],
    [503, get],
  ] as const)('for longer than the deadline (%d) is rate-limited, and told until when', async (status, spec) => {
    const { client, clock } = await play(wait(status, '3600'))
    const error = await failureOf(client.request(spec))
    expect(error).toMatchObject({ kind: 'rate-limited', facts: { retryAfterSeconds: 3600 } })
    expect(error.facts.retryAt).toMatch(/^2026-11-21T21:00:0\d\.000Z$/)
    expect(error.message).toContain('Busy')
    expect(error.hint).toContain(String(error.facts.retryAt))
    expect(clock.waits).toEqual([])
  })

  it('leaves a write in doubt that got 503, however long it says to wait', async () => {
    const { client } = await play(wait(503, '3600'))
    expect(await failureOf(client.request(post))).toMatchObject({ kind: 'server', facts: { status: 503 } })
    expect(server.received).toHaveLength(1)
  })

  it('on and on is rate-limited', async () => {
    const { client, clock } = await play((_, response) => sendJson(response, {}, 429))
    expect(await failureOf(client.request(post))).toMatchObject({ kind: 'rate-limited' })
    // Until the deadline, and no longer.
    expect(server.received.length).toBeGreaterThan(6)
    const waited = clock.waits.reduce((sum, ms) => sum + ms, 0)
    expect([waited > 20_000, waited < 30_000]).toEqual([true, true])
  })

  it('on and on with 503 is the server failing', async () => {
    const { client } = await play((_, response) => sendJson(response, {}, 503))
    expect(await failureOf(client.request(get))).toMatchObject({ kind: 'server' })
    expect(server.received).toHaveLength(4)
  })

  it('may say so in its own way, as 403', async () => {
    const { client } = await play(wait(403), { readError: () => new K1Error('rate-limited', 'Slow down.') })
    expect((await client.request(post)).status).toBe(200)
  })

  it('uses up the budget of retries, over many calls', async () => {
    const { client } = await play((_, response) => sendJson(response, {}, 503))
    for (let call = 0; call < 6; call++) await failureOf(client.request(get))
    // Six first tries, and ten more in all.
    expect(server.received).toHaveLength(16)
  })
})

describe('the rate limit', () => {
  it('is kept before the server has to say 429', async () => {
    const { client, clock } = await play((_, response) => sendJson(response, { ok: true }), {
      rate: { requests: 2, perMs: 10_000, by: 'endpoint' },
    })
    for (let call = 0; call < 3; call++) await client.request(get)
    expect(clock.waits).toHaveLength(1)
    expect(clock.waits[0]).toBeGreaterThan(9000)
  })

  it('that is used up for longer than the deadline is rate-limited, and nothing is sent', async () => {
    const { client } = await play((_, response) => sendJson(response, { ok: true }), {
      rate: { requests: 1, perMs: 3_600_000, by: 'all' },
    })
    await client.request(get)
    expect(await failureOf(client.request(post))).toMatchObject({ kind: 'rate-limited' })
    expect(server.received).toHaveLength(1)
  })
})

describe('somebody else at the same work', () => {
  it('keeps a request from leaving, also one that waited for its turn', async () => {
    let isLost = false
    const still = () => {
      if (isLost) throw new K1Error('busy', 'Taken over.')
    }
    const { client } = await play(
      (_, response) => {
        isLost = true
        response.writeHead(503).end()
      },
      { http: { env: {}, still } },
    )
    expect(await failureOf(client.request(get))).toMatchObject({ kind: 'busy', message: 'Taken over.' })
    expect(server.received).toHaveLength(1)
    expect(await failureOf(client.request(post))).toMatchObject({ kind: 'busy' })
    expect(server.received).toHaveLength(1)
  })
})

describe('cancelling', () => {
  const start = async (act: Play) => {
    const abort = new AbortController()
    const made = await play(act, { http: { env: {}, signal: abort.signal } })
    return { ...made, abort }
  }

  it('before anything is sent is cancelled', async () => {
    const { client, abort } = await start((_, response) => sendJson(response, { ok: true }))
    abort.abort()
    expect(await failureOf(client.request(post))).toMatchObject({ kind: 'cancelled' })
    expect(server.received).toEqual([])
  })

  it('a read is cancelled', async () => {
    const { client, abort } = await start(() => abort.abort())
    expect(await failureOf(client.request(get))).toMatchObject({ kind: 'cancelled' })
  })

  it('a write that has left is a lost answer', async () => {
    const { client, abort } = await start(() => abort.abort())
    const error = await failureOf(client.request(post))
    expect(error).toMatchObject({ kind: 'lost-answer', message: expect.stringContaining('cancelled') })
  })

  it('between two tries is cancelled for a read, and in doubt for a write that may have been done', async () => {
    for (const [spec, kind] of [
      [get, 'cancelled'],
      [{ ...post, repeatable: true }, 'lost-answer'],
    ] as const) {
      const abort = new AbortController()
      const { client } = await play(
        (_, response) => {
          response.destroy()
        },
        { http: { env: {}, signal: abort.signal, onExchange: () => abort.abort() } },
      )
      expect(await failureOf(client.request(spec))).toMatchObject({ kind })
      expect(server.received).toHaveLength(1)
    }
  })
})

describe('closing', () => {
  it('ends what still runs, and takes nothing more', async () => {
    const { client } = await play(() => void setTimeout(() => client.close(), 20))
    expect(await failureOf(client.request(post))).toMatchObject({ kind: 'lost-answer' })
    expect(await failureOf(client.request(get))).toMatchObject({ kind: 'internal' })
  })
})
