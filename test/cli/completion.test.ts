import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entries } from '../../src/cli/entries.ts'
import { buildCommand, commandFile, environment } from '../process/built-command.ts'
import { runIn } from './harness.ts'

let home: string
const names = ["O'Hara & Sons", 'Northwind Dental', 'Northwind East', '$(boom)', 'Plain']

beforeAll(async () => {
  await buildCommand()
  home = mkdtempSync(join(tmpdir(), 'k1ctl-completion-'))
  for (const name of names) expect((await runIn(home, ['tenant', 'add', name])).code).toBe(0)
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
    expect(await described('status', '--tenant', 'Pl')).toEqual(['Plain'])
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
