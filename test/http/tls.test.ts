import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { path } from '../../src/http/client.ts'
import { trust } from '../../src/http/trust.ts'
import { makeCertificates } from './certificates.ts'
import { connect, failureOf, okay, portOf } from './loopback.ts'

const certificates = makeCertificates()
if (certificates === null) console.warn('test/http/tls.test.ts: skipped, because openssl is not installed')

const folder = mkdtempSync(join(tmpdir(), 'k1ctl-ca-'))
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(() => {
  certificates?.remove()
  rmSync(folder, { recursive: true, force: true })
})

const post = { method: 'POST', path: path`/x`, json: {}, answer: okay } as const

async function serve(pair: { key: string; cert: string }) {
  let requests = 0
  const server = createServer(pair, (_, response) => {
    requests += 1
    response.end('{"ok":true}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(() => resolve()))
  })
  return { url: `https://127.0.0.1:${portOf(server.address())}`, requests: () => requests }
}

function open(url: string, caFile?: string) {
  const made = connect(url, { http: { env: {}, ...(caFile === undefined ? {} : { caFile }) } })
  closing.push(made.client.close)
  return made
}

describe.skipIf(certificates === null)('TLS', () => {
  const { right, otherHost, caFile } = certificates ?? {
    right: { key: '', cert: '' },
    otherHost: { key: '', cert: '' },
    caFile: '',
  }

  it('takes the authority in --ca-file', async () => {
    const { url } = await serve(right)
    expect((await open(url, caFile).client.request(post)).body).toEqual({ ok: true })
  })

  it('refuses an authority that it does not know, sends nothing, and names --ca-file', async () => {
    const { url, requests } = await serve(right)
    const { client, clock } = open(url)
    const error = await failureOf(client.request(post))
    expect(error).toMatchObject({ kind: 'unreachable', hint: expect.stringContaining('--ca-file') })
    expect(error.message).toContain('does not trust')
    expect([requests(), clock.waits]).toEqual([0, []])
  })

  it('refuses a certificate for another host', async () => {
    const { url, requests } = await serve(otherHost)
    const error = await failureOf(open(url, caFile).client.request(post))
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('for another host') })
    expect(requests()).toBe(0)
  })
})

describe('a CA file', () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  it.each([
    ['that does not exist', () => join(folder, 'none.pem'), 'does not exist'],
    ['that is a folder', () => folder, 'is unreadable'],
    ['with no certificate', () => write('text.pem', 'hello'), 'has no PEM certificate'],
    [
      'with a broken one',
      () => write('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
      'is broken',
    ],
  ])('%s is told', async (_name, file, words) => {
    const error = await failureOf(open('https://127.0.0.1:1', file()).client.request(post))
    expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining(words), hint: expect.any(String) })
  })

  it('is read once for all who trust the same', async () => {
    const one = { what: 'The setting ca', pem: rootCertificates[0] ?? '' }
    expect(await trust([one])).toBe(await trust([{ ...one, what: 'Another name' }]))
    const told = { kind: 'usage', message: 'The setting ca has no PEM certificate in it.', hint: expect.any(String) }
    await expect(trust([one, { ...one, pem: 'hello' }])).rejects.toMatchObject(told)
  })
})
