import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optionsLast } from '../../src/cli/options-last.ts'
import { type Ground, openGround } from '../cli/harness.ts'
import { buildCommand, runBuilt } from './built-command.ts'

let ground: Ground
let empty: string
beforeAll(async () => {
  await buildCommand()
  ground = await openGround()
  empty = mkdtempSync(join(tmpdir(), 'k1ctl-usage-'))
}, 60_000)
afterAll(async () => {
  rmSync(empty, { recursive: true, force: true })
  await ground.close()
})

describe('a call that is wrong', () => {
  it.each([
    ['an unknown command', ['nosuchcommand'], "Unknown command 'nosuchcommand'.", 'See k1ctl --help.'],
    ['one letter off', ['statsu'], "Unknown command 'statsu'.", 'Did you mean status?'],
    ['a group, one letter off', ['tenat', 'list'], "Unknown command 'tenat'.", 'Did you mean tenant?'],
    ['a verb, one letter off', ['tenant', 'lst'], "Unknown command 'lst'.", 'Did you mean list'],
    [
      'an unknown verb',
      ['jit', 'defaults', 'frobnicate'],
      "Unknown command 'frobnicate'.",
      'See k1ctl jit defaults --help.',
    ],
    ['a group alone', ['runs'], 'k1ctl runs needs one of: list, show, resume, verify', 'See k1ctl runs --help.'],
    ['an unknown option', ['status', '--frob'], "Unknown option '--frob'.", 'See k1ctl status --help.'],
    ['an option, one letter off', ['status', '--tenat', 'x'], "Unknown option '--tenat'.", 'Did you mean --tenant?'],
    ['an option before no command', ['--quiet'], "Unknown option '--quiet'.", 'See k1ctl'],
    ['what another tool calls it', ['login'], "Unknown command 'login'.", 'k1ctl connect <system>'],
    ['two words of another tool', ['auth', 'status'], "Unknown command 'auth'.", 'k1ctl connections'],
    ['a word for many lists', ['list'], "Unknown command 'list'.", 'k1ctl tenant list'],
    ['the version as a word', ['version'], "Unknown command 'version'.", 'k1ctl --version'],
    ['a missing argument', ['connect'], 'No system is named.', 'Name one: k1ctl connect bms | graphus'],
    [
      'a missing value',
      ['status', '--tenant'],
      "Option '-t, --tenant <name>' argument missing.",
      'See k1ctl status --help.',
    ],
    ['one word too many', ['tenant', 'add', 'A', 'B'], 'Too many arguments', 'See k1ctl tenant add --help.'],
    ['a value that is no choice', ['status', '-o', 'xml'], "argument 'xml' is invalid", 'See k1ctl status --help.'],
    ['an unknown system', ['connect', 'grafus'], 'There is no system called grafus.', 'Did you mean graphus?'],
    ['a module without an API', ['connect', 'autotask'], 'Autotask publishes no API', 'See k1ctl systems.'],
    [
      'an unknown topic',
      ['help', 'secretz'],
      'There is no command and no topic called secretz.',
      'Did you mean secrets?',
    ],
    [
      'an unknown verb in help',
      ['help', 'jit', 'defalts'],
      'There is no command jit defalts.',
      'Did you mean defaults?',
    ],
    ['an unknown shell', ['completion', 'tcsh'], 'There is no completion for tcsh.', 'bash, zsh, fish, powershell'],
    ['a port that is none', ['sandbox', 'start', '--port', '99999'], '--port takes a whole number from 0 to 65535', ''],
    [
      'a seed that is none',
      ['sandbox', 'start', '--seed', '/nowhere.json'],
      'The seed /nowhere.json cannot be used',
      '',
    ],
    ['an empty argument', ['tenant', 'add', ''], 'The name is missing.', ''],
  ])('(%s) exits 2 and says what would be right', async (_, words, sentence, hint) => {
    const { code, stdout, stderr } = await runBuilt(words, empty)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    const [error = '', next = ''] = stderr.split('\n')
    expect(error).toContain(sentence)
    expect(error).toMatch(/^error: .*[^.]\.$/)
    if (hint) expect(next).toContain(`hint: `)
    expect(next).toContain(hint)
  })
})

describe('a wrong option', () => {
  it('is told with how the command is called', async () => {
    const { stderr } = await runBuilt(['status', '--frob'], empty)
    expect(stderr).toMatch(/\nusage: k1ctl status \[options\] \[systems\.\.\.\]\n$/)
  })
})

