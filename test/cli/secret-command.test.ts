import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { parseCommand } from '../../src/cli/secret-command.ts'
import { runSecretCommand } from '../../src/store/secret-command.ts'
import { type Ground, openGround, type RunOptions, runIn } from './harness.ts'
import { smallWorld } from './small-world.ts'

/** Secrets that a vault's own tool prints: kept as a reference, never as a copy. */

let ground: Ground
let home: string
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
})
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'k1ctl-vault-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  await k1ctl(['tenant', 'add', 'Northwind Dental'])
})
afterAll(() => ground.close())

const k1ctl = (words: string[], options: RunOptions = {}) => runIn(home, words, options)
const password = () => ground.sandbox.systems.bms?.credentials.password ?? ''

/** A vault: a program that prints what a file holds, and notes how it was called. */
function vault(text: string): string {
  const tool = join(home, 'vault.mjs')
  writeFileSync(join(home, 'held'), text)
  writeFileSync(
    tool,
    `import { appendFileSync, readFileSync } from 'node:fs'
     const known = Object.keys(process.env).filter(name => name.startsWith('K1CTL_'))
     appendFileSync(${JSON.stringify(join(home, 'calls'))}, JSON.stringify([process.argv.slice(2), known]) + '\\n')
     process.stdout.write(readFileSync(${JSON.stringify(join(home, 'held'))}, 'utf8') + '\\n')`,
  )
  return `'${process.execPath}' '${tool}'`
}

const calls = () =>
  readFileSync(join(home, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

function bms(...more: string[]): string[] {
  const { url = '', username = '', company = '' } = ground.sandbox.systems.bms?.credentials ?? {}
  return ['connect', 'bms', '--url', url, '--username', username, '--company', company, ...more]
}

function everythingKept(): string {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files
    .filter(file => file.name !== 'held')
    .map(file => readFileSync(join(file.parentPath, file.name), 'utf8'))
    .join('\n')
}

describe('--secret-from', () => {
  it.each([
    ['bare', () => password()],
    ['as JSON', () => JSON.stringify({ password: password() })],
  ])('takes the secret %s, keeps the command alone, and runs it again each time', async (_, text) => {
    const { code, stderr } = await k1ctl(bms('--secret-from', `${vault(text())} read '{system} of {tenant}'`))
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('stays in its vault')
    expect(everythingKept()).not.toContain(password())
    expect((await k1ctl(['status', 'bms'])).code).toBe(0)
    expect(calls()).toEqual(Array(2).fill([['read', 'bms of Northwind Dental'], []]))
    const [connection] = JSON.parse((await k1ctl(['connections', '--json'])).stdout)
    expect(connection).toMatchObject({ place: 'command', secretFields: ['password'] })
    expect((await k1ctl(['connections'])).stdout).toContain('secret command')
  })

  it('stays when the connection is made again, and fails with the vault', async () => {
    await k1ctl(bms('--secret-from', vault(password())))
    expect((await k1ctl(['connect', 'bms'])).code).toBe(0)
    writeFileSync(join(home, 'held'), '')
    const { code, stderr, stdout } = await k1ctl(['doctor', '--json'])
    expect(code).not.toBe(0)
    expect(stdout + stderr).toContain('printed nothing')
  })

  it.each([
    ['--password-stdin', ['--password-stdin']],
    ['--keep', ['--keep', 'plain']],
  ])('contradicts %s: exit 2', async (_, more) => {
    expect((await k1ctl(bms('--secret-from', 'op read x', ...more), { stdin: 'x' })).code).toBe(2)
  })

  it('that prints a wrong password: exit 4, without it', async () => {
    const { code, stderr, stdout } = await k1ctl(bms('--secret-from', vault('wrong-and-secret')))
    expect(code).toBe(4)
    expect(stdout + stderr).not.toContain('wrong-and-secret')
  })
})

describe('K1CTL_SECRET_COMMAND', () => {
  it('serves every connection that is made with it, field by field', async () => {
    const env = { K1CTL_SECRET_COMMAND: `${vault(password())} {field}` }
    expect((await k1ctl(bms(), { env })).code).toBe(0)
    expect(calls()).toEqual([[['password'], []]])
    expect(readFileSync(join(home, 'config.json'), 'utf8')).not.toContain('vault.mjs')
    expect((await k1ctl(['status', 'bms'], { env })).code).toBe(0)
    const without = await k1ctl(['status', 'bms'])
    expect(without.stdout + without.stderr).toContain('K1CTL_SECRET_COMMAND, which is not set')
  })
})

describe('a command line', () => {
  it.each([
    ["op read 'op://MSP/my bms/password'", ['op', 'read', 'op://MSP/my bms/password']],
    ['bw get password "a \\"b\\" c"', ['bw', 'get', 'password', 'a "b" c']],
    ["a\\ b ''", ['a b', '']],
    ["sh -c 'pass bms | head -1'", ['sh', '-c', 'pass bms | head -1']],
  ])('%s is words', (line, words) => {
    expect(parseCommand(line)).toEqual(words)
  })

  it.each(['', '  ', 'pass bms | head -1', 'pass $NAME', 'pass `x`', "op 'read", 'a > b', "sh -c 'pass {tenant}'"])(
    'refuses %s: exit 2',
    line => {
      expect(() => parseCommand(line)).toThrow(/^The secret command/)
    },
  )
})

describe('a vault that fails', () => {
  const run = (script: string, deadlineMs = 5_000) =>
    runSecretCommand([process.execPath, '-e', script], {
      env: process.env,
      signal: new AbortController().signal,
      deadlineMs,
    }).then(
      text => text,
      (error: Error) => error.message,
    )

  it.each([
    ['with a code', 'console.log("hush-hush"); console.error("hush-hush"); process.exit(3)', 'ended with 3.'],
    ['without a word', '', 'printed nothing.'],
    ['with too much', 'process.stdout.write("hush-hush".repeat(200000))', 'printed more than 1 MiB.'],
  ])('%s is told without what it printed', async (_, script, sentence) => {
    const message = await run(script)
    expect(message).toContain(sentence)
    expect(message).not.toContain('hush')
  })

  it('by silence is ended after its time', async () => {
    const from = Date.now()
    expect(await run('setInterval(() => {}, 1000)', 500)).toContain('did not answer within 0.5 s.')
    expect(Date.now() - from).toBeLessThan(4_000)
  })

  it('by not being there is told', async () => {
    const options = { env: process.env, signal: new AbortController().signal }
    await expect(runSecretCommand(['no-such-vault'], options)).rejects.toThrow('is not installed here')
  })

  it('is ended by Ctrl-C', async () => {
    const interrupt = new AbortController()
    const options = { env: process.env, signal: interrupt.signal }
    const running = runSecretCommand([process.execPath, '-e', 'setInterval(() => {}, 1000)'], options)
    interrupt.abort()
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' })
  })
})
