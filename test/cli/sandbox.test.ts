import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ConnectionRecord } from '../../src/core/ports.ts'
import { demoWorld, emptyWorld } from '../../src/sandbox/index.ts'
import { type Ran, runIn } from './harness.ts'

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
    expect(stderr).toContain('With --connect')
  })

  it('with --connect makes every command work at once', async () => {
    const { code, stdout } = await whileItRuns(['--connect'], async () => {
      await connected()
      const status = await k1ctl(['status', 'bms', '--tenant', 'Café Lumière'])
      expect(status.code).toBe(0)
      expect((await k1ctl(['tenant', 'list', '--json'])).stdout.match(/"name"/g)).toHaveLength(40)
    })
    expect(code).toBe(0)
    expect(stdout).not.toContain('[secret]')
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
    expect(stderr).toContain('K1CTL_HOME=')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(config)
  })

  it('with --connect takes the place of an earlier sandbox', async () => {
    await whileItRuns(['--connect'], connected)
    const before = (await k1ctl(['connections', '--json'])).stdout
    await whileItRuns(['--connect'], async origin => {
      await expect
        .poll(async () => JSON.parse((await k1ctl(['connections', '--json'])).stdout)[0].settings.url, {
          timeout: 10_000,
        })
        .toBe(`${origin}/bms`)
      expect((await k1ctl(['status', 'bms', '--tenant', 'Café Lumière'])).code).toBe(0)
    })
    expect(JSON.parse((await k1ctl(['connections', '--json'])).stdout)).toHaveLength(JSON.parse(before).length)
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
