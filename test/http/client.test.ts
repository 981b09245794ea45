import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { K1Error } from '../../src/core/errors.ts'
import type { HttpExchange } from '../../src/core/ports.ts'
import { rememberSecret } from '../../src/core/redact.ts'
import { type HttpClientOptions, path } from '../../src/http/client.ts'
import { connect, failureOf, type Loopback, okay, type Play, sendJson, startLoopback } from './loopback.ts'

let server: Loopback
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function play(act: Play, options: Partial<Omit<HttpClientOptions, 'baseUrl'>> = {}, below = '') {
  server = await startLoopback(act)
  const made = connect(server.url + below, options)
  closing.push(server.close, made.client.close)
  return made
}

describe('a request', () => {
  it('carries method, base path, query, headers and authorization', async () => {
    const { client } = await play(
      (_, response) => sendJson(response, { ok: true }, 200, { 'x-two': 'b' }),
      {
        authorize(headers) {
          headers.authorization = 'Bearer t'
        },
      },
      '/base/',
    )
    const answer = await client.request({
      method: 'GET',
      path: path`/v2/x/${'a b'}`,
      query: { 'Filter.Text': 'ü&=', ids: [1, 2], flag: false, none: undefined },
      headers: { Accept: 'application/scim+json' },
      answer: okay,
    })
    expect(answer).toMatchObject({ status: 200, body: { ok: true }, headers: { 'x-two': 'b' } })
    const [got] = server.received
    expect(got?.url).toBe('/base/v2/x/a%20b?Filter.Text=%C3%BC%26%3D&ids=1&ids=2&flag=false')
    expect(got?.headers).toMatchObject({
      authorization: 'Bearer t',
      accept: 'application/scim+json',
      'user-agent': 'k1ctl',
    })
    expect(got?.headers['content-type']).toBeUndefined()
  })

  it('shows what will be sent to whoever signs it', async () => {
    const signed: unknown[] = []
    const { client } = await play(
      (_, response) => sendJson(response, { ok: true }),
      {
        authorize(headers, request) {
          signed.push({ ...request, type: headers['content-type'] })
        },
      },
      '/base',
    )
    await client.request({
      method: 'POST',
      path: path`/x/${'a b'}`,
      query: { q: '1' },
      form: { a: 'b c' },
      answer: okay,
    })
    const { url } = server
    const type = 'application/x-www-form-urlencoded'
    expect(signed).toEqual([{ method: 'POST', origin: url, target: '/base/x/a%20b?q=1', body: 'a=b+c', type }])
  })

  it('reads what is no JSON with the reader that it was given', async () => {
    const { client } = await play((_, response) => response.end('ok=true'), {
      decode: text => ({ ok: new URLSearchParams(text).get('ok') === 'true' }),
    })
    expect((await client.request({ method: 'GET', path: path`/x`, answer: okay })).body).toEqual({ ok: true })
  })

  it('sends JSON, forms and multipart as such', async () => {
    const { client } = await play((_, response) => sendJson(response, { ok: true }))
    const post = { method: 'POST', path: path`/x`, answer: okay } as const
    await client.request({ ...post, json: { a: 'é' } })
    await client.request({ ...post, json: { a: 1 }, contentType: 'application/merge-patch+json' })
    await client.request({ ...post, form: { a: 'b c&d', e: '+' } })
    await client.request({ ...post, multipart: { one: 'a\r\nb', 'na"me': '2' } })
    const sent = server.received.map(one => [one.headers['content-type'], one.body])
    expect(sent.slice(0, 3)).toEqual([
      ['application/json', '{"a":"é"}'],
      ['application/merge-patch+json', '{"a":1}'],
      ['application/x-www-form-urlencoded', 'a=b+c%26d&e=%2B'],
    ])
    const [type, text] = sent[3] ?? []
    // The platform's own parser reads it back.
    const form = await new Response(text, { headers: { 'content-type': type ?? '' } }).formData()
    expect([...form]).toEqual([
      ['one', 'a\r\nb'],
      ['na"me', '2'],
    ])
  })

  it('signs nothing that is anonymous', async () => {
    const { client } = await play((_, response) => sendJson(response, { ok: true }), {
      authorize: () => expect.unreachable(),
    })
    await client.request({ method: 'POST', path: path`/x`, anonymous: true, answer: okay })
    expect(server.received[0]?.headers.authorization).toBeUndefined()
  })

  it('does not look at the body when no schema is given', async () => {
    const { client } = await play((_, response) => response.writeHead(204).end())
    expect(await client.request({ method: 'DELETE', path: path`/x` })).toMatchObject({ status: 204, body: undefined })
  })

  it('leaves accepted statuses to the caller, and checks their body only when it is read', async () => {
    const { client } = await play((_, response) => sendJson(response, { title: 'gone' }, 404))
    const answer = await client.request({ method: 'GET', path: path`/x`, answer: okay, accept: [404] })
    expect(answer.status).toBe(404)
    expect(() => answer.body).toThrow(expect.objectContaining({ kind: 'contract' }))
    const problem = z.object({ title: z.string() })
    const read = await client.request({ method: 'GET', path: path`/x`, answer: problem, accept: [404] })
    expect(read.body).toEqual({ title: 'gone' })
  })

  it.each([404, 410])('does not believe a web page that something is gone: %i', async status => {
    const { client } = await play((_, response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html><h1>Not Found</h1></html>'),
    )
    const error = await failureOf(client.request({ method: 'DELETE', path: path`/x`, accept: [status] }))
    expect([error.kind, error.facts.status]).toEqual(['rejected', status])
  })

  it('tells --debug of every exchange, with secrets redacted', async () => {
    rememberSecret('hush-hush/1')
    const told: HttpExchange[] = []
    const { client } = await play(
      (_, response, nth) => (nth === 1 ? response.destroy() : sendJson(response, { ok: true })),
      { http: { env: {}, onExchange: exchange => told.push(exchange) } },
    )
    await client.request({ method: 'GET', path: path`/x/${'hush-hush/1'}`, query: { q: 'hush-hush/1' }, answer: okay })
    const url = `${server.url}/x/[secret]?q=[secret]`
    expect(told).toEqual([
      { method: 'GET', url, ms: expect.any(Number), attempt: 1 },
      { method: 'GET', url, ms: expect.any(Number), attempt: 2, status: 200 },
    ])
  })
})

describe('an answer that is no use', () => {
  const get = { method: 'GET', path: path`/v2/x`, answer: z.object({ a: z.object({ b: z.number() }) }) } as const

  it.each([
    ['HTML', '<!DOCTYPE html><title>Portal</title>', 'a web page'],
    ['HTML in capitals', '\n<HTML>', 'a web page'],
    ['bad JSON', '{"a": ', 'something that is not JSON'],
    ['nothing', '', 'nothing'],
  ])('%s is a contract error that says what came', async (_name, body, words) => {
    const { client } = await play((_, response) => response.end(body))
    const error = await failureOf(client.request(get))
    expect(error).toMatchObject({
      kind: 'contract',
      message: expect.stringContaining(`Testo answered GET /v2/x with ${words}`),
    })
    if (words === 'a web page') expect(error.hint).toContain(`Check the URL ${server.url}`)
  })

  it.each([
    ['a missing field', { a: {} }, 'a.b', 'expected number, received undefined'],
    ['a field of another type', { a: { b: 'x' } }, 'a.b', 'expected number, received string'],
    ['another shape', [], 'the whole answer', 'expected object, received array'],
  ])('%s is a contract error that names the field', async (_name, body, field, expected) => {
    const { client } = await play((_, response) => sendJson(response, body))
    const error = await failureOf(client.request(get))
    expect(error).toMatchObject({ kind: 'contract', facts: { method: 'GET', path: '/v2/x', field, expected } })
    expect(error.message).toBe(`Testo answered GET /v2/x with something unexpected at "${field}": ${expected}.`)
  })

  it('names the field of the branch that was meant, in a union', async () => {
    const { client } = await play((_, response) => sendJson(response, { kind: 'b', inner: { n: 'x' } }))
    const answer = z.union([z.object({ kind: z.literal('a') }), z.object({ inner: z.object({ n: z.number() }) })])
    expect((await failureOf(client.request({ ...get, answer }))).facts.field).toBe('inner.n')
  })

  it('is capped in size', async () => {
    const { client } = await play((_, response) => sendJson(response, { a: { b: 1 }, pad: 'x'.repeat(5000) }), {
      maxAnswerBytes: 1000,
    })
    const error = await failureOf(client.request(get))
    expect(error).toMatchObject({ kind: 'contract', message: expect.stringContaining('more than 1000 bytes') })
    expect(server.received).toHaveLength(1)
  })

  it('takes a byte order mark, and JSON that is declared as text', async () => {
    const { client } = await play((_, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('\ufeff{"a":{"b":1}}'),
    )
    expect((await client.request(get)).body).toEqual({ a: { b: 1 } })
  })
})

describe('a refusal', () => {
  it.each([
    [400, 'GET', 'rejected'],
    [404, 'GET', 'rejected'],
    [409, 'POST', 'rejected'],
    [401, 'GET', 'sign-in'],
    [403, 'GET', 'forbidden'],
    [500, 'GET', 'server'],
    [501, 'POST', 'server'],
    [503, 'POST', 'server'],
  ] as const)('%d to %s is %s', async (status, method, kind) => {
    const { client } = await play((_, response) => sendJson(response, { message: 'No, thanks' }, status))
    const error = await failureOf(client.request({ method, path: path`/x`, answer: okay }))
    expect(error).toMatchObject({ kind, facts: { status, method, path: '/x', message: 'No, thanks' } })
    expect(error.message).toContain('No, thanks')
    expect(server.received).toHaveLength(1)
  })

  it.each([
    ['problem+json', { title: 'Bad', detail: 'In detail' }, 'In detail'],
    ['OAuth', { error: 'invalid_grant', error_description: 'Expired' }, 'Expired'],
    ['BMS', { Success: false, Error: { Code: 7, Message: 'Not yours' } }, 'Not yours'],
    ['a list', { errors: [{ message: 'First' }] }, 'First'],
    ['text', 'plain words', 'plain words'],
  ])('is told in the words of %s', async (_name, body, words) => {
    const { client } = await play((_, response) => sendJson(response, body, 400))
    expect((await failureOf(client.request({ method: 'GET', path: path`/x` }))).facts.message).toBe(words)
  })

  it('is told in one printable, short line without secrets and without HTML', async () => {
    rememberSecret('pa55word!')
    const bodies = [{ message: `\u001b[31mred\u0007\n\n${'pa55word!'} ${'long '.repeat(200)}` }, '<html><b>proxy</b>']
    const { client } = await play((_, response, nth) => {
      const body = bodies[nth - 1]
      if (typeof body === 'string') response.writeHead(400).end(body)
      else sendJson(response, body, 400)
    })
    const message = String((await failureOf(client.request({ method: 'GET', path: path`/x` }))).facts.message)
    expect(message).toMatch(/^␛\[31mred␇ \[secret\] long/)
    expect(message.length).toBeLessThanOrEqual(301)
    expect((await failureOf(client.request({ method: 'GET', path: path`/x` }))).facts.message).toBeUndefined()
  })

  it('may be read by the system itself', async () => {
    const { client } = await play((_, response) => sendJson(response, { code: 'lock-out' }, 409), {
      readError: (status, body) => new K1Error('refused', `${status} ${JSON.stringify(body)}`),
    })
    const error = await failureOf(client.request({ method: 'PATCH', path: path`/x` }))
    expect(error).toMatchObject({ kind: 'refused', message: '409 {"code":"lock-out"}' })
  })

  it('with no JSON, at the sign-in, hints at the URL', async () => {
    const { client } = await play((_, response) => response.writeHead(404).end('Not Found'))
    const error = await failureOf(client.request({ method: 'POST', path: path`/log-in`, anonymous: true }))
    expect(error).toMatchObject({ kind: 'contract', hint: 'Check the URL of Testo.' })
  })
})

describe('a 401', () => {
  it('is answered by signing in again, once, even for a write', async () => {
    let token = 'old'
    let renewals = 0
    const { client } = await play(
      (request, response) => sendJson(response, { ok: true }, request.headers.authorization === 'new' ? 200 : 401),
      {
        authorize(headers) {
          headers.authorization = token
        },
        async onUnauthorized() {
          renewals += 1
          token = 'new'
          return true
        },
      },
    )
    expect((await client.request({ method: 'POST', path: path`/x`, json: {}, answer: okay })).status).toBe(200)
    expect([renewals, server.received.length]).toEqual([1, 2])
  })

  it('that stays is sign-in', async () => {
    const { client } = await play((_, response) => sendJson(response, {}, 401), { onUnauthorized: async () => true })
    expect(await failureOf(client.request({ method: 'GET', path: path`/x` }))).toMatchObject({ kind: 'sign-in' })
    expect(server.received).toHaveLength(2)
  })

  it('is not tried again when signing in cannot help', async () => {
    const { client } = await play((_, response) => sendJson(response, {}, 401), { onUnauthorized: async () => false })
    expect(await failureOf(client.request({ method: 'GET', path: path`/x` }))).toMatchObject({ kind: 'sign-in' })
    expect(server.received).toHaveLength(1)
  })
})

describe('a redirect', () => {
  it('is followed for GET on the same origin', async () => {
    const { client } = await play((request, response) => {
      if (request.url === '/new?y=1') sendJson(response, { ok: true })
      else response.writeHead(307, { location: 'new?y=1' }).end()
    })
    expect((await client.request({ method: 'GET', path: path`/old`, answer: okay })).body).toEqual({ ok: true })
  })

  it('is followed three times and not more', async () => {
    const { client } = await play((_, response, nth) => response.writeHead(302, { location: `/${nth}` }).end())
    expect(await failureOf(client.request({ method: 'GET', path: path`/x` }))).toMatchObject({ kind: 'contract' })
    expect(server.received).toHaveLength(4)
  })

  it('to another origin is not followed, and carries no credentials', async () => {
    const other = await startLoopback((_, response) => sendJson(response, { ok: true }))
    closing.push(other.close)
    const { client } = await play((_, response) => response.writeHead(302, { location: `${other.url}/x` }).end(), {
      authorize(headers) {
        headers.authorization = 'Bearer t'
      },
    })
    const error = await failureOf(client.request({ method: 'GET', path: path`/x`, answer: okay }))
    expect(error).toMatchObject({ kind: 'contract', message: expect.stringContaining(other.url) })
    expect(other.received).toEqual([])
  })

  const writes = ['POST', 'PUT', 'PATCH', 'DELETE'] as const
  it.each(writes.flatMap(method => [307, 308].map(status => [method, status] as const)))(
    'is followed for %s where %i says so: the same, once, on the same origin',
    async (method, status) => {
      const { client } = await play((request, response) => {
        if (request.url === '/y') sendJson(response, { ok: true })
        else response.writeHead(status, { location: '/y' }).end()
      })
      const json = { active: false }
      expect((await client.request({ method, path: path`/x`, json, answer: okay })).body).toEqual({ ok: true })
      expect(server.received.map(one => [one.method, one.url])).toEqual([
        [method, '/x'],
        [method, '/y'],
      ])
      expect(server.received[1]?.body).toBe(server.received[0]?.body)
    },
  )

  it.each(writes.flatMap(method => [301, 302, 303].map(status => [method, status] as const)))(
    'is not followed for %s after %i: it would become something else',
    async (method, status) => {
      const { client } = await play((_, response) => response.writeHead(status, { location: '/y' }).end())
      expect(await failureOf(client.request({ method, path: path`/x` }))).toMatchObject({ kind: 'contract' })
      expect(server.received).toHaveLength(1)
    },
  )

  it.each(writes)('to another origin is not followed for %s', async method => {
    const other = await startLoopback((_, response) => sendJson(response, { ok: true }))
    closing.push(other.close)
    const { client } = await play((_, response) => response.writeHead(308, { location: `${other.url}/x` }).end())
    expect(await failureOf(client.request({ method, path: path`/x` }))).toMatchObject({ kind: 'contract' })
    expect(other.received).toEqual([])
  })

  it('to nowhere is told', async () => {
    const { client } = await play((_, response) => response.writeHead(302, { location: 'http://[' }).end())
    expect(await failureOf(client.request({ method: 'GET', path: path`/x` }))).toMatchObject({ kind: 'contract' })
  })
})
