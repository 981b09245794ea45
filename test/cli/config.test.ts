import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { preferenceFields } from '../../src/core/preferences.ts'
import { type RunOptions, runIn } from './harness.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'k1ctl-config-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const k1ctl = (words: string[], options?: RunOptions) => runIn(home, words, options)
const held = async (key: string, more: string[] = [], options?: RunOptions) =>
  JSON.parse((await k1ctl(['config', 'get', key, '--json', ...more], options)).stdout)

describe('a setting', () => {
  it('comes from the call, else the environment, else what is preferred, else the default', async () => {
    expect(await held('timeout')).toMatchObject({ value: '30', from: 'default', source: null, default: '30' })
    expect((await k1ctl(['config', 'set', 'timeout', '60'])).stderr).toBe('timeout is 60 from now on.\n')
    const path = join(home, 'preferences.json')
    expect(await held('timeout')).toMatchObject({ value: '60', from: 'preference', source: path })
    const env = { K1CTL_TIMEOUT: '7' }
    expect(await held('timeout', [], { env })).toMatchObject({
      value: '7',
      from: 'environment',
      source: 'K1CTL_TIMEOUT',
    })
    const typed = await held('timeout', ['--timeout', '5'], { env })
    expect(typed).toMatchObject({ value: '5', from: 'option', source: '--timeout' })
    expect((await k1ctl(['config', 'unset', 'timeout'])).stderr).toBe('timeout is no longer 60.\n')
    expect((await k1ctl(['config', 'get', 'timeout'])).stdout).toBe('30\n')
    expect((await k1ctl(['config', 'path'])).stdout).toBe(`${path}\n`)
  })

  it('is told to be weaker than a variable that is set', async () => {
    const { code, stderr } = await k1ctl(['config', 'set', 'zone', 'UTC'], { env: { K1CTL_ZONE: 'Europe/Berlin' } })
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'zone is UTC from now on.\n! K1CTL_ZONE is set here, and wins over it.\n',
    })
  })

  it('of each kind has a row, with those that commands of their own choose', async () => {
    await k1ctl(['tenant', 'add', 'Northwind Dental'])
    await k1ctl(['tenant', 'use', 'Northwind Dental'])
    const rows = JSON.parse((await k1ctl(['config', '--json'])).stdout)
    const keys = rows.map((row: { key: string }) => row.key)
    expect(keys).toEqual([...preferenceFields.map(f => f.key), 'tenant', 'store', 'home'])
    expect(rows).toContainEqual(
      expect.objectContaining({ key: 'tenant', value: 'Northwind Dental', from: 'chosen', source: 'k1ctl tenant use' }),
    )
    expect(rows).toContainEqual(expect.objectContaining({ key: 'home', value: home, source: 'K1CTL_HOME' }))
    expect(rows).toContainEqual(expect.objectContaining({ key: 'color', value: 'never', source: 'NO_COLOR' }))
  })

  it.each([
    [['set', 'timeout', 'soon'], 'timeout takes a whole number from 1 to 3600, not "soon".'],
    [['set', 'concurrency', '65'], 'from 1 to 64'],
    [['set', 'output', 'yaml'], 'output is one of table, json, ndjson, csv, not "yaml".'],
    [['set', 'zone', 'Mars'], 'There is no time zone called "Mars".'],
    [['set', 'ca-file', '/nowhere.pem'], '/nowhere.pem'],
    [['set', 'secret-command', "op read 'open"], 'has a quote without its end'],
    [['set', 'timeot', '5'], 'There is no setting timeot.'],
    [['get', 'timeot'], 'Did you mean timeout?'],
    [['set', 'tenant', 'X'], 'hint: k1ctl tenant use NAME'],
    [['unset', 'constructor'], 'There is no setting constructor.'],
  ])('is refused: %j', async (words, said) => {
    const { code, stderr } = await k1ctl(['config', ...words])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) })
    expect((await k1ctl(['config', 'unset', 'timeout', '--json'])).stdout).toContain('"was": null')
  })
})

describe('what is preferred', () => {
  it('is how lists are printed, and never how a change is told', async () => {
    await k1ctl(['tenant', 'add', 'Northwind Dental'])
    await k1ctl(['config', 'set', 'output', 'ndjson'])
    expect((await k1ctl(['tenant', 'list'])).stdout).toMatch(/^\{"name":"Northwind Dental".*\}\n$/)
    expect((await k1ctl(['tenant', 'list', '--output', 'csv'])).stdout).toMatch(/^,Name,/)
    expect((await k1ctl(['tenant', 'list', '--json'])).stdout).toMatch(/^\[\n/)
    expect((await k1ctl(['tenant', 'list', '--jq', '.[0].name'])).stdout).toBe('Northwind Dental\n')
    const { stdout, stderr } = await k1ctl(['tenant', 'add', 'Other'])
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: expect.stringContaining('Added Other.') })
    const wrong = await k1ctl(['tenant', 'list'], { env: { K1CTL_OUTPUT: 'yaml' } })
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('K1CTL_OUTPUT takes table, json') })
  })

  it('reaches what the environment reaches', async () => {
    await k1ctl(['config', 'set', 'color', 'always'])
    const env = { NO_COLOR: '' }
    expect((await k1ctl(['frob'], { env })).stderr).toContain('\u001b[31merror:')
    expect((await k1ctl(['frob'])).stderr).toMatch(/^error:/)
  })

  it('is said to be broken where it is, with what to do', async () => {
    for (const text of ['{', '[]', '{"settings": {}, "aliases": {"a": 1}}']) {
      writeFileSync(join(home, 'preferences.json'), text)
      const { code, stderr } = await k1ctl(['tenant', 'list'])
      expect(code).toBe(1)
      expect(stderr).toContain('preferences.json is not as k1ctl wrote it.')
      expect(stderr).toContain('hint: Mend it, or remove it')
      expect((await k1ctl(['--help'])).code).toBe(0)
    }
  })

  it('loses nothing of two at once', async () => {
    const keys = ['timeout', 'concurrency'] as const
    await Promise.all([
      ...keys.map(key => k1ctl(['config', 'set', key, '9'])),
      ...['a', 'b', 'c'].map(name => k1ctl(['alias', 'set', name, 'runs list'])),
    ])
    for (const key of keys) expect((await held(key)).value).toBe('9')
    expect((await k1ctl(['alias', 'list', '--jq', 'length'])).stdout).toBe('3\n')
  })
})
