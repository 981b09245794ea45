import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { demoWorld } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'
import { smallWorld } from './small-world.ts'

/** No secret leaves, whatever is said, shown, logged or written down. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first', 'everythingOn', 'notAdmin'))
})
afterAll(() => ground.close())

function secretsOfTheSandbox(): string[] {
  const kept = ground.sandbox.tenants.flatMap(t => Object.values(t.connections).flatMap(c => Object.values(c.secrets)))
  const operators = demoWorld().operators.map(o => o.password)
  return [...new Set([...kept, ...operators])]
}

/** As a secret may look after something was done to it. */
function shapesOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]
}

const own = 'k1ctl-api@northwind-dental.example'
const breakGlass = 'amy.breakglass@northwind-dental.example'
const commands: { words: string[]; env?: Record<string, string> }[] = [
  { words: ['connections', '--json'] },
  { words: ['tenant', 'list', '--json'] },
  { words: ['doctor'] },
  { words: ['status', '--all-tenants', '--json'] },
  { words: ['unified-login', 'enable', 'graphus', '--yes'] },
  { words: ['require-log-in', 'enable', 'bms', '--except', own, '--except', breakGlass, '--yes', '--json'] },
  { words: ['jit', 'defaults', 'set', 'bms', '--department', 'Finance', '--dry-run', '--json'] },
  { words: ['jit', 'defaults', 'options', 'bms', '--output', 'csv'] },
  { words: ['deprovisioning', 'enable', 'graphus', '--all-tenants', '--yes'] },
  { words: ['access-groups', 'list', 'bms'] },
  { words: ['require-log-in', 'exceptions', 'list', 'dpp', '--json'] },
  { words: ['runs', 'list', '--json'] },
  { words: ['runs', 'show', 'last', '--json'] },
  { words: ['runs', 'verify', 'last'] },
  { words: ['jit', 'show', 'bms'], env: { K1CTL_BMS_PASSWORD: 'Wrong&Secret+77%' } },
  { words: ['jit', 'show', 'graphus'], env: { K1CTL_GRAPHUS_PASSWORD: 'Wrong&Secret+77%' } },
  { words: ['jit', 'show', 'bms'], env: { K1CTL_BMS_URL: 'http://user:Wrong&Secret+77%@bms.example' } },
]

it('is not in what many commands print, not even with --debug', async () => {
  const secrets = [...secretsOfTheSandbox(), 'Wrong&Secret+77%']
  expect(secrets.length).toBeGreaterThan(7)
  const debuggable = (words: string[]) =>
    ['connections', 'tenant'].includes(words[0] ?? '') ? words : [...words, '--debug']
  let debugged = 0
  for (const { words, env = {} } of commands) {
    const { stdout, stderr } = await ground.k1ctl(debuggable(words), { env })
    debugged += stderr.match(/debug: (GET|POST|PUT|PATCH)/g)?.length ?? 0
    for (const secret of secrets) {
      for (const shape of shapesOf(secret)) {
        expect(stdout.includes(shape), `${words.join(' ')} printed ${shape}`).toBe(false)
        expect(stderr.includes(shape), `${words.join(' ')} said ${shape}`).toBe(false)
      }
    }
  }
  expect(debugged).toBeGreaterThan(50)
})

it('is not in --debug when a system sends it back in an error', async () => {
  const password = ground.sandbox.systems.bms?.credentials.password ?? ''
  expect(password).not.toBe('')
  await ground.fault('bms', { path: 'authenticate', error: { Code: 401, Message: `Bad password ${password}` } })
  const ran = await ground.k1ctl(['jit', 'show', 'bms', '--json', '--debug'])
  expect(ran.code).toBe(4)
  expect(ran.stderr).toContain('Bad password [secret]')
  expect(ran.stdout).toContain('Bad password [secret]')
  expect(`${ran.stdout}${ran.stderr}`).not.toContain(password)
})

it('is in no file of the home but the one that was asked for by name, and no file is for others to read', () => {
  const files = readdirSync(ground.home, { recursive: true, encoding: 'utf8' })
    .map(name => join(ground.home, name))
    .filter(path => statSync(path).isFile())
  expect(files.filter(path => path.endsWith('.jsonl')).length).toBeGreaterThan(1)
  const secrets = secretsOfTheSandbox()
  const holding = files.filter(path => {
    const text = readFileSync(path, 'utf8')
    return secrets.some(secret => shapesOf(secret).some(shape => text.includes(shape)))
  })
  expect(holding.map(path => path.slice(ground.home.length))).toEqual([
    expect.stringMatching(/secrets[\\/]plain\.json$/),
  ])
  if (process.platform !== 'win32') {
    for (const path of files) expect(statSync(path).mode & 0o077, path).toBe(0)
  }
})
