import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readRefusal } from '../../src/systems/active-directory/failure.ts'
import { activeDirectory } from '../../src/systems/active-directory/index.ts'
import { endUnlessLdap } from '../../src/systems/active-directory/only-ldap.ts'
import { readSettings } from '../../src/systems/active-directory/settings.ts'
import { startTlsRequest, startTlsResult } from '../../src/systems/active-directory/start-tls.ts'
import { type Certificates, makeCertificates } from '../http/certificates.ts'
import { createTestClock, failureOf } from '../http/loopback.ts'

const secret = 'Str0ng-but-secret!'
const given = { username: 'k1ctl@corp.example', password: secret }
/** Success, with lengths of four bytes as Windows writes them, and the name of the operation behind. */
const accepted = Buffer.from(
  `308400000028020101788400000 01f0a010004000400 8a16${Buffer.from('1.3.6.1.4.1.1466.20037').toString('hex')}`.replaceAll(
    ' ',
    '',
  ),
  'hex',
)
const refusedByServer = Buffer.from('300c02010178070a013404000400', 'hex')

describe('StartTLS', () => {
  it('is asked for as RFC 4511 writes it', () => {
    expect(startTlsRequest().toString('hex')).toBe(
      `301d02010177188016${Buffer.from('1.3.6.1.4.1.1466.20037').toString('hex')}`,
    )
  })

  it.each([
    ['accepted', accepted, 0],
    ['refused', refusedByServer, 52],
    ['cut off', accepted.subarray(0, 9), null],
    ['nothing yet', Buffer.alloc(0), null],
    ['something behind it that came without TLS', Buffer.concat([accepted, Buffer.from('30')]), undefined],
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(120)), undefined],
  ])('answered with %s', (_, bytes, result) => {
    expect(startTlsResult(bytes)).toBe(result)
  })
})

describe('a connection', () => {
  const long = Buffer.concat([Buffer.from('3084000001f4', 'hex'), Buffer.alloc(500, 60)])
  const short = Buffer.from('300502010a4200', 'hex')

  it.each([1, 3, 7, 10_000])('goes on while LDAP comes, %i bytes at once', async size => {
    const through = new PassThrough()
    endUnlessLdap(through)
    const bytes = Buffer.concat([short, long, accepted, short])
    for (let at = 0; at < bytes.length; at += size) through.write(bytes.subarray(at, at + size))
    await setImmediate()
    expect(through.destroyed).toBe(false)
    through.write('<html>')
    await once(through, 'error')
    expect(through.destroyed).toBe(true)
  })

  it.each(['HTTP/1.1 400 Bad Request', '30', '3080', '308801'])('ends when %s comes', async text => {
    const through = new PassThrough()
    endUnlessLdap(through)
    const isHex = /^[0-9a-f]+$/.test(text)
    through.write(isHex ? Buffer.from(text, 'hex') : text)
    if (text === '30') {
      await setImmediate()
      expect(through.destroyed).toBe(false)
      through.write(Buffer.from('ff', 'hex'))
    }
    await expect(once(through, 'close')).rejects.toThrow('does not speak LDAP')
  })
})

