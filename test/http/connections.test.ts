import { getEventListeners } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { connect, type Loopback, okay, sendJson, startLoopback } from './loopback.ts'

let server: Loopback
afterEach(() => server.close())

/** A connection is free again once the answer's last byte was handled. */
const settled = () => new Promise(resolve => setImmediate(resolve))
const get = { method: 'GET', path: { text: '/x', template: '/x' }, answer: okay } as const

it('clients of one origin go through one connection, and the last that closes takes it down', async () => {
  const ports = new Set<number | undefined>()
  server = await startLoopback((_, response) => {
    ports.add(response.req.socket.remotePort)
    sendJson(response, { ok: true })
  })
  const [one, other] = [connect(server.url).client, connect(server.url).client]
  await one.request(get)
  await settled()
  await other.request(get)
  await one.close()
  await one.close()
  await settled()
  await other.request(get)
  expect(ports.size).toBe(1)
  await other.close()
  const third = connect(server.url).client
  await third.request(get)
  await third.close()
  expect(ports.size).toBe(2)
})

it('requests of one signal listen to it once, and are all cut off by it', async () => {
  server = await startLoopback(() => undefined)
  const interrupt = new AbortController()
  const { client } = connect(server.url, { http: { env: {}, signal: interrupt.signal } })
  const asked = Array.from({ length: 5 }, () => client.request(get))
  const ended = Promise.allSettled(asked)
  await expect.poll(() => getEventListeners(interrupt.signal, 'abort').length).toBe(1)
  interrupt.abort()
  for (const one of await ended) expect(one).toMatchObject({ status: 'rejected', reason: { kind: 'cancelled' } })
  await client.close()
})

it('a client that is closed is cut off, and its neighbours are not', async () => {
  const held: (() => void)[] = []
  server = await startLoopback((_, response) => {
    held.push(() => sendJson(response, { ok: true }))
  })
  const [one, other] = [connect(server.url).client, connect(server.url).client]
  const lost = expect(one.request(get)).rejects.toMatchObject({ kind: 'internal' })
  const kept = other.request(get)
  await expect.poll(() => held.length).toBe(2)
  await one.close()
  await lost
  for (const answer of held) answer()
  expect((await kept).body).toEqual({ ok: true })
  await other.close()
})
