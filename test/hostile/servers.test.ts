import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isDeeper, parseJson } from '../../src/core/json.ts'
import { path } from '../../src/http/client.ts'
import { guardPages } from '../../src/http/page-guard.ts'
import { createTransport } from '../../src/systems/jumpcloud/transport.ts'
import { createGraph } from '../../src/systems/microsoft-365/graph.ts'
import { connect, createTestClock, failureOf, type Play, sendJson, startLoopback } from '../http/loopback.ts'
import { fuzz, fuzzTimeoutMs, harmIn, hostileText } from './fuzz.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function serve(play: Play) {
  const server = await startLoopback(play)
  const { client } = connect(server.url)
  closing.push(server.close, client.close)
  return { server, client }
}

const row = z.object({ id: z.number() })

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found = []
  for await (const one of rows) found.push(one)
  return found
}

describe('a list without an end', () => {
  it.each([
    ['leads to itself', () => '/users?$skiptoken=a', 2],
    ['leads in a circle', (nth: number) => `/users?$skiptoken=${nth % 3}`, 4],
  ])('of Graph that %s ends with a contract error', async (_, next, most) => {
    const { server, client } = await serve((_, response, nth) =>
      sendJson(response, { value: [{ id: nth }], '@odata.nextLink': `${server.url}${next(nth)}` }),
    )
    const graph = createGraph(client, server.url, createTestClock())
    const error = await failureOf(all(graph.pages(path`/users`, row)))
    expect(error).toMatchObject({ kind: 'contract', facts: { field: '@odata.nextLink' } })
    expect(server.received.length).toBeLessThanOrEqual(most)
  })

  it('of JumpCloud that is the same page again ends, for both of its interfaces', async () => {
    const page = Array.from({ length: 100 }, (_, id) => ({ id }))
    const { server, client } = await serve((request, response) =>
      sendJson(response, request.url.startsWith('/one') ? { results: page, totalCount: 1e9 } : page),
    )
    const transport = createTransport(client, undefined)
    const one = transport.pages1(path`/one`, z.object({ results: z.array(row), totalCount: z.number() }))
    expect(await failureOf(all(one))).toMatchObject({ kind: 'contract' })
    expect(await failureOf(transport.pages2(path`/two`, z.array(row)))).toMatchObject({ kind: 'contract' })
    expect(server.received).toHaveLength(4)
  })

  it('ends after so many pages, whatever is new on each', () => {
    const guard = guardPages('BMS', 'rows')
    const go = () => {
      for (let page = 0; page < 1e6; page++) guard.goOn({ next: String(page), rows: [page] })
    }
    expect(go).toThrow('BMS does not come to the end of rows.')
  })

  it('is not seen where pages are only alike', () => {
    const guard = guardPages('BMS', 'rows')
    for (const rows of [[1], [2], [1], [2], [], []]) guard.goOn({ rows })
    expect(() => guard.goOn({ rows: [2] })).toThrow('sent the same page again')
  })
})

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth)

describe('JSON that is nested ten thousand levels deep', () => {
  it.each([
    ['lists', nested(10_000)],
    ['objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['a million lists', nested(1_000_000)],
  ])('as %s ends in a clear sentence', async (_, text) => {
    expect(() => parseJson(text, { what: 'The plan x.json' })).toThrow(
      'The plan x.json is nested more than 64 levels deep.',
    )
    const { client } = await serve((request, response) =>
      response.writeHead(request.url === '/bad' ? 400 : 200).end(text),
    )
    const good = await failureOf(client.request({ method: 'GET', path: path`/good`, answer: z.unknown() }))
    expect(good).toMatchObject({ kind: 'contract', message: expect.stringContaining('nested too deep to read') })
    expect((await failureOf(client.request({ method: 'GET', path: path`/bad` }))).kind).toBe('rejected')
  })

  it('is counted exactly', () => {
    expect(parseJson(nested(64), { what: 'It' })).toEqual(expect.any(Array))
    expect(() => parseJson(nested(65), { what: 'It' })).toThrow()
    expect(isDeeper(JSON.parse(nested(64)))).toBe(false)
    expect(isDeeper(JSON.parse(nested(65)))).toBe(true)
    expect(() => parseJson('{"password": hunter2', { what: 'It', kind: 'contract' })).toThrow('It is not valid JSON.')
  })
})

/** Anything that a server could put into an answer. */
const body = fc.oneof(
  hostileText,
  fc.json(),
  fc.jsonValue().map(value => JSON.stringify(value)),
  hostileText.map(text => JSON.stringify({ error: text, message: text, detail: [text] })),
  fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes).toString('latin1')),
)

describe('any answer of a server', () => {
  it('ends in a value or in one clear, harmless sentence', { timeout: fuzzTimeoutMs }, async () => {
    let answer: { status: number; text: string } = { status: 200, text: '' }
    const { client } = await serve((_, response) => response.writeHead(answer.status).end(answer.text))
    const shape = z.object({ id: z.string(), list: z.array(z.object({ name: z.string() })) })
    const status = fc.constantFrom(200, 201, 204, 400, 401, 403, 404, 409, 418, 422, 451, 500, 501)
    await fc.assert(
      fc.asyncProperty(status, body, async (code, text) => {
        answer = { status: code, text }
        const error = await failureOf(client.request({ method: 'GET', path: path`/x`, answer: shape }))
        expect(error.kind).not.toBe('internal')
        expect(harmIn(error.message)).toBe(null)
        expect(harmIn(error.hint ?? '')).toBe(null)
      }),
      fuzz(),
    )
  })
})
