import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entries } from '../../src/cli/entries.ts'
import { buildCommand, commandFile, environment } from '../process/built-command.ts'
import { type Ground, openGround, runIn } from './harness.ts'
import { smallWorld } from './small-world.ts'

let home: string
const names = ["O'Hara & Sons", 'Northwind Dental', 'Northwind East', '$(boom)', 'Plain']

beforeAll(async () => {
  await buildCommand()
  home = mkdtempSync(join(tmpdir(), 'k1ctl-completion-'))
  for (const name of names) {
    const domain = name === 'Plain' ? ['--domain', 'plain.example'] : []
    expect((await runIn(home, ['tenant', 'add', name, ...domain])).code).toBe(0)
  }
  const k1ctl = join(home, 'k1ctl')
  writeFileSync(k1ctl, `#!/bin/sh\nexec "${process.execPath}" "${commandFile}" "$@"\n`)
  chmodSync(k1ctl, 0o755)
}, 60_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

async function candidates(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runIn(home, ['completion', 'candidates', '--', ...words])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.split('\n').filter(Boolean)
}

describe('candidates', () => {
  it.each([
    ['nothing', [''], entries.map(e => e.name)],
    ['the beginning of a command', ['un'], ['unlock', 'unified-login']],
    ['an option before the command', ['--json', '--tenant', 'Plain', 'un'], ['unlock', 'unified-login']],
    ['the value of an option before the command', ['--tenant', 'Pl'], ['Plain']],
    ['options before the command', ['--t'], ['--tenant', '--timeout', '--template']],
    ['a module that alone is wanted', ['posture', 'check', '--only', 'gr'], ['graphus']],
    [
      'the values of a setting',
      ['connect', 'microsoft-365', '--set', 'licences='],
      ['licences=keep', 'licences=remove'],
    ],
    ['a setting of k1ctl', ['config', 'set', 'tim'], ['timeout']],
    ['the values of one', ['config', 'set', 'color', ''], ['auto', 'always', 'never']],
    ['a zone', ['offboard', '--zone', 'Europe/Berl'], ['Europe/Berlin']],
    ['options of the root', ['--v'], ['--version']],
    ['a group', ['tenant', 'r'], ['rename', 'remove']],
    ['a group in a group', ['jit', 'defaults', ''], ['show', 'set', 'options']],
    ['no such command', ['frob', ''], []],
    ['a module', ['jit', 'enable', 'd'], ['datto-partner-portal']],
    ['a module, after an option with a value', ['jit', 'enable', '--tenant', 'Plain', 'gr'], ['graphus']],
    ['a module, after a flag', ['jit', 'enable', '--yes', 'gr'], ['graphus']],
    ['an option', ['status', '--all'], ['--all-tenants']],
    ['an option in a group', ['tenant', '--h'], ['--help']],
    ['choices of an option', ['status', '--output', ''], ['table', 'json', 'ndjson', 'csv']],
    ['choices, short', ['status', '-o', 'j'], ['json']],
    ['choices, after =', ['status', '--output=nd'], ['--output=ndjson']],
    ['a place', ['connect', 'bms', '--keep', 's'], ['sealed']],
    ['a seed', ['sandbox', 'start', '--seed', ''], ['demo', 'empty']],
    ['a tenant', ['status', '--tenant', 'nor'], ['Northwind Dental', 'Northwind East']],
    ['a tenant, short', ['status', '-t', 'Pl'], ['Plain']],
    ['a tenant, after =', ['status', '--tenant=Pl'], ['--tenant=Plain']],
    ['a tenant, after = as bash splits it', ['status', '--tenant', '=', 'Pl'], ['Plain']],
    ['a tenant, right after = in bash', ['status', '--tenant', '='], names],
    ['a tenant in quotes', ['status', '--tenant', "'Northwind D"], ['Northwind Dental']],
    ['a tenant in double quotes', ['status', '--tenant', '"O\'H'], ["O'Hara & Sons"]],
    ['a tenant with a backslash', ['status', '--tenant', 'Northwind\\ D'], ['Northwind Dental']],
    ['the name of a tenant', ['tenant', 'use', 'P'], ['Plain']],
    ['no second name', ['tenant', 'rename', 'Plain', ''], []],
    ['a contract', ['systems', ''], ['contract']],
    ['what has a contract', ['systems', 'contract', 'b'], []],
    ['a run', ['runs', 'show', ''], ['last']],
    ['a shell', ['completion', ''], ['bash', 'zsh', 'fish', 'powershell']],
    ['a topic', ['help', 'exit'], ['exit-codes']],
    ['a command in help', ['help', 'jit', 'defaults', 'o'], ['options']],
    ['a value that nobody knows', ['connect', 'bms', '--url', ''], []],
  ])('after %s', async (_, words, expected) => {
    expect(await candidates(...words)).toEqual(expected)
  })

  it('of systems are all of them where all are meant, several times over', async () => {
    expect(await candidates('connect', '')).toContain('kaseyaone')
    expect(await candidates('status', 'bms', 'graphus', 'd')).toContain('datto-partner-portal')
  })

  it('are fewer, and no failure, over a broken configuration', async () => {
    const broken = mkdtempSync(join(tmpdir(), 'k1ctl-completion-'))
    writeFileSync(join(broken, 'config.json'), '{')
    const words = ['completion', 'candidates', '--', 'status', '--tenant', '']
    expect(await runIn(broken, words)).toEqual({ code: 0, stdout: '', stderr: '' })
    rmSync(broken, { recursive: true, force: true })
  })
})

const has = (shell: string, ...args: string[]) => spawnSync(shell, args, { stdio: 'ignore' }).status === 0
const run = (shell: string, script: string) =>
  promisify(execFile)(shell, shell === 'bash' ? ['--norc', '-c', script] : ['-c', script], {
    env: { ...environment(home), PATH: `${home}:${process.env.PATH}` },
  })

describe('the script for bash', () => {
  /** What bash would put in, for a command line that is typed so far; words as bash splits them. */
  async function complete(words: string[]): Promise<string[]> {
    const quoted = words.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
    const script = `source <(k1ctl completion bash)
      COMP_WORDS=(${quoted}) COMP_CWORD=${words.length - 1}
      $(complete -p k1ctl | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
      [ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = await run('bash', script)
    expect(stderr).toBe('')
    return stdout.split('\n').filter(Boolean)
  }

  it.skipIf(!has('bash', '--version'))(
    'completes commands, and names with spaces so that they stay one word',
    async () => {
      expect(await complete(['k1ctl', 'un'])).toEqual(['unlock', 'unified-login'])
      expect(await complete(['k1ctl', 'status', '--tenant', 'North'])).toEqual([
        'Northwind\\ Dental',
        'Northwind\\ East',
      ])
      expect(await complete(['k1ctl', 'status', '--tenant', "'North"])).toEqual(['Northwind Dental', 'Northwind East'])
      expect(await complete(['k1ctl', 'status', '--tenant', '=', 'North'])).toHaveLength(2)
      expect(await complete(['k1ctl', 'frob', ''])).toEqual([])
    },
  )

  it.skipIf(!has('bash', '--version'))(
    'gives back words that the shell reads as the name, and runs nothing',
    async () => {
      for (const name of ["O'Hara & Sons", '$(boom)']) {
        const [word = ''] = await complete(['k1ctl', 'tenant', 'use', name.slice(0, 1)])
        const { stdout, stderr } = await run('bash', `printf '%s' ${word}`)
        expect({ stdout, stderr }).toEqual({ stdout: name, stderr: '' })
      }
    },
  )
})

describe('candidates of what this machine knows', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(smallWorld('first'))
    const made = await ground.k1ctl(['offboard', 'grace.palmer@northwind-dental.example', '--yes', '--json'])
    expect([0, 3]).toContain(made.code)
    await ground.k1ctl(['protect', 'add', 'svc-sync', '--reason', 'directory sync'])
    await ground.k1ctl(['alias', 'set', 'leaver', 'offboard $1 --only $2'])
  }, 60_000)
  afterAll(() => ground.close())
  const described = async (...words: string[]) =>
    (await ground.k1ctl(['completion', 'described', '--', ...words])).stdout.split('\n').filter(Boolean)

  it('are people who are protected, and those of the last runs; no system is asked', async () => {
    const before = await ground.calls('kaseyaone')
    expect(await described('offboard', '')).toEqual([
      'svc-sync   protected: directory sync',
      expect.stringMatching(/^grace\.palmer@northwind-dental\.example {3}[a-z]+ in \d{8}-\d{6}-\w{4}$/),
    ])
    expect(await described('people', 'find', 'gra')).toHaveLength(1)
    expect(await described('require-log-in', 'enable', 'bms', '--except', 'svc')).toHaveLength(1)
    expect(await ground.calls('kaseyaone')).toEqual(before)
  })

  it('are runs, with how they ended and about whom', async () => {
    const [last, run] = await described('runs', 'show', '')
    expect(last).toBe('last   the newest run')
    expect(run).toMatch(/^\S+ {3}[a-z]+: grace\.palmer@northwind-dental\.example$/)
  })

  it('are aliases, and what may follow them', async () => {
    expect(await described('lea')).toEqual(['leaver   k1ctl offboard $1 --only $2'])
    expect(await described('alias', 'delete', '')).toEqual(['leaver   k1ctl offboard $1 --only $2'])
    expect(await described('leaver', '--dry')).toEqual(['--dry-run   show before and after, change nothing'])
  })
})

/** What a shell offers, typed into a real one. */
describe('a real shell offers candidates with what they are', () => {
  it.skipIf(!has('fish', '--version'))('fish', async () => {
    const script = `k1ctl completion fish | source; complete -C 'k1ctl tenant use Pl'; complete -C 'k1ctl orph'`
    const { stdout } = await run('fish', script)
    expect(stdout).toMatch(/^Plain\tplain\.example\norphans\twho is still active/)
  })

  it.skipIf(!has('zsh', '--version'))('zsh', async () => {
    // compadd tells what it was given; the rest of zsh's line editor needs a person.
    const script = `compdef() { :; }; compadd() { print -rl -- "\${(@P)3}"; print -rl -- "\${(@P)5}" }
      source <(k1ctl completion zsh); words=(k1ctl tenant use Pl) CURRENT=4; _k1ctl`
    const { stdout } = await run('zsh', script)
    expect(stdout.split('\n').filter(Boolean)).toEqual(['Plain   plain.example', 'Plain'])
  })
})

describe.each([
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const)('the script for %s', (shell, check) => {
  const installed = has(shell, '--version')
  if (!installed) console.warn(`${shell} is not installed: its script is only looked at.`)

  it('is one that the shell can read', async () => {
    const { stdout, code } = await runIn(home, ['completion', shell])
    expect(code).toBe(0)
    expect(stdout).toMatch(/k1ctl completion (candidates|described) --/)
    if (!installed) return
    const file = join(home, `completion.${shell}`)
    writeFileSync(file, stdout)
    await promisify(execFile)(shell, [...check, file])
  })
})

it('the script for PowerShell registers a completer', async () => {
  const { stdout } = await runIn(home, ['completion', 'PowerShell'])
  expect(stdout).toContain('Register-ArgumentCompleter -Native -CommandName k1ctl')
})

describe('candidates that are described', () => {
  const described = async (...words: string[]) =>
    (await runIn(home, ['completion', 'described', '--', ...words])).stdout.split('\n').filter(Boolean)

  it('tell of each command and option what it is, behind three spaces', async () => {
    expect(await described('orph')).toEqual([expect.stringMatching(/^orphans {3}who is still active /)])
    expect(await described('offboard', '--dry')).toEqual(['--dry-run   show before and after, change nothing'])
    expect(await described('status', '--tenant', 'Pl')).toEqual(['Plain   plain.example'])
    expect(await described('help', 'exit')).toEqual(['exit-codes   what each exit code means'])
    expect(await described('jit', 'defaults', 'o')).toEqual([expect.stringMatching(/^options {3}\w/)])
  })

  it('are systems after an option that takes one, and keys of settings after --set', async () => {
    expect(await described('offboard', '--only', 'graph')).toEqual(['graphus   Graphus'])
    expect(await candidatesOf('connect', 'bms', '--set', '')).toEqual(['url=', 'username=', 'company='])
    expect(await candidatesOf('explain', 'micro')).toEqual(['microsoft-365'])
  })

  it.each(['zsh', 'fish'])('are what the script for %s asks for, and takes apart', async shell => {
    const { stdout } = await runIn(home, ['completion', shell])
    expect(stdout).toContain('completion described --')
    expect(stdout).toContain('   ')
    expect(stdout).not.toContain('␉')
  })

  const candidatesOf = async (...words: string[]) =>
    (await runIn(home, ['completion', 'candidates', '--', ...words])).stdout.split('\n').filter(Boolean)
})
