import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expanded } from '../../src/cli/alias-words.ts'
import { entries } from '../../src/cli/entries.ts'
import { type RunOptions, runIn } from './harness.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'k1ctl-alias-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const k1ctl = (words: string[], options?: RunOptions) => runIn(home, words, options)
const refused = async (words: string[], said: string, options?: RunOptions) => {
  const { code, stderr } = await k1ctl(words, options)
  expect({ words, code, stderr }).toEqual({ words, code: 2, stderr: expect.stringContaining(said) })
  expect(stderr).toContain('hint: ')
}

describe('an alias', () => {
  it('is the command that it stands for, with what follows it', async () => {
    await k1ctl(['tenant', 'add', 'Northwind Dental'])
    expect(await k1ctl(['alias', 'set', 'names', "tenant list --jq '.[].name'"])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: "k1ctl names now stands for: k1ctl tenant list --jq '.[].name'\n",
    })
    expect((await k1ctl(['names'])).stdout).toBe('Northwind Dental\n')
    await k1ctl(['alias', 'set', 'rename', 'tenant rename $1 $2'])
    expect((await k1ctl(['--json', 'rename', 'Northwind Dental', 'Two words; rm $1'])).stdout).toContain(
      '"name": "Two words; rm $1"',
    )
    expect((await k1ctl(['names', '--help'])).stdout).toContain('Usage: k1ctl tenant list')
  })

  it('is listed, replaced only on demand, and forgotten', async () => {
    await k1ctl(['alias', 'set', 'gone', 'runs list'])
    await refused(['alias', 'set', 'gone', 'orphans bms'], 'gone stands for k1ctl runs list already.')
    expect((await k1ctl(['alias', 'set', 'gone', 'orphans bms', '--clobber'])).code).toBe(0)
    expect(JSON.parse((await k1ctl(['alias', 'list', '--json'])).stdout)).toEqual([
      { name: 'gone', expansion: 'orphans bms' },
    ])
    await refused(['alias', 'delete', 'gon'], 'There is no alias gon.')
    expect((await k1ctl(['alias', 'delete', 'gone'])).code).toBe(0)
    expect((await k1ctl(['gone'])).stderr).toContain("Unknown command 'gone'")
    const path = join(home, 'preferences.json')
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ settings: {}, aliases: {} })
  })

  it.each(entries.map(e => e.name))('never hides the command %s', async name => {
    await refused(['alias', 'set', name, 'runs list'], `${name} is a word of k1ctl`)
    // Not even where a file says so, as after k1ctl has learnt a word.
    writeFileSync(join(home, 'preferences.json'), JSON.stringify({ settings: {}, aliases: { [name]: 'help reach' } }))
    expect((await k1ctl([name, '--help'])).stdout).toContain(`Usage: k1ctl ${name}`)
  })

  it.each([
    ['x', 'runs list | head', 'needs a shell'],
    ['x', '!rm -rf /', 'needs a shell'],
    ['x', 'runs list; runs list', 'needs a shell'],
    ['x', "runs list 'open", 'has a quote without its end'],
    ['x', '  ', 'is missing|is empty'],
    ['x', 'frob list', 'begins with no command of k1ctl'],
    ['x', 'other', 'begins with no command of k1ctl'],
    ['-x y', 'runs list', 'is no name for an alias'],
    ['exit-codes', 'runs list', 'is a word of k1ctl'],
    ['__proto__', 'runs list', 'is no name for an alias'],
  ])('called %j is refused for %j', async (name, expansion, said) => {
    const { code, stderr } = await k1ctl(['alias', 'set', '--', name, expansion])
    expect(code).toBe(2)
    expect(stderr).toMatch(new RegExp(said))
  })

  it('comes from a file, all of it or none', async () => {
    const stdin = 'leaver: offboard $1 --dry-run\nlate: runs list --limit 3\n'
    expect((await k1ctl(['alias', 'import', '-'], { stdin })).stderr).toBe('2 aliases: leaver, late\n')
    const file = join(home, 'more.json')
    writeFileSync(file, '{"one": "runs list", "status": "runs list"}')
    await refused(['alias', 'import', file], 'status is a word of k1ctl')
    const names = (await k1ctl(['alias', 'list', '--jq', '.[].name'])).stdout
    expect(names).toBe('late\nleaver\n')
    for (const text of ['- a\n', 'a: [1]\n', 'a: {', '"'])
      await refused(['alias', 'import', '-'], 'has no aliases', { stdin: text })
  })

  it('names the words that are missing', async () => {
    await k1ctl(['alias', 'set', 'leaver', 'offboard $1 --ticket $2'])
    await refused(['leaver', 'amy'], 'leaver needs 2 words behind it.')
  })
})

describe('an expansion', () => {
  it.each([
    ['offboard $1 --dry-run', ['amy'], ['offboard', 'amy', '--dry-run']],
    ['offboard $1 --dry-run', ['amy', '--json'], ['offboard', 'amy', '--dry-run', '--json']],
    ['offboard $1', ['a b; c $2'], ['offboard', 'a b; c $2']],
    ["offboard --ticket 'HR-$2 x' $1", ['amy', '7'], ['offboard', '--ticket', 'HR-7 x', 'amy']],
    ['k1ctl runs list', [], ['runs', 'list']],
    ['runs show $1 $1', ['last'], ['runs', 'show', 'last', 'last']],
  ])('of %j with %j', (expansion, args, words) => {
    expect(expanded('x', expansion, args)).toEqual(words)
  })
})
