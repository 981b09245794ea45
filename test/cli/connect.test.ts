import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificates } from '../http/certificates.ts'
import { type Ground, openGround, type RunOptions, runIn } from './harness.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

let ground: Ground
let home: string
beforeAll(async () => {
  ground = await openGround()
})
beforeEach(async () => {
  await ground.control('bms', 'reset', { method: 'POST' })
  await ground.control('graphus', 'reset', { method: 'POST' })
  home = mkdtempSync(join(tmpdir(), 'k1ctl-connect-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  await k1ctl(['tenant', 'add', 'Northwind Dental'])
})
afterAll(() => ground.close())

const k1ctl = (words: string[], options: RunOptions = {}) => runIn(home, words, options)
const credentials = (system: string) => ground.sandbox.systems[system]?.credentials ?? {}

/** `connect bms` with all but the password. */
function bms(...more: string[]): string[] {
  const { url = '', username = '', company = '' } = credentials('bms')
  return ['connect', 'bms', '--url', url, '--username', username, '--company', company, ...more]
}

function graphus(...more: string[]): string[] {
  const { url = '', username = '', company = '', tenantId } = credentials('graphus')
  const settings = ['--url', url, '--username', username, '--company', company, '--set', `tenantId=${tenantId}`]
  return ['connect', 'graphus', ...settings, ...more]
}

const password = (system = 'bms') => credentials(system).password ?? ''
const connections = async () => JSON.parse((await k1ctl(['connections', '--json'])).stdout)

/** Every file below the home, as one text. */
function everythingKept(): string {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.map(file => readFileSync(join(file.parentPath, file.name), 'utf8')).join('\n')
}

describe('the password', () => {
  it.each([
    ['as it is', () => password()],
    ['with a newline', () => `${password()}\n`],
    ['with a Windows newline', () => `${password()}\r\n`],
    ['with a byte order mark', () => `\ufeff${password()}\n`],
    ['as JSON', () => JSON.stringify({ password: password() })],
  ])('comes from stdin %s', async (_, stdin) => {
    const { code, stdout, stderr } = await k1ctl(bms('--password-stdin', '--keep', 'plain', '--json'), {
      stdin: stdin(),
    })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      tenant: 'Northwind Dental',
      system: 'bms',
      as: 'k1ctl-api',
      place: 'plain',
      missing: [],
    })
    expect(stdout + stderr).not.toContain(password())
    expect((await k1ctl(['status', 'bms'])).code).toBe(0)
  })

  it('comes from the environment, and then nothing is kept', async () => {
    const env = { K1CTL_BMS_PASSWORD: password() }
    const { code, stderr } = await k1ctl(bms(), { env })
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('in the environment only') })
    expect(await connections()).toMatchObject([{ place: 'environment', secretFields: ['password'] }])
    expect(everythingKept()).not.toContain(password())
    expect((await k1ctl(['status', 'bms'], { env })).code).toBe(0)
    const without = await k1ctl(['status', 'bms', '--json'])
    expect([3, 4]).toContain(without.code)
  })

  it('from the environment is kept where --keep says', async () => {
    await k1ctl(bms('--keep', 'plain'), { env: { K1CTL_BMS_PASSWORD: password() } })
    expect(await connections()).toMatchObject([{ place: 'plain' }])
    expect((await k1ctl(['status', 'bms'])).code).toBe(0)
  })

  it('that was typed is kept, whatever else the environment holds', async () => {
    const env = { K1CTL_BMS_MFA_CODE: '' }
    const prompter = scriptedPrompter({ password: async () => password() })
    expect((await k1ctl(bms('--keep', 'plain'), { env, prompter })).code).toBe(0)
    expect(await connections()).toMatchObject([{ place: 'plain', secretFields: ['password'] }])
  })

  it('is kept by itself: a 2FA code is good for once', async () => {
    const stdin = JSON.stringify({ password: password(), mfaCode: '123456' })
    const { code } = await k1ctl(bms('--password-stdin', '--keep', 'plain'), { stdin })
    expect(code).toBe(0)
    expect(await connections()).toMatchObject([{ secretFields: ['password'] }])
    expect(everythingKept()).not.toContain('123456')
  })

  it('is kept as a refresh token where the system gives one', async () => {
    const stdin = password('graphus')
    expect((await k1ctl(graphus('--password-stdin', '--keep', 'plain'), { stdin })).code).toBe(0)
    expect(await connections()).toMatchObject([{ secretFields: ['refreshToken'] }])
    expect(everythingKept()).not.toContain(password('graphus'))
    expect((await k1ctl(['status', 'graphus'])).code).toBe(0)
  })

  it('that is wrong: exit 4, and nothing is kept', async () => {
    for (const [words, system] of [
      [bms, 'BMS'],
      [graphus, 'Graphus'],
    ] as const) {
      const { code, stderr } = await k1ctl(words('--password-stdin', '--keep', 'plain'), { stdin: 'wrong-and-secret' })
      expect(code).toBe(4)
      expect(stderr).toMatch(new RegExp(`^error: .*${system}`, 'm'))
      expect(stderr).toMatch(/^hint: /m)
      expect(stderr).not.toContain('wrong-and-secret')
    }
    expect(await connections()).toEqual([])
  })

  it.each([
    ['no password', '', 'stdin held no password.'],
    ['blanks', ' \n\n', 'stdin held no password.'],
    ['broken JSON', '{"password": "hush-hush', 'stdin began like JSON and is none.'],
    ['JSON with a field that is none', '{"pasword": "hush-hush"}', 'stdin holds "pasword", which is no secret of BMS'],
    ['JSON with a number', '{"password": 12345678}', 'stdin holds "password", which is no secret of BMS, or no text.'],
    ['JSON without a field', '{}', 'stdin held no secret.'],
    ['too much', 'x'.repeat(1_100_000), 'stdin holds more than 1 MiB.'],
  ])('is not taken from stdin with %s: exit 2', async (_, stdin, sentence) => {
    const { code, stderr } = await k1ctl(bms('--password-stdin'), { stdin })
    expect(code).toBe(2)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('hush-hush')
    expect(await ground.calls('bms')).toEqual([])
  })

  it.each(['password=hush-hush', 'password', 'mfaCode=123456'])(
    'is refused on the command line: --set %s',
    async pair => {
      const { code, stderr, stdout } = await k1ctl(bms('--set', pair, '--json'))
      expect(code).toBe(2)
      expect(stderr).toContain('is a secret, and other users of this machine can read a command line.')
      expect(stderr).toContain('--password-stdin')
      expect(stdout + stderr).not.toMatch(/hush-hush|123456/)
      expect(everythingKept()).not.toContain('hush-hush')
    },
  )

  it('is asked for again neither with a kept sign-in in the environment', async () => {
    const stdin = password('graphus')
    await k1ctl(graphus('--password-stdin', '--keep', 'plain'), { stdin })
    const [token = ''] = everythingKept().match(/(?<="refreshToken": ?")[^"]+/) ?? []
    expect(token).not.toBe('')
    const { code } = await k1ctl(graphus(), {
      env: { K1CTL_GRAPHUS_REFRESH_TOKEN: token },
      prompter: scriptedPrompter({}),
    })
    expect(code).toBe(0)
  })
})

