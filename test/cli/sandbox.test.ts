import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connectSandbox } from '../../src/cli/sandbox-home.ts'
import type { ConnectionRecord } from '../../src/core/stores.ts'
import { demoWorld, emptyWorld, startSandbox } from '../../src/sandbox/index.ts'
import { appFor, type Ran, runIn } from './harness.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'k1ctl-sandbox-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
})

const k1ctl = (words: string[], options = {}) => runIn(home, words, options)

/** Runs `work` while `k1ctl sandbox start …` runs, then interrupts it. */
async function whileItRuns(words: string[], work: (url: string) => Promise<void>): Promise<Ran> {
  const interrupt = new AbortController()
  const port = await freePort()
  const running = k1ctl(['sandbox', 'start', '--port', String(port), ...words], { signal: interrupt.signal })
  const origin = `http://127.0.0.1:${port}`
  try {
    await Promise.race([listens(origin), running])
    await work(origin)
  } finally {
    interrupt.abort()
  }
  return running
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

/** Resolves once the sandbox answers and, with `--connect`, has written the last of its connections. */
async function listens(origin: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${origin}/_control/bms/calls`).catch(() => null)
    if (answer?.ok) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function connected(): Promise<void> {
  for (;;) {
    const { stdout } = await k1ctl(['connections', '--json'])
    if (JSON.parse(stdout).length > 0) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

describe('sandbox start', () => {
  it('prints one line of JSON of the shape that the issue gives, and runs until interrupted', async () => {
    const { code, stdout, stderr } = await whileItRuns(['--json'], async () => {})
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.match(/\n/g)).toHaveLength(1)
    const { systems } = JSON.parse(stdout)
    for (const id of ['bms', 'graphus', 'datto-partner-portal', 'kaseyaone']) {
      expect(systems[id]).toEqual({
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//),
        control: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/_control\//),
        credentials: expect.objectContaining({ url: systems[id].url, username: expect.any(String) }),
      })
    }
  })

  it('shows a person what to type, passwords and all', async () => {
    const { stdout, stderr } = await whileItRuns([], async () => {})
    expect(stdout).toMatch(/^Sandbox with 40 tenants, until Ctrl-C\n/)
    expect(stdout).toContain('sign in   jordan.reyes / Harbor&Lantern+42%, company Brightwater IT')
    expect(stdout).toContain('mina.park / Copper Kettle 17, company Brightwater IT; 2FA code 246810')
    expect(stdout).toContain('luis.ortega / Violet=Anchor;58, company Brightwater IT; a push: k1ctl sandbox push')
    expect(stdout).toMatch(/jumpcloud\n(.*\n)*? {4}apiKey +\S{20}/)
    expect(stdout).not.toContain('PRIVATE KEY')
    expect(stderr).toContain('With --connect')
  })

  it('shows the same as a table with --table', async () => {
    const { stdout } = await whileItRuns(['--table'], async () => {})
    expect(stdout).toMatch(/SYSTEM +SIGN IN AS +PASSWORD +THEN\n/)
    expect(stdout).toMatch(/\nbms +http:\/\/127\.0\.0\.1:\d+\/bms\n/)
    expect(stdout).toMatch(/kaseyaone +mina\.park +Copper Kettle 17 +2FA code 246810\n/)
    expect(stdout).toMatch(/kaseyaone +luis\.ortega +Violet=Anchor;58 +k1ctl sandbox push\n/)
    expect(stdout).toContain('Company at each sign-in: Brightwater IT\n')
    expect(stdout).toMatch(/\nbms +username +k1ctl-api\n +company +Northwind Dental\n +password +\S/)
    // What is broken by the terminal is not easily copied.
    expect(stdout.split('\n').filter(line => line.length > 80)).toEqual([])
  })

  it('with --connect makes every command work at once, says how to get there, and leaves nothing', async () => {
    const { code, stdout, stderr } = await whileItRuns(['--connect'], async () => {
      await connected()
      const status = await k1ctl(['status', 'bms', '--tenant', 'Café Lumière'])
      expect(status.code).toBe(0)
      expect((await k1ctl(['tenant', 'list', '--json'])).stdout.match(/"name"/g)).toHaveLength(40)
    })
    expect(code).toBe(0)
    expect(stdout).not.toContain('[secret]')
    expect(stderr).toContain(`export K1CTL_HOME=${home}\n`)
    expect((await k1ctl(['connections', '--json'])).stdout.trim()).toBe('[]')
    expect((await k1ctl(['tenant', 'list', '--json'])).stdout.trim()).toBe('[]')
    expect(existsSync(join(home, 'secrets', 'plain.json'))).toBe(false)
  })

  it('takes a seed from a file, or none to speak of', async () => {
    const file = join(home, 'world.json')
    const world = demoWorld()
    writeFileSync(file, JSON.stringify({ ...world, tenants: world.tenants.slice(0, 2) }))
    expect((await whileItRuns(['--seed', file], async () => {})).stdout).toMatch(/^Sandbox with 2 tenants,/)
    const empty = emptyWorld().tenants.length
    const { stdout } = await whileItRuns(['--seed', 'empty'], async () => {})
    expect(stdout).toMatch(new RegExp(`^Sandbox with ${empty} tenants?,`))
    expect(stdout).not.toContain('undefined')
  })

  it('refuses a port that is taken: exit 2', async () => {
    await whileItRuns([], async origin => {
      const { code, stderr } = await k1ctl(['sandbox', 'start', '--port', new URL(origin).port])
      expect(code).toBe(2)
      expect(stderr).toContain('Leave --port out')
    })
  })

  it.each([
    ['is no JSON', '{'],
    ['is another thing', '{"tenants": []}'],
  ])('refuses a seed file that %s: exit 2', async (_, text) => {
    const file = join(home, 'seed.json')
    writeFileSync(file, text)
    const { code, stderr } = await k1ctl(['sandbox', 'start', '--seed', file])
    expect(code).toBe(2)
    expect(stderr).toContain(`The seed ${file} cannot be used`)
  })

  it('with --connect refuses a home with real connections, and leaves it as it was: exit 1', async () => {
    const real: ConnectionRecord = {
      tenant: 'Customer',
      system: 'bms',
      settings: { url: 'https://api.bms.kaseya.com', username: 'k1ctl', company: 'Customer' },
      secretFields: ['password'],
      place: 'environment',
      as: 'k1ctl',
      connectedAt: '2026-01-01T00:00:00.000Z',
    }
    const config = { version: 1, tenants: [{ name: 'Customer', domains: [] }], connections: [real] }
    const file = join(home, 'config.json')
    writeFileSync(file, JSON.stringify(config))
    const { code, stdout, stderr } = await k1ctl(['sandbox', 'start', '--connect'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('holds real connections (bms for Customer)')
    expect(stderr).toContain('env -u K1CTL_HOME k1ctl sandbox start --connect')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(config)
  })

  it('keeps what was there before it, and takes away what was connected to it meanwhile', async () => {
    await k1ctl(['tenant', 'add', 'Mine', '--domain', 'mine.example'])
    await k1ctl(['tenant', 'add', 'Café Lumière'])
    await whileItRuns(['--connect'], connected)
    const left = JSON.parse((await k1ctl(['tenant', 'list', '--json'])).stdout)
    expect(left.map((t: { name: string }) => t.name)).toEqual(['Mine', 'Café Lumière'])
    expect((await k1ctl(['connections', '--json'])).stdout.trim()).toBe('[]')
  })

  it('with --connect and without K1CTL_HOME has a home of its own, which goes with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'k1ctl-own-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const env = { K1CTL_HOME: '', HOME: folder, XDG_CONFIG_HOME: join(folder, 'config') }
    const interrupt = new AbortController()
    const running = runIn(folder, ['sandbox', 'start', '--connect', '--json'], { env, signal: interrupt.signal })
    setTimeout(() => interrupt.abort(), 3_000)
    const { code, stdout } = await running
    const { home: own } = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(own).toContain('k1ctl-')
    expect(existsSync(own)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  })

  it('with --connect takes the place of an earlier sandbox that was killed', async () => {
    const earlier = await startSandbox({ seed: 'demo' })
    const { app } = appFor(home, {})
    await connectSandbox(app, earlier)
    await earlier.close()
    const before = (await k1ctl(['connections', '--json'])).stdout
    await whileItRuns(['--connect'], async origin => {
      await expect
        .poll(async () => JSON.parse((await k1ctl(['connections', '--json'])).stdout)[0].settings.url, {
          timeout: 10_000,
        })
        .toBe(`${origin}/bms`)
      expect((await k1ctl(['status', 'bms', '--tenant', 'Café Lumière'])).code).toBe(0)
      expect(JSON.parse((await k1ctl(['connections', '--json'])).stdout)).toHaveLength(JSON.parse(before).length)
    })
    expect((await k1ctl(['connections', '--json'])).stdout.trim()).toBe('[]')
    expect((await k1ctl(['tenant', 'list', '--json'])).stdout.trim()).toBe('[]')
  })
})

describe('sandbox reset', () => {
  it('puts the connected sandbox back to its seed', async () => {
    await whileItRuns(['--connect'], async origin => {
      await connected()
      const status = async () => {
        const words = ['unified-login', 'show', 'graphus', '--tenant', 'Northwind Dental', '--json']
        return JSON.parse((await k1ctl(words)).stdout)[0].state
      }
      expect(await status()).toBe('off')
      await k1ctl(['unified-login', 'enable', 'graphus', '--tenant', 'Northwind Dental', '--yes'])
      expect(await status()).toBe('on')
      const { code, stderr } = await k1ctl(['sandbox', 'reset'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: `The sandbox at ${origin} is back at its seed.\n` })
      expect(await status()).toBe('off')
      expect((await k1ctl(['sandbox', 'reset', '--url', origin])).code).toBe(0)
    })
  })

  it('forgets what Active Directory told Microsoft 365, too', async () => {
    await whileItRuns(['--connect'], async () => {
      await connected()
      const call = ['offboard', 'diego.torres@ironbridge.example', '--tenant', 'Ironbridge Machining', '--json']
      const inCloud = async () => {
        const { stdout } = await k1ctl([...call, '--only', 'microsoft-365', '--dry-run'])
        const { goals } = JSON.parse(stdout).people[0]
        return goals.find((goal: { kind: string }) => goal.kind === 'sign-in-blocked').standing
      }
      expect(await inCloud()).toBe('not-yet')
      expect((await k1ctl([...call, '--only', 'active-directory', '--yes'])).code).toBe(0)
      expect(await inCloud()).toBe('holds')
      expect((await k1ctl(['sandbox', 'reset'])).code).toBe(0)
      expect(await inCloud()).toBe('not-yet')
    })
  })

  it.each([
    ['nothing is connected', [], 4, 'No sandbox is connected here.'],
    ['nothing listens', ['--url', 'http://127.0.0.1:1'], 1, 'No sandbox answers at http://127.0.0.1:1.'],
    ['it is elsewhere', ['--url', 'https://api.bms.kaseya.com'], 2, 'is not on this machine'],
    ['it is no URL', ['--url', 'sandbox'], 2, 'is not on this machine'],
  ])('where %s', async (_, words, exit, sentence) => {
    const { code, stderr } = await k1ctl(['sandbox', 'reset', ...words])
    expect(code).toBe(exit)
    expect(stderr).toContain(sentence)
  })
})

describe('sandbox push', () => {
  it('answers the push that somebody waits for', async () => {
    const sandbox = await startSandbox({ seed: 'demo' })
    onTestFinished(() => sandbox.close())
    const { url = '' } = sandbox.systems.kaseyaone ?? {}
    const { origin } = new URL(url)
    const body = { username: 'luis.ortega', company: 'Brightwater IT', password: 'Violet=Anchor;58' }
    const headers = { 'content-type': 'application/json' }
    await fetch(`${url}/log-in`, { method: 'POST', headers, body: JSON.stringify(body) })
    const { code, stderr } = await k1ctl(['sandbox', 'push', '--url', origin])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Approved: luis.ortega at KaseyaOne.\n' })
    expect((await k1ctl(['sandbox', 'push', '--url', origin])).stderr).toBe('No push is waiting.\n')
  })
})
