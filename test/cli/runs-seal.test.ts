import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { leaver, northwind } from './leavers.ts'

const hasTools = ['ssh-keygen', 'openssl'].every(tool => spawnSync(tool, ['--version']).error === undefined)
if (!hasTools) console.warn('ssh-keygen or openssl is not here: sealing is not tried.')

/** What a time-stamping authority needs: its own certificate, for that use alone, and who vouches for it. */
const authority = `
[ ext ]
extendedKeyUsage = critical,timeStamping
[ tsa ]
default_tsa = here
[ here ]
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
`

describe.skipIf(!hasTools)('a sealed run', () => {
  let ground: Ground
  let place: string
  let server: Server
  let answer: (query: Buffer) => Buffer
  const at = (name: string) => join(place, name)
  const env = { PATH: process.env.PATH ?? '' }
  const openssl = (...words: string[]) =>
    execFileSync('openssl', words, { cwd: place, stdio: ['ignore', 'pipe', 'ignore'] })
  const makeKey = (name: string) =>
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', at(name)])
  const k1ctl = (...words: string[]) => ground.k1ctl(words, { env })
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`
  const signers = () => ['--signers', at('signers')]
  const verify = async (...words: string[]) => {
    const ran = await k1ctl('runs', 'verify', '--offline', at('packet'), '--json', ...words)
    return { code: ran.code, ...JSON.parse(ran.stdout) }
  }

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'k1ctl-test-'))
    ground = await openGround(northwind('graphus', 'bms'))
    for (const name of ['amy', 'mallory']) makeKey(name)
    writeFileSync(at('signers'), `amy@msp.example ${readFileSync(at('amy.pub'), 'utf8')}`)
    writeFileSync(at('tsa.cnf'), authority)
    writeFileSync(at('serial'), '01\n')
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca')
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=tsa')
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'tsa.cnf', '-extensions', 'ext']
    openssl('x509', '-req', '-in', 'tsa.csr', ...by, '-out', 'tsa.pem')
    server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', part => parts.push(part))
      request.on('end', () => response.end(answer(Buffer.concat(parts))))
    })
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    const ran = await ground.k1ctl(['offboard', leaver(3), '--yes', '--wait', '5'])
    expect(ran.code, ran.stderr).toBe(0)
  }, 60_000)
  afterAll(async () => {
    server.close()
    await ground.close()
    rmSync(place, { recursive: true })
  })
  beforeEach(() => {
    rmSync(at('packet'), { recursive: true, force: true })
    answer = query => {
      writeFileSync(at('query'), query)
      return openssl('ts', '-reply', '-queryfile', 'query', '-config', 'tsa.cnf')
    }
  })
  const seal = (...words: string[]) => k1ctl('runs', 'seal', 'last', '--key', at('amy'), '--to', at('packet'), ...words)

  it('says who signed it, and when somebody else saw it, to whoever has the key and the authority', async () => {
    const sealed = await seal('--tsa', url())
    expect(sealed.code, sealed.stderr).toBe(0)
    expect(sealed.stderr).toMatch(/entries, signed with ED25519 SHA256:\S+, time stamp of 127\.0\.0\.1/)
    expect(readdirSync(at('packet')).sort()).toEqual([
      'HOW-TO-CHECK.txt',
      'run.jsonl',
      'run.jsonl.sig',
      'run.jsonl.tsr',
    ])
    expect(await verify(...signers(), '--tsa-ca', at('ca.pem'))).toMatchObject({
      code: 0,
      ledger: { state: 'intact' },
      signature: { state: 'good', by: 'amy@msp.example' },
      timeStamp: { state: 'good', at: expect.stringMatching(/^20\d\d-.*Z$/) },
      holds: true,
    })
  })

  it('is checked without k1ctl by what lies beside it', async () => {
    await seal('--tsa', url())
    const words = readFileSync(join(at('packet'), 'HOW-TO-CHECK.txt'), 'utf8')
    const commands = words.split('\n').filter(line => /^ {2}(ssh-keygen|openssl)/.test(line))
    expect(commands).toHaveLength(4)
    for (const command of commands) {
      const filled = command
        .replace('ALLOWED_SIGNERS', at('signers'))
        .replace('E-MAIL', 'amy@msp.example')
        .replace('AUTHORITY.pem', at('ca.pem'))
      execFileSync('sh', ['-c', filled], { cwd: at('packet'), stdio: 'ignore' })
    }
    const [first = ''] = readFileSync(join(at('packet'), 'run.jsonl'), 'utf8').split('\n')
    const { prev, hash } = JSON.parse(first)
    if (spawnSync('jq', ['--version']).error) return
    const printed = execFileSync('sh', ['-c', "sed -n 1p run.jsonl | jq -cjS 'del(.hash, .sig)'"], {
      cwd: at('packet'),
    })
    expect(createHash('sha256').update(prev).update(printed).digest('hex')).toBe(hash)
  })

  it('vouches for nothing where nobody said whom to trust', async () => {
    await seal('--tsa', url())
    expect(await verify()).toMatchObject({
      code: 3,
      signature: { state: 'nobody vouches', key: expect.stringContaining('SHA256:') },
      timeStamp: { state: 'nobody vouches' },
      holds: false,
    })
    writeFileSync(at('others'), `mallory@msp.example ${readFileSync(at('mallory.pub'), 'utf8')}`)
    expect(await verify('--signers', at('others'))).toMatchObject({ code: 3, signature: { state: 'not a signer' } })
    const text = await k1ctl('runs', 'verify', '--offline', at('packet'))
    expect(text.stdout).toContain('whose key that is, --signers FILE says')
    expect(text.stdout).toContain('whether that is so, --tsa-ca FILE says')
  })

  const file = () => join(at('packet'), 'run.jsonl')
  /** Each as if nothing had been: a new chain over what was changed. */
  const edits: [string, (text: string) => string][] = [
    ['one changed byte', text => text.replace('"end":"changed"', '"end":"already"')],
    ['one entry left out', text => text.replace(/^.*"type":"proof".*\n/m, '')],
    ['the last entry left out', text => text.replace(/[^\n]*\n$/, '')],
    ['two entries the other way round', text => text.replace(/^(.*\n)(.*\n)/, '$2$1')],
    ['nothing left', () => ''],
    ['a rebuilt chain', rebuilt],
  ]
  it.each(edits)('tells of %s', async (_, edit) => {
    await seal('--tsa', url())
    const before = readFileSync(file(), 'utf8')
    const after = edit(before)
    expect(after).not.toBe(before)
    writeFileSync(file(), after)
    expect(await verify(...signers(), '--tsa-ca', at('ca.pem'))).toMatchObject({
      code: 3,
      signature: { state: 'wrong' },
      timeStamp: { state: 'wrong' },
      holds: false,
    })
    expect(await verify(...signers())).toMatchObject({ code: 3, timeStamp: { state: 'wrong' } })
  })

  it.each([
    ['a folder where its ledger should be', ['packet', 'run.jsonl'], 'it is a folder'],
    ['a folder where its signature should be', ['packet', 'run.jsonl.sig'], 'it is a folder'],
    ['a folder as the list of signers', ['signers-folder'], 'it is a folder'],
  ])('names %s, which is no defect of k1ctl', async (_, [first = '', second], why) => {
    await seal()
    const path = second === undefined ? at(first) : join(at(first), second)
    rmSync(path, { recursive: true, force: true })
    mkdirSync(path)
    const list = second === undefined ? ['--signers', path] : signers()
    const ran = await k1ctl('runs', 'verify', '--offline', at('packet'), ...list)
    expect(ran).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`${path} cannot be read: ${why}.`),
    })
  })

  it.skipIf(process.getuid?.() === 0)('names what this user may not read', async () => {
    await seal()
    chmodSync(file(), 0)
    const ran = await k1ctl('runs', 'verify', '--offline', at('packet'))
    expect(ran).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${file()} cannot be read: permission denied.`),
    })
  })

  it('names a file that is no packet', async () => {
    const ran = await k1ctl('runs', 'verify', '--offline', at('signers'))
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('is no packet') })
  })

  it('is no packet of another run, nor signed for something else', async () => {
    await seal()
    rmSync(`${file()}.sig`)
    execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-f', at('amy'), '-n', 'file', file()], { stdio: 'ignore' })
    expect(await verify(...signers())).toMatchObject({ code: 3, signature: { state: 'wrong' } })
    rmSync(`${file()}.sig`)
    expect(await verify(...signers())).toMatchObject({ code: 3, signature: { state: 'none' } })
  })

  it.each([
    ['a refusal', () => Buffer.from('<html>no</html>')],
    [
      'a stamp of another query',
      () => {
        writeFileSync(at('else'), 'something else')
        const query = openssl('ts', '-query', '-data', 'else', '-sha256', '-cert')
        writeFileSync(at('query'), query)
        return openssl('ts', '-reply', '-queryfile', 'query', '-config', 'tsa.cnf')
      },
    ],
  ])('leaves nothing where the authority answers with %s', async (_, lie) => {
    answer = lie
    const ran = await seal('--tsa', url())
    expect(ran.code).not.toBe(0)
    expect(ran.stderr).toContain('no stamp')
    expect(existsSync(at('packet'))).toBe(false)
    expect(readdirSync(place).filter(name => name.startsWith('.packet'))).toEqual([])
  })

  it.each([
    [['runs', 'seal', 'last'], 2, 'who signs?'],
    [['runs', 'seal', 'last', '--key', '/nowhere/key'], 2, 'does not sign'],
    [['runs', 'verify', '--offline', '/nowhere'], 2, 'is no packet'],
    [['runs', 'verify', 'last', '--offline', '/nowhere'], 2, 'one of the two'],
    [['runs', 'verify'], 2, 'The run is missing'],
  ])('refuses %j', async (words, code, sentence) => {
    expect(await k1ctl(...words)).toMatchObject({ code, stderr: expect.stringContaining(sentence) })
  })

  it('says that the tool is missing, and keeps a packet that is there', async () => {
    const bare = await ground.k1ctl(['runs', 'seal', 'last', '--key', at('amy'), '--to', at('packet')], {
      env: { PATH: '/nowhere' },
    })
    expect(bare.stderr).toContain('ssh-keygen is not installed here')
    await seal()
    cpSync(at('packet'), at('copy'), { recursive: true })
    expect((await seal()).stderr).toContain('already')
    expect(readFileSync(file())).toEqual(readFileSync(join(at('copy'), 'run.jsonl')))
  })
})

/** What somebody does who knows how the chain is made. */
function rebuilt(text: string): string {
  const sha256 = (of: string) => createHash('sha256').update(of).digest('hex')
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([k, v]) => [k, sorted(v)]),
          )
        : value
  let prev = sha256('')
  return text
    .trimEnd()
    .replaceAll('tester@here', 'nobody@else')
    .split('\n')
    .map(line => {
      const { hash: _, ...entry } = { ...JSON.parse(line), prev }
      prev = sha256(prev + JSON.stringify(sorted(entry)))
      return `${JSON.stringify({ ...entry, hash: prev })}\n`
    })
    .join('')
}