describe('the place', () => {
  it('is a sealed file with K1CTL_PASSPHRASE, where there is no keyring', async () => {
    const env = { K1CTL_PASSPHRASE: 'nine small lanterns', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }
    const { code, stderr } = await k1ctl(bms('--password-stdin', '--keep', 'sealed'), { env, stdin: password() })
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('in a sealed file') })
    expect(everythingKept()).not.toContain(password())
    expect((await k1ctl(['status', 'bms'], { env })).code).toBe(0)
    const wrong = await k1ctl(['status', 'bms'], { env: { ...env, K1CTL_PASSPHRASE: 'ten small lanterns' } })
    expect(wrong.code).not.toBe(0)
    expect(wrong.stdout + wrong.stderr).toMatch(/passphrase/i)
  })

  it('is named when none is safe here: exit 4 with the three ways out, and nothing is written', async () => {
    // A keyring that works on the machine of the tester would be one.
    const { code, stderr } = await k1ctl(bms('--password-stdin'), {
      stdin: password(),
      env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere', XDG_RUNTIME_DIR: '/nowhere' },
    })
    if (process.platform !== 'linux') return
    expect(code).toBe(4)
    expect(stderr).toMatch(/hint: .*keyring.*K1CTL_PASSPHRASE.*--keep plain/)
    expect(await connections()).toEqual([])
    expect(everythingKept()).not.toContain(password())
  })

  it('that is plain is said so', async () => {
    const { stderr } = await k1ctl(bms('--password-stdin', '--keep', 'plain'), { stdin: password() })
    expect(stderr).toContain('The secret is kept in plain text, as you asked.')
    expect((await k1ctl(['connections'])).stdout).toContain('PLAIN TEXT file')
  })

  it('that is left, is left empty', async () => {
    await k1ctl(bms('--password-stdin', '--keep', 'plain'), { stdin: password() })
    expect(everythingKept()).toContain(JSON.stringify(password()))
    const env = { K1CTL_PASSPHRASE: 'nine small lanterns' }
    expect((await k1ctl(bms('--password-stdin', '--keep', 'sealed'), { stdin: password(), env })).code).toBe(0)
    expect(everythingKept()).not.toContain(JSON.stringify(password()))
    expect((await k1ctl(['status', 'bms'], { env })).code).toBe(0)
  })
})

