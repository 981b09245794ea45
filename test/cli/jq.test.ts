import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jqFilter } from '../../src/cli/jq-filter.ts'
import { type Ground, openGround, type RunOptions } from './harness.ts'
import { smallWorld } from './small-world.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
}, 60_000)
afterAll(() => ground.close())

const k1ctl = (words: string[], options?: RunOptions) => ground.k1ctl(words, options)
const jq = async (words: string[], expression: string) => {
  const { code, stdout, stderr } = await k1ctl([...words, '--jq', expression])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

describe('--jq', () => {
  it('prints texts as they are and all else as JSON, and implies --json', async () => {
    expect(await jq(['tenant', 'list'], '.[0].name')).toBe('Northwind Dental\n')
    expect(await jq(['tenant', 'list'], '.[0] | {name}')).toBe('{"name":"Northwind Dental"}\n')
    expect(await jq(['tenant', 'list'], '.[0] | [.name, 1, null] | @tsv')).toBe('Northwind Dental\t1\t\n')
    expect(await jq(['tenant', 'list'], 'empty')).toBe('')
    expect(await jq(['tenant', 'list', '--output', 'ndjson'], '.name | length')).toMatch(/^\d+\n/)
  })

  it('may stand before the command', async () => {
    expect((await k1ctl(['--jq', '.[0].name', 'tenant', 'list'])).stdout).toBe('Northwind Dental\n')
  })

  it.each([
    [['systems', 'contract', 'graphus'], '.openapi', '3.1.0\n'],
    [['posture', 'schema'], '."$schema" | type', 'string\n'],
    [['explain', 'bms'], '.system', 'bms\n'],
    [['systems'], '.[0] | type', 'object\n'],
  ] as const)('goes over what %j prints, too', async (words, expression, expected) => {
    expect(await jq([...words], expression)).toBe(expected)
  })

  it('goes over reports', async () => {
    const made = await k1ctl(['protect', 'add', 'svc', '--json', '--jq', '.person'])
    expect(made).toMatchObject({ code: 0, stdout: 'svc\n' })
    const run = await k1ctl(['deprovisioning', 'enable', 'bms', '--yes', '--jq', '.verdict'])
    expect(run).toMatchObject({ code: 0, stdout: 'proved\n' })
    expect(await jq(['runs', 'report', 'last'], '.run | type')).toBe('string\n')
  })

  it.each([
    ['.[', 'line 1, column 2'],
    ['.a |\n frob', 'frob/0 is not defined, at line 2, column 2'],
    ['"x\\(.)', 'line 1'],
    ['.a as [$x', 'column 8'],
  ])('refuses %j before anything is done, with its place', async (expression, place) => {
    const before = await ground.writes('bms')
    const words = ['deprovisioning', 'disable', 'bms', '--yes', '--jq', expression]
    const { code, stdout, stderr } = await k1ctl(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(place)
    expect(stderr).toContain('hint: ')
    expect(await ground.writes('bms')).toEqual(before)
  })

  it('says what is wrong with an expression that does not fit, and what to type', async () => {
    const { code, stdout, stderr } = await k1ctl(['tenant', 'list', '--json', '--jq', '.name'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Cannot index array with string ("name")')
    expect(stderr).toContain("hint: It is a list: .[] stands for each of it, as in --jq '.[].tenant'.")
  })

  it('takes no exit code from a command that has one to tell', async () => {
    const file = join(ground.home, 'posture.yaml')
    writeFileSync(file, 'defaults:\n  graphus: { deprovisioning: on }\n')
    const open = ['posture', 'check', '-f', file, '--exit-code', '--jq']
    expect(await k1ctl([...open, '.[].state'])).toMatchObject({ code: 5, stdout: 'deviates\n', stderr: '' })
    const { code, stderr } = await k1ctl([...open, '.[0].state.x'])
    expect(code).toBe(5)
    expect(stderr).toContain('! jq says of this JSON: Cannot index string')
  })

  it.each([
    [['tenant', 'list', '--output', 'csv'], '--output csv'],
    [['runs', 'report', 'last', '--format', 'html'], '--format html'],
    [['posture', 'check', '--format', 'junit'], '--format junit'],
  ])('is refused where %j is no JSON', async (words, named) => {
    const { code, stderr } = await k1ctl([...words, '--jq', '.'])
    expect(code).toBe(2)
    expect(stderr).toContain(`--jq goes over JSON: it and ${named} contradict each other.`)
  })
})

describe('a filter', () => {
  const filtered = async (expression: string, value: unknown) =>
    (await jqFilter(expression, false))(JSON.stringify(value))

  it('lets no text begin a line or drive a terminal, whatever is in it', async () => {
    const name = 'a\nforged\t\u001b[31m\u202e\u{e0041}"\\n\\'
    expect(await filtered('.name', { name })).toBe('a␊forged␉␛[31m\\u202e\\u{e0041}"\\n\\\n')
    expect(await filtered('.[]', ['', ' a ', '', ''])).toBe('\n a \n\n\n')
    expect((await jqFilter('.', true))('{"a":1}')).toBe('{\n  "a": 1\n}\n')
    expect(await filtered('keys[]', { 'x\ny': 1 })).toBe('x␊y\n')
    expect(await filtered('"\\(.a)\\n\\(.b)"', { a: 1, b: 2 })).toBe('1\n2\n')
  })

  it('sees neither files nor the environment', async () => {
    expect(await filtered('env.PATH, $ENV.K1CTL_HOME, (env|has("SHELL"))', null)).toBe('/\nnull\nfalse\n')
    await expect(jqFilter('include "package"; .', false)).rejects.toMatchObject({ kind: 'usage' })
    await expect(jqFilter('import "/etc/passwd" as $x; $x', false)).rejects.toMatchObject({ kind: 'usage' })
  })

  it('is the language that its manual says: what smaller ones get wrong', async () => {
    expect(await filtered('.[] | .o.x // "none"', [{ o: { x: 1 } }, { o: null }])).toBe('1\nnone\n')
    expect(await filtered('.[1:] | length', [1, 2])).toBe('1\n')
    expect(await filtered('test("NORTH"; "i")', 'north')).toBe('true\n')
    expect(await filtered('. as {a: $x} | try error("x") catch . + $x', { a: 'y' })).toBe('xy\n')
  })

  it('ends an expression that does not', async () => {
    const endless = await jqFilter('last(range(1e12))', false, 2000)
    expect(() => endless('1')).toThrow(
      expect.objectContaining({ kind: 'usage', message: '--jq took longer than 2 seconds.' }),
    )
    await expect(filtered('"x" * 1e9 | . * 9', 1)).rejects.toMatchObject({ kind: 'usage' })
  })
})
