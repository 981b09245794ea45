import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { buildCommand, runBuilt, start, startShell } from './built-command.ts'

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround()
}, 60_000)
beforeEach(() => ground.reset())
afterAll(() => ground.close())

const shell = (script: string, env: Record<string, string> = {}) => startShell(script, ground.home, { env }).ended

describe('stdout', () => {
  it('may be closed by whoever reads it: no noise, and no failure', async () => {
    const { stdout, stderr } = await shell('k1ctl tenant list --output csv | head -1; echo "$PIPESTATUS"')
    expect(stdout).toBe(',Name,Domains,Connected\r\n0\n')
    expect(stderr).toBe('')
  })

  it.each(['--version', '--help', 'help output', 'systems', 'systems contract graphus'])(
    'may be closed before %s is printed',
    async words => {
      const { stdout, stderr } = await shell(`exec 3>&1; { k1ctl ${words}; echo "$?" >&3; } | true`)
      expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: expect.not.stringMatching(/EPIPE|at .*\.js|Error/) })
    },
  )

  it('may be closed while a change is made: the change is made whole', async () => {
    const words = 'unified-login enable graphus --yes'
    const { stdout } = await shell(`exec 3>&1; { k1ctl ${words} 2>/dev/null; echo "$?" >&3; } | true`)
    expect(stdout).toBe('0\n')
    expect(await ground.writes('graphus')).toHaveLength(1)
  })

  it('that is closed from the start is no failure', async () => {
    const { code, stderr } = await shell('k1ctl tenant list >&-')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it.skipIf(process.platform !== 'linux')('that is full is one: exit 1, and one sentence', async () => {
    const { code, stderr } = await shell('k1ctl tenant list >/dev/full')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: The output could not be written: .*no space left.*\n$/i)
  })

  it('has no colour off a terminal, whatever TERM says', async () => {
    const { stdout } = await runBuilt(['status'], ground.home, {
      env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' },
    })
    expect(stdout).toContain('Northwind Dental')
    expect(stdout).not.toContain('\x1b')
  })

  it('has colours with FORCE_COLOR, and stderr has nothing to say about it', async () => {
    const { stdout, stderr } = await runBuilt(['status', '--quiet'], ground.home, { env: { FORCE_COLOR: '1' } })
    expect(stdout).toContain('\x1b[32mon\x1b[39m')
    expect(stderr).toBe('')
  })

  it('has none in JSON and CSV, even with FORCE_COLOR', async () => {
    for (const format of ['json', 'ndjson', 'csv']) {
      const { stdout } = await runBuilt(['status', '-o', format], ground.home, { env: { FORCE_COLOR: '1' } })
      expect(stdout).not.toContain('\x1b')
    }
  })

  it('has none with NO_COLOR', async () => {
    const { stdout, stderr } = await runBuilt(['status'], ground.home, { env: { NO_COLOR: '1' } })
    expect(stdout + stderr).not.toContain('\x1b')
  })
})

describe('stdin', () => {
  const connect = 'k1ctl connect bms --url http://127.0.0.1:1 --username a --company b'

  it('that is closed holds no password: exit 2, with a hint', async () => {
    const { code, stderr } = await shell(`${connect} --password-stdin <&-`)
    expect(code).toBe(2)
    expect(stderr).toContain('error: stdin held no password.')
    expect(stderr).toContain('hint: ')
  })

  it('that is a folder is none', async () => {
    const { code, stderr } = await shell(`${connect} --password-stdin < .`)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: stdin/m)
  })

  it('is not waited for when nothing is read from it', async () => {
    const { code } = await runBuilt(['tenant', 'list'], ground.home, { stdin: 'open' })
    expect(code).toBe(0)
  })

  it('is no longer waited for after Ctrl-C: exit 130', async () => {
    const words = ['connect', 'bms', '--url', 'http://127.0.0.1:1', '--username', 'a', '--company', 'b']
    const k1ctl = start([...words, '--password-stdin'], ground.home, { stdin: 'open' })
    await k1ctl.says(/BMS is reached by/)
    await new Promise(resolve => setTimeout(resolve, 150))
    k1ctl.kill('SIGINT')
    const { code, stderr } = await k1ctl.ended
    expect(code).toBe(130)
    expect(stderr).toContain('cancelled:')
  })
})

describe('without a terminal nothing is asked', () => {
  it.each([
    ['a change', ['unified-login', 'enable', 'graphus'], 2, '--yes'],
    [
      'a password',
      ['connect', 'bms', '--url', 'http://127.0.0.1:1', '--username', 'a', '--company', 'b'],
      2,
      '--password-stdin',
    ],
    ['a setting', ['connect', 'scim', '--name', 'zoom'], 4, '--url'],
    ['a secret of what is connected', ['connect', 'graphus'], 2, '--password-stdin'],
    ['a tenant to use', ['tenant', 'use'], 2, 'k1ctl tenant use NAME'],
    ['a removal', ['tenant', 'remove', 'Old Mill Dairy'], 2, '--yes'],
    ['a default', ['jit', 'defaults', 'set', 'bms'], 2, '--department'],
  ])('%s ends with a hint', async (_, words, exit, hint) => {
    // A pipe that nobody writes to: whoever read an answer from it would hang.
    const { code, stderr, stdout } = await runBuilt(words, ground.home, { stdin: 'open' })
    expect(code).toBe(exit)
    expect(stdout).toBe('')
    expect(stderr.split('hint:')[1]).toContain(hint)
    for (const system of ['bms', 'graphus']) expect(await ground.writes(system)).toEqual([])
  })

  it('neither is a tenant: exit 4 with the names, as facts too', async () => {
    const other = await openGround('demo', 'no tenant is chosen')
    try {
      const { code, stdout, stderr } = await runBuilt(['status', '--json'], other.home, { env: { CI: '1' } })
      expect(code).toBe(4)
      expect(stderr).toContain('Zenith Tax Advisers')
      const { error } = JSON.parse(stdout)
      expect(error).toMatchObject({ kind: 'no-tenant', exitCode: 4 })
      expect(error.tenants).toHaveLength(40)
    } finally {
      await other.close()
    }
  })
})