describe('settings', () => {
  it.each([
    ['bms', 'API host is missing.', '--url VALUE, or set K1CTL_BMS_URL'],
    ['graphus', 'URL of your endpoint', '--url VALUE, or set K1CTL_GRAPHUS_URL'],
  ])('of %s that are missing are named: exit 4', async (system, sentence, hint) => {
    const { code, stderr } = await k1ctl(['connect', system])
    expect(code).toBe(4)
    expect(stderr).toContain(sentence)
    expect(stderr).toContain(hint)
  })

  it('come from the environment', async () => {
    const { url = '', username = '', company = '' } = credentials('bms')
    const env = { K1CTL_BMS_URL: url, K1CTL_BMS_USERNAME: username, K1CTL_BMS_COMPANY: company }
    const { code } = await k1ctl(['connect', 'bms', '--password-stdin', '--keep', 'plain'], { env, stdin: password() })
    expect(code).toBe(0)
    expect(await connections()).toMatchObject([{ settings: { url, username, company } }])
  })

  it('that are unknown are refused with the known ones: exit 2', async () => {
    const { code, stderr } = await k1ctl(graphus('--set', 'tennantId=1'))
    expect(code).toBe(2)
    expect(stderr).toContain('url, username, company, tenantId')
  })

  it.each(['http://bms.example', 'ftp://bms.example', 'bms.example', 'https://user:pass@bms.example'])(
    'refuse the URL %s',
    async url => {
      const { code, stderr } = await k1ctl(bms('--url', url, '--password-stdin'), { stdin: password() })
      expect([2, 4]).toContain(code)
      expect(stderr).toMatch(/^error: .*\n(hint: .*\n)?/m)
      expect(stderr).not.toMatch(/defect/)
    },
  )

  it('that name a tenant keep its id', async () => {
    const words = graphus('--set', 'tenantId=sandpiper hotels', '--password-stdin', '--keep', 'plain')
    expect((await k1ctl(words, { stdin: password('graphus') })).code).toBe(0)
    expect(await connections()).toMatchObject([{ settings: { tenantId: 't-033' } }])
  })

  it('without a tenant, where the account sees several: exit 4 with the list', async () => {
    const { url = '', username = '', company = '' } = credentials('graphus')
    const words = ['connect', 'graphus', '--url', url, '--username', username, '--company', company]
    const { code, stderr, stdout } = await k1ctl([...words, '--password-stdin', '--json'], {
      stdin: password('graphus'),
    })
    expect(code).toBe(4)
    expect(stderr).toContain('tenantId=')
    expect(JSON.parse(stdout).error.candidates.length).toBeGreaterThan(30)
    expect(await connections()).toEqual([])
  })
})

describe('what stands in the way', () => {
  it('2FA, and nobody can be asked: exit 4', async () => {
    const words = graphus('--username', 'mina.park', '--password-stdin', '--keep', 'plain')
    const { code, stderr } = await k1ctl(words, { stdin: 'Copper Kettle 17' })
    expect(code).toBe(4)
    expect(stderr).toContain('asks for a two-factor code, and nobody can be asked')
  })

  it('a 2FA code that is wrong three times: exit 4', async () => {
    let asked = 0
    const prompter = scriptedPrompter({
      password: async () => 'Copper Kettle 17',
      input: async () => {
        asked += 1
        return '000000'
      },
    })
    const { code, stderr } = await k1ctl(graphus('--username', 'mina.park', '--keep', 'plain'), { prompter })
    expect({ code, asked }).toEqual({ code: 4, asked: 3 })
    expect(stderr).toContain('3 times')
    expect(await connections()).toEqual([])
  })

  it('a right that is missing: connected, named, exit 3', async () => {
    const words = graphus('--username', 'tess.whitlock', '--password-stdin', '--keep', 'plain')
    const { code, stderr } = await k1ctl(words, { stdin: 'Quiet-Meadow-63' })
    expect(code).toBe(3)
    expect(stderr).toContain('missing right:')
    expect(await connections()).toMatchObject([{ as: 'tess.whitlock' }])
  })

  it('a certificate that nobody trusts: exit 1, with --ca-file in the hint; with it, it works', async () => {
    const certificates = makeCertificates()
    if (!certificates) return console.warn('There is no openssl to make certificates with.')
    const server = createServer(certificates.right, (request, response) => {
      const { pathname } = new URL(credentials('bms').url ?? '')
      const target = new URL((request.url ?? '').replace(/^\/bms/, pathname), credentials('bms').url)
      const headers = Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === 'string' && !/^(host|connection|content-length|transfer-encoding|expect)$/.test(name)
          ? [[name, value] as [string, string]]
          : [],
      )
      const parts: Buffer[] = []
      request.on('data', part => parts.push(part))
      request.on('end', async () => {
        const body = request.method === 'GET' ? {} : { body: Buffer.concat(parts) }
        const answer = await fetch(target, { method: request.method ?? 'GET', headers, ...body })
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
        response.end(await answer.text())
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
      certificates.remove()
    })
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const words = bms('--url', `https://127.0.0.1:${port}/bms`, '--password-stdin', '--keep', 'plain')
    const untrusted = await k1ctl(words, { stdin: password() })
    expect(untrusted.code).toBe(1)
    expect(untrusted.stderr).toMatch(/hint: .*--ca-file/)
    expect(await connections()).toEqual([])
    for (const trusted of [
      await k1ctl([...words, '--ca-file', certificates.caFile], { stdin: password() }),
      await k1ctl(words, { stdin: password(), env: { K1CTL_CA_FILE: certificates.caFile } }),
    ]) {
      expect(trusted.code).toBe(0)
    }
  })

  it.each([
    ['404 at the base URL', { status: 404, body: 'not here' }],
    [
      'HTML instead of JSON',
      { status: 200, body: '<html><h1>Welcome</h1></html>', headers: { 'content-type': 'text/html' } },
    ],
    ['broken JSON', { status: 200, body: '{"Success": tr' }],
    ['a server error', { status: 503, body: 'later' }],
  ])('%s: one sentence, exit 1', async (_, fault) => {
    await ground.fault('bms', { path: '.', times: 0, ...fault })
    const { code, stderr } = await k1ctl(bms('--password-stdin', '--timeout', '2'), { stdin: password() })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: .*BMS.*$/m)
    expect(stderr).not.toMatch(/defect|<html>/)
    expect(await connections()).toEqual([])
  })

  it('nothing that listens: exit 1', async () => {
    const words = bms('--url', 'http://127.0.0.1:1/bms', '--password-stdin', '--timeout', '2')
    const { code, stderr } = await k1ctl(words, { stdin: password() })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: .*127\.0\.0\.1:1/m)
  })
})

