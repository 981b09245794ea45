import { readFileSync } from 'node:fs'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { createSecureContext, createServer as createTls, TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { path } from '../../src/http/client.ts'
import { openSecureSocket } from '../../src/systems/active-directory/secure-socket.ts'
import { type Ground, openGround } from '../cli/harness.ts'
import { makeCertificates } from '../http/certificates.ts'
import { connect, okay } from '../http/loopback.ts'
import { buildCommand, runBuilt } from '../process/built-command.ts'

const certificates = makeCertificates()
if (certificates === null) console.warn('test/hostile/tls.test.ts: skipped, because openssl is not installed')

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround('empty', 'none')
}, 60_000)
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
afterAll(async () => {
  certificates?.remove()
  await ground.close()
})

async function listen<S extends Server>(server: S): Promise<number> {
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const insecure = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' }

describe.skipIf(certificates === null)('NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  const { right, caFile } = certificates ?? { right: { key: '', cert: '' }, caFile: '' }

  it('has no effect on HTTP: nothing is sent to whom nobody trusts; --ca-file works as before', async () => {
    const requests: string[] = []
    const server = createHttps(right, (request, response) => {
      requests.push(`${request.method} ${request.url}`)
      response.writeHead(404).end('{}')
    })
    const url = `https://127.0.0.1:${await listen(server)}`
    const words = ['connect', 'scim:huddle', '--url', url, '--tenant', 'A', '--password-stdin']
    await runBuilt(['tenant', 'add', 'A', '--domain', 'a.example'], ground.home)
    const options = { env: insecure, stdin: 'kept-secret-1' }

    const refused = await runBuilt(words, ground.home, options)
    expect(refused.stderr).toContain('its certificate comes from an authority that this machine does not trust')
    expect(refused.code).not.toBe(0)
    expect(requests).toEqual([])

    const reached = await runBuilt([...words, '--ca-file', caFile], ground.home, options)
    expect(reached.stderr).not.toContain('certificate')
    expect(requests.length).toBeGreaterThan(0)
  })

  it('has no effect on LDAP: no password is sent', async () => {
    let said = 0
    const server = createTls(right, socket => {
      socket.on('error', () => {})
      socket.on('data', () => {
        said += 1
      })
    })
    server.on('tlsClientError', () => {})
    const url = `ldaps://127.0.0.1:${await listen(server)}`
    await runBuilt(['tenant', 'add', 'B', '--domain', 'b.example'], ground.home)
    const words = ['connect', 'active-directory', '--url', url, '--username', 'cn=k1ctl', '--tenant', 'B']
    const { code, stderr } = await runBuilt([...words, '--password-stdin', '--timeout', '5'], ground.home, {
      env: insecure,
      stdin: 'kept-secret-1',
    })
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/certificate/)
    expect(said).toBe(0)
  })

  describe('inside a process that has it', () => {
    beforeEach(() => void vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0'))

    it('has no effect on the transport', async () => {
      const url = `https://127.0.0.1:${await listen(createHttps(right, (_, response) => response.end('{"ok":true}')))}`
      const get = { method: 'GET', path: path`/x`, answer: okay } as const
      const strict = connect(url, { http: { env: {} } })
      await expect(strict.client.request(get)).rejects.toMatchObject({ kind: 'unreachable' })
      await strict.client.close()
      const trusting = connect(url, { http: { env: {}, caFile } })
      expect((await trusting.client.request(get)).body).toEqual({ ok: true })
      await trusting.client.close()
    })

    it.each([
      ['LDAP with TLS from the first byte', false],
      ['StartTLS', true],
    ])('has no effect on %s', async (_, startTls) => {
      const port = await listen(startTls ? createStartTls(right) : createTls(right).on('tlsClientError', () => {}))
      const options = {
        host: '127.0.0.1',
        port,
        startTls,
        secureContext: undefined,
        deadlineMs: 5000,
        signal: undefined,
      }
      await expect(openSecureSocket(options)).rejects.toMatchObject({ sent: false, message: /certificate/ })
      const socket = await openSecureSocket({
        ...options,
        secureContext: createSecureContext({ ca: readFileSync(caFile) }),
      })
      expect(socket.authorized).toBe(true)
      socket.destroy()
    })
  })
})

/** A server that agrees to turn to TLS, whatever it is asked, and does. */
function createStartTls(pair: { key: string; cert: string }): Server {
  const agreed = Buffer.from('300c02010178070a010004000400', 'hex')
  return createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.pause()
      socket.write(agreed)
      new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(pair) }).on('error', () => {})
    })
  })
}