describe('options before the command', () => {
  it.each([
    [
      ['--tenant', 'North Wind', 'status', 'bms'],
      ['status', 'bms', '--tenant', 'North Wind'],
    ],
    [
      ['status', '--json', 'bms', '-t', 'A'],
      ['status', '--json', 'bms', '-t', 'A'],
    ],
    [
      ['--output=csv', 'orphans', '--', '-x'],
      ['orphans', '--output=csv', '--', '-x'],
    ],
    [
      ['runs', 'attest', 'last', 'x', '--note', '--json'],
      ['runs', 'attest', 'last', 'x', '--note', '--json'],
    ],
    [['--quiet'], ['--quiet']],
    [
      ['--frob', 'status'],
      ['--frob', 'status'],
    ],
    [[], []],
  ])('%j are %j', (typed, meant) => {
    expect(optionsLast(typed)).toEqual(meant)
    // Once more changes nothing: a command may call another.
    expect(optionsLast(meant)).toEqual(meant)
  })

  it('count as if they stood behind it', async () => {
    const { code, stdout } = await runBuilt(['--json', 'tenant', 'list'], empty)
    expect({ code, list: JSON.parse(stdout) }).toEqual({ code: 0, list: [] })
  })
})

describe('a failure under --json', () => {
  it.each([
    ['usage', ['connect', 'grafus', '--json'], 2],
    ['usage', ['nosuchcommand', '--json'], 2],
    ['usage', ['status', '--frob', '--output', 'json'], 2],
    ['usage', ['status', '--frob', '-o', 'json'], 2],
    ['usage', ['status', '--json', '-o', 'csv'], 2],
    ['no-tenant', ['status', '--json'], 4],
    ['no-tenant', ['tenant', 'show', 'Nobody', '--json'], 4],
    ['no-tenant', ['tenant', 'use', 'Nobody', '--json'], 4],
    ['no-tenant', ['tenant', 'rename', 'Nobody', 'Somebody', '--json'], 4],
    ['no-tenant', ['tenant', 'remove', 'Nobody', '--json'], 4],
    ['no-tenant', ['connections', '--tenant', 'Nobody', '--json'], 4],
    ['no-tenant', ['doctor', '--tenant', 'Nobody', '--json'], 4],
    ['usage', ['runs', 'show', '20200101-000000-0000', '--json'], 2],
  ])('(%s) is the object that k1ctl help output shows: %s', async (kind, words, exit) => {
    const { code, stdout, stderr } = await runBuilt(words, empty)
    expect(code).toBe(exit)
    const { error } = JSON.parse(stdout)
    expect(error).toMatchObject({ kind, exitCode: exit, message: expect.any(String) })
    expect(error).toHaveProperty('hint')
    expect(stderr).toContain(error.message)
  })

  it('is one line under --output ndjson', async () => {
    const { stdout } = await runBuilt(['status', '--output', 'ndjson'], empty)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout).error.kind).toBe('no-tenant')
  })

  it('is not printed for a --json that is no option', async () => {
    const { stdout } = await runBuilt(['tenant', 'show', '--', '--json'], empty)
    expect(stdout).toBe('')
  })
})

describe('the table of exit codes', () => {
  it('is what k1ctl help exit-codes prints', async () => {
    const { stdout } = await runBuilt(['help', 'exit-codes'], empty)
    expect([...stdout.matchAll(/^ *(\d+) {2}/gm)].map(([, code]) => Number(code))).toEqual([0, 1, 2, 3, 4, 5, 130])
  })

  it.each([
    [0, ['tenant', 'list']],
    [0, ['unified-login', 'enable', 'bms']],
    [1, ['deprovisioning', 'enable', 'graphus', '--yes']],
    [2, ['unified-login', 'enable', 'graphus']],
    [3, ['unified-login', 'disable', 'bms', '--yes', '--tenant', 'Sandpiper Hotels']],
    [4, ['status', '--tenant', 'Nobody']],
    [5, ['unified-login', 'enable', 'graphus', '--dry-run', '--exit-code']],
    [0, ['unified-login', 'enable', 'graphus', '--dry-run']],
  ])('%i: k1ctl %j', async (exit, words) => {
    const { code, stdout, stderr } = await runBuilt(words, ground.home)
    expect({ code, said: stdout + stderr }).toEqual({ code: exit, said: expect.stringMatching(/.+/) })
  })

  it('needs no configuration for --version, which prints the version of the package', async () => {
    const { readFileSync } = await import('node:fs')
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'))
    for (const words of [['--version'], ['-V']]) {
      expect(await runBuilt(words, empty)).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
    }
  })
})