describe('settings', () => {
  it.each([
    ['ldaps://dc1.corp.example', { host: 'dc1.corp.example', port: 636, startTls: false }],
    ['LDAPS://dc1:3269/', { host: 'dc1', port: 3269, startTls: false }],
    ['ldap://10.0.0.5', { host: '10.0.0.5', port: 389, startTls: true }],
    ['ldaps://[fd00::5]:637', { host: 'fd00::5', port: 637, startTls: false }],
  ])('%s', (url, expected) => {
    expect(readSettings({ ...given, url })).toMatchObject(expected)
  })

  it.each([
    ['', 'not-set-up'],
    ['https://dc1.corp.example', 'usage'],
    ['dc1.corp.example', 'usage'],
    ['ldaps://amy:pw@dc1', 'usage'],
    ['ldaps://dc1/dc=corp', 'usage'],
    ['ldaps://', 'usage'],
  ])('refuses %j', async (url, kind) => {
    const error = await failureOf(
      activeDirectory.open({ ...given, url }, { clock: createTestClock(), http: { env: {} } }),
    )
    expect(error.kind).toBe(kind)
  })

  it.each([
    ['manager, Manager;telephoneNumber', ['Manager', 'telephoneNumber']],
    ['none', []],
    [undefined, ['manager']],
  ])('clears %s', (text, names) => {
    const more = text === undefined ? {} : { clearAttributes: text }
    expect(readSettings({ ...given, url: 'ldaps://dc1', ...more }).clearAttributes).toEqual(names)
  })

  it.each(['userAccountControl', 'member)(cn=*', 'DESCRIPTION', '1.2'])('does not clear %s', text => {
    expect(() => readSettings({ ...given, url: 'ldaps://dc1', clearAttributes: text })).toThrow(/attribute|cleared/)
  })

  it('never signs in without a password: that would be as nobody', () => {
    expect(() => readSettings({ ...given, url: 'ldaps://dc1', password: '' })).toThrow(/no password/)
  })

  it.each(['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'refuses the authority %j',
    async ca => {
      const settings = { ...given, url: 'ldaps://127.0.0.1:9', ca }
      expect(
        (await failureOf(activeDirectory.open(settings, { clock: createTestClock(), http: { env: {} } }))).kind,
      ).toBe('usage')
    },
  )
})

describe('what a controller refuses', () => {
  const call = { system: 'Active Directory', base: 'ldaps://dc1', method: 'BIND', path: '', write: false }
  it.each([
    ['52e', /the user name or the password is wrong/],
    ['525', /there is no such user/],
    ['530', /at this time/],
    ['531', /from this machine/],
    ['532', /has expired/],
    ['533', /is disabled/],
    ['701', /the account has expired/],
    ['773', /must be changed at the next log-on/],
    ['775', /locked out/],
    ['fff', /the user name or the password is wrong/],
  ])('on signing in with data %s', (data, words) => {
    const message = `80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data ${data}, v4563 Code: 0x31`
    const error = readRefusal(call, 49, message)
    expect([error.kind, error.message, error.facts.result]).toEqual(['sign-in', expect.stringMatching(words), 49])
    expect(error.facts.message).not.toContain('Code: 0x31')
  })
})

describe('a controller that is none', () => {
  const servers: { server: Server; sockets: Set<Socket> }[] = []
  let certificates: Certificates | null = null
  beforeAll(() => {
    certificates = makeCertificates()
  })
  afterAll(() => certificates?.remove())
  afterEach(() => {
    for (const { server, sockets } of servers.splice(0)) {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  })

  async function serve(onSocket: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>()
    const server = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => {})
      onSocket(socket)
    })
    servers.push({ server, sockets })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  const opening = (url: string, more: Record<string, string> = {}, caFile?: string) =>
    failureOf(
      activeDirectory.open(
        { ...given, url, ...more },
        { clock: createTestClock(), http: { env: {}, deadlineMs: 500, ...(caFile === undefined ? {} : { caFile }) } },
      ),
    )

  it.each([
    ['refuses StartTLS', refusedByServer, /StartTLS was refused \(52\)/],
    ['puts something behind its answer', Buffer.concat([accepted, Buffer.from('3000', 'hex')]), /does not speak LDAP/],
    ['answers with a web page', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(200)), /does not speak LDAP/],
    ['closes the connection', null, /the connection was closed/],
  ])('%s gets no password', async (_, answer, words) => {
    const heard: Buffer[] = []
    const port = await serve(socket => {
      socket.on('data', chunk => {
        heard.push(chunk)
        if (answer === null) socket.destroy()
        else socket.write(answer)
      })
    })
    const error = await opening(`ldap://127.0.0.1:${port}`)
    expect([error.kind, error.message]).toEqual(['unreachable', expect.stringMatching(words)])
    expect(Buffer.concat(heard)).toEqual(startTlsRequest())
  })

  it.each(['ldap', 'ldaps'])('that says nothing at all is given up in time: %s', async scheme => {
    const port = await serve(() => {})
    const error = await opening(`${scheme}://127.0.0.1:${port}`)
    expect([error.kind, error.message]).toEqual(['unreachable', expect.stringContaining('did not answer within')])
  })

  it('is told by its certificate, before a password is sent', async ({ skip }) => {
    if (certificates === null) {
      console.warn('Certificates are not compared: there is no openssl.')
      skip()
      return
    }
    const { right, otherHost, caFile } = certificates
    let heard = 0
    const port = async (identity: { key: string; cert: string }, answer?: string) =>
      serve(socket => {
        const secure = new TLSSocket(socket, { isServer: true, ...identity })
        secure.on('error', () => {})
        secure.on('data', chunk => {
          heard += chunk.length
          if (answer !== undefined) secure.write(answer)
        })
      })
    const unknown = await opening(`ldaps://127.0.0.1:${await port(right)}`)
    expect([unknown.kind, unknown.hint]).toEqual(['unreachable', expect.stringContaining('the setting ca')])
    const elsewhere = await opening(`ldaps://127.0.0.1:${await port(otherHost)}`, {}, caFile)
    expect([elsewhere.kind, elsewhere.hint]).toEqual(['unreachable', expect.stringContaining('elsewhere.example')])
    expect(heard).toBe(0)
    // The right one is told the password, and says nothing to it.
    const silent = await opening(`ldaps://127.0.0.1:${await port(right)}`, {}, caFile)
    expect([silent.kind, silent.message]).toEqual(['unreachable', expect.stringContaining('did not answer within')])
    expect(heard).toBeGreaterThan(0)
    const page = await opening(`ldaps://127.0.0.1:${await port(right, 'HTTP/1.1 400 Bad Request')}`, {}, caFile)
    expect([page.kind, page.message]).toEqual(['unreachable', expect.stringContaining('does not speak LDAP')])
    const named = await opening(
      `ldaps://127.0.0.1:${await port(otherHost)}`,
      { serverName: 'elsewhere.example' },
      caFile,
    )
    expect(named.message).toContain('did not answer within')
  })
})
