import { describe, expect, it } from 'vitest'
import { entries } from '../../src/cli/entries.ts'
import { optionSynonymOf, synonymOf } from '../../src/cli/synonyms.ts'
import { runIn } from './harness.ts'

const k1ctl = (...words: string[]) => runIn('/nowhere/k1ctl', words)

describe('a word of other tools', () => {
  it.each([
    [['login'], 'k1ctl connect <system>'],
    [['auth', 'status'], 'k1ctl connections shows how each system is signed in to'],
    [['version'], 'k1ctl --version'],
    [['logout'], 'k1ctl disconnect <system>'],
    [['whoami'], 'k1ctl connections shows'],
    [['list'], 'k1ctl tenant list'],
    [['undo'], 'k1ctl runs undo last'],
  ])('%j is told what it is here', async (words, hint) => {
    const { code, stdout, stderr } = await k1ctl(...words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`Unknown command '${words[0]}'.\nhint: ${hint}`)
  })

  it.each([
    ['-q', '--quiet, or --jq'],
    ['--verbose', '--debug shows each request'],
    ['--token=s3cret', 'Secrets are never on a command line'],
  ])('%s is told what it is here, and its value is not repeated', async (option, hint) => {
    const { code, stderr } = await k1ctl('tenant', 'list', option)
    expect(code).toBe(2)
    expect(stderr).toContain(`hint: ${hint}`)
    expect(stderr).toContain('usage: k1ctl tenant list [options]')
    expect(stderr).not.toContain('s3cret')
  })

  it('with a line end in it is no hint', async () => {
    const { code, stderr } = await k1ctl('worker', '--log', 'a\n✓ proved')
    expect(code).toBe(2)
    expect(stderr).toContain("argument 'a␊✓ proved' is invalid")
    expect(stderr).toContain('hint: See k1ctl worker --help.')
  })

  it('is no command, and leads to some', () => {
    for (const word of ['auth', 'login', 'logout', 'version', 'whoami', 'list', 'ls', 'log', 'verify', 'report']) {
      expect(entries.map(e => e.name)).not.toContain(word)
      const named = [...(synonymOf(word) ?? '').matchAll(/k1ctl ([a-z][a-z-]+)/g)].map(([, name]) => name)
      for (const name of named) expect(entries.map(e => e.name)).toContain(name)
    }
    expect([synonymOf('constructor'), optionSynonymOf('toString')]).toEqual([undefined, undefined])
  })
})

describe('options before the command', () => {
  it.each([[['--json', 'systems']], [['-o', 'json', 'systems']], [['--output=json', '--no-pager', 'systems']]])(
    'are taken: %j',
    async words => {
      const { code, stdout } = await k1ctl(...words)
      expect(code).toBe(0)
      expect(JSON.parse(stdout).length).toBeGreaterThan(5)
    },
  )

  it('that only one command has are shown where they belong', async () => {
    const { code, stderr } = await k1ctl('--limit', '5', 'runs', 'list')
    expect(code).toBe(2)
    expect(stderr).toContain('hint: Options of a command stand behind it: k1ctl runs … --limit\n')
  })
})

describe('a call that is off', () => {
  it.each([
    [['status', '--frob'], 'k1ctl status [options] [systems...]'],
    [['runs', 'show'], 'k1ctl runs show [options] <run>'],
    [['runs', 'list', '--limit'], 'k1ctl runs list [options]'],
    [['tenant', 'lst'], 'k1ctl tenant [options] [command]'],
    [['status', '--output', 'yaml'], 'k1ctl status [options] [systems...]'],
  ])('%j is told how it is made', async (words, usage) => {
    const { code, stderr } = await k1ctl(...words)
    expect(code).toBe(2)
    expect(stderr).toContain(`usage: ${usage}`)
  })
})