describe('connecting again', () => {
  it('replaces the connection', async () => {
    for (let n = 0; n < 2; n++) await k1ctl(bms('--password-stdin', '--keep', 'plain'), { stdin: password() })
    expect(await connections()).toHaveLength(1)
  })

  it('leaves the old connection as it was when the sign-in fails', async () => {
    await k1ctl(bms('--password-stdin', '--keep', 'plain'), { stdin: password() })
    await k1ctl(bms('--password-stdin', '--keep', 'plain'), { stdin: 'wrong' })
    expect((await k1ctl(['status', 'bms'])).code).toBe(0)
  })

  it('for another tenant of a name that was given away leaves the secret of the first alone', async () => {
    await k1ctl(bms('--password-stdin', '--keep', 'plain'), { stdin: password() })
    await k1ctl(['tenant', 'rename', 'Northwind Dental', 'Northwind East'])
    await k1ctl(['tenant', 'add', 'Northwind Dental'])
    const second = ground.sandbox.tenants.find(t => t.name === 'Harbor Light Veterinary')?.connections.bms
    const { url = '', company = '' } = second?.settings ?? {}
    const words = ['connect', 'bms', '--tenant', 'Northwind Dental', '--url', url, '--company', company]
    const account = ['--username', second?.settings.username ?? '', '--password-stdin', '--keep', 'plain']
    expect((await k1ctl([...words, ...account], { stdin: second?.secrets.password ?? '' })).code).toBe(0)
    for (const tenant of ['Northwind East', 'Northwind Dental']) {
      expect((await k1ctl(['status', 'bms', '--tenant', tenant])).code).toBe(0)
    }
  })
})

describe('the first tenant', () => {
  it('is named at a terminal, and kept once the sign-in worked', async () => {
    await k1ctl(['tenant', 'remove', 'Northwind Dental'])
    const asked: string[] = []
    const prompter = (secret: string) =>
      scriptedPrompter({
        input: async message => {
          if (message.includes('first tenant')) asked.push(message)
          return ' New Customer '
        },
        password: async () => secret,
      })
    const wrong = await k1ctl(bms('--keep', 'plain'), { prompter: prompter('wrong') })
    expect(wrong.code).toBe(4)
    expect((await k1ctl(['tenant', 'list', '--json'])).stdout.trim()).toBe('[]')
    expect((await k1ctl(bms('--keep', 'plain'), { prompter: prompter(password()) })).code).toBe(0)
    expect(asked).toHaveLength(2)
    expect(await connections()).toMatchObject([{ tenant: 'New Customer' }])
  })

  it('is missing without a terminal: exit 4', async () => {
    await k1ctl(['tenant', 'remove', 'Northwind Dental'])
    const { code, stderr } = await k1ctl(bms('--password-stdin'), { stdin: password() })
    expect(code).toBe(4)
    expect(stderr).toContain('k1ctl tenant add')
    expect(existsSync(join(home, 'secrets'))).toBe(false)
  })
})
