import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect as connectSocket } from 'node:net'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { path } from '../../src/http/client.ts'
import { makeCertificates } from './certificates.ts'
import { connect, failureOf, type Loopback, okay, portOf, sendJson, startLoopback } from './loopback.ts'

const certificates = makeCertificates()
if (certificates === null) console.warn('test/http/proxy.test.ts: partly skipped, because openssl is not installed')
afterAll(() => certificates?.remove())

const get = { method: 'GET', path: path`/x`, answer: okay } as const
let proxy: Server
let asked: { target: string; authorization: string | undefined }[] = []
/** Where the proxy really leads, whatever host was asked for; 0: it refuses. */
let leadsTo = 0
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  asked = []
  leadsTo = 0
  proxy = createServer().on('connect', (request, socket) => {
    asked.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] })
    if (leadsTo === 0) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const onward = connectSocket(leadsTo, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  proxy.closeAllConnections()
  await new Promise(resolve => proxy.close(resolve))
})

function open(url: string, env: Record<string, string>, caFile?: string) {
  const made = connect(url, { http: { env, ...(caFile === undefined ? {} : { caFile }) } })
  closing.push(made.client.close)
  return made
}

it.skipIf(certificates === null)('HTTPS_PROXY is used, with its password', async () => {
  const { otherHost, caFile } = certificates ?? { otherHost: { key: '', cert: '' }, caFile: '' }
  const target = createTlsServer(otherHost, (_, response) => response.end('{"ok":true}'))
  await new Promise<void>(resolve => target.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    target.closeAllConnections()
    return new Promise(resolve => target.close(() => resolve()))
  })
  leadsTo = portOf(target.address())
  const env = { HTTPS_PROXY: `http://amy:prox%79-pass@127.0.0.1:${portOf(proxy.address())}` }
  expect((await open('https://elsewhere.example', env, caFile).client.request(get)).body).toEqual({ ok: true })
  const authorization = `Basic ${Buffer.from('amy:proxy-pass').toString('base64')}`
  expect(asked).toEqual([{ target: 'elsewhere.example:443', authorization }])
})

it('a proxy that refuses is told as such, once', async () => {
  const { client, clock } = open('https://elsewhere.example', {
    https_proxy: `127.0.0.1:${portOf(proxy.address())}`,
  })
  const error = await failureOf(client.request(get))
  expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('refused to connect (407)') })
  expect([asked.length, clock.waits]).toEqual([1, []])
})

it('NO_PROXY leaves hosts out', async () => {
  const env = { HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy.address())}`, NO_PROXY: 'other.invalid,.site.invalid' }
  expect(await failureOf(open('https://a.site.invalid', env).client.request(get))).toMatchObject({
    kind: 'unreachable',
  })
  expect(asked).toEqual([])
})

it('this machine is never reached through a proxy', async () => {
  const server: Loopback = await startLoopback((_, response) => sendJson(response, { ok: true }))
  closing.push(server.close)
  const url = `http://127.0.0.1:${portOf(proxy.address())}`
  const env = { HTTPS_PROXY: url, HTTP_PROXY: url, https_proxy: url, http_proxy: url }
  expect((await open(server.url, env).client.request(get)).body).toEqual({ ok: true })
  expect(asked).toEqual([])
})

it('a proxy that is no address is told without its password', async () => {
  const error = await failureOf(
    open('https://elsewhere.example', { HTTPS_PROXY: 'ftp://amy:ftp-pass@x' }).client.request(get),
  )
  expect(error).toMatchObject({ kind: 'usage', hint: expect.stringContaining('HTTPS_PROXY') })
  expect(String(error)).not.toContain('ftp-pass')
})
