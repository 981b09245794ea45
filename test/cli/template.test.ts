import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { templateFilter } from '../../src/cli/template-filter.ts'
import { jsonText } from '../../src/core/json.ts'
import { type Ground, openGround, type RunOptions } from './harness.ts'
import { smallWorld } from './small-world.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
}, 60_000)
afterAll(() => ground.close())

const k1ctl = (words: string[], options?: RunOptions) => ground.k1ctl(words, options)
const made = async (words: string[], template: string) => {
  const { code, stdout, stderr } = await k1ctl([...words, '--template', template])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}
const names = '{% for one in it %}{{ one.name }}{{ "\\n" }}{% endfor %}'

describe('--template', () => {
  it('is given what --json prints, as it, and ends its last line', async () => {
    expect(await made(['tenant', 'list'], names)).toMatch(/^Northwind Dental\n/)
    expect(await made(['tenant', 'list'], '{{ it[0].name }}')).toBe('Northwind Dental\n')
    expect(await made(['tenant', 'list'], '{{ it | map: "name" | first | upcase }}')).toBe('NORTHWIND DENTAL\n')
    expect(await made(['tenant', 'list'], '{% for one in it %}{% endfor %}')).toBe('')
    const { stdout } = await k1ctl(['tenant', 'list', '--json'])
    expect(JSON.parse(await made(['tenant', 'list'], '{{ it }}'))).toEqual(JSON.parse(stdout))
  })

  it('has members of an object at the root, too', async () => {
    expect(await made(['explain', 'bms'], '{{ system }} {{ it.system }}')).toBe('bms bms\n')
    expect(await made(['posture', 'schema'], '{{ it["$schema"] }}')).toMatch(/^https:/)
  })

  it('may stand before the command, and come from a file of Windows', async () => {
    const template = '{% for one in it %}\r\n- {{ one.name }}\r\n{%- endfor %}\r\n'
    expect((await k1ctl(['--template', template, 'tenant', 'list'])).stdout).toMatch(/^\n- Northwind Dental\n/)
  })

  it('goes over each line of ndjson, and over reports', async () => {
    const each = await made(['tenant', 'list', '--output', 'ndjson'], '{{ name }}: {{ it.current }}')
    expect(each).toMatch(/^Northwind Dental: (true|false)\n/)
    const run = await k1ctl(['deprovisioning', 'enable', 'bms', '--yes', '--template', '{{ verdict }}'])
    expect(run).toMatchObject({ code: 0, stdout: 'proved\n' })
    expect(await made(['runs', 'report', 'last'], '{{ verdict }}: {{ settings.size }}')).toBe('proved: 1\n')
    const file = join(ground.home, 'report.txt')
    const words = ['runs', 'report', 'last', '--format', 'json', '--to', file, '--template', '{{ verdict }}']
    expect(await k1ctl(words)).toMatchObject({ code: 0, stdout: '' })
    expect(readFileSync(file, 'utf8')).toBe('proved\n')
  })

  it.each([
    ['{{ verdict', 'output "{{ verdict" not closed, at line 1, column 1'],
    ['{% for one in it %}\n  {{ one.goal }}', 'tag {% for one in it %} not closed, at line 1, column 1'],
    ['\n{{ it | frob }}', 'undefined filter: frob, at line 2, column 1'],
    ['{% frob %}', 'tag "frob" not found, at line 1, column 1'],
    ['{% include "package.json" %}', '{% include %} takes in another template, and there is none but this'],
    ['{% render "package.json" %}', '{% render %} takes in another template'],
    ['{% layout "/etc/passwd" %}', '{% layout %} takes in another template'],
    ['{{range .results}}{{.goal}}{{end}}', 'This is a template of Go, and --template takes Liquid.'],
    ['{{if .verdict}}{{.verdict}}{{end}}', 'This is a template of Go'],
  ])('refuses %j before anything is done, with its place', async (template, sentence) => {
    const before = await ground.writes('bms')
    const { code, stdout, stderr } = await k1ctl(['deprovisioning', 'disable', 'bms', '--yes', '--template', template])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(sentence)
    const hint = /as in (--template '[^']*')/i.exec(stderr)?.[1] ?? ''
    expect(hint).toContain('{% for one in it %}')
    expect(await ground.writes('bms')).toEqual(before)
  })

  it.each([
    ['of a list', '{{ name }}', 'The template wants "name" of a list.'],
    ['of a filter', '{{ "a" | append }}', 'The template does not fit this JSON: append expect 2 arguments, at line 1'],
  ])('says what is wrong with a template that wants something else %s', async (_, template, sentence) => {
    const { code, stdout, stderr } = await k1ctl(['tenant', 'list', '--template', template])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(sentence)
    expect(stderr).toContain("--template '{% for one in it %}")
  })

  it('takes no exit code from a command that has one to tell', async () => {
    const file = join(ground.home, 'posture.yaml')
    writeFileSync(file, 'defaults:\n  graphus: { deprovisioning: on }\n')
    const open = ['posture', 'check', '-f', file, '--exit-code', '--template']
    expect(await k1ctl([...open, '{{ it[0].state }}'])).toMatchObject({ code: 5, stdout: 'deviates\n', stderr: '' })
    const { code, stderr } = await k1ctl([...open, '{{ state }}'])
    expect(code).toBe(5)
    expect(stderr).toContain('! The template wants "state" of a list.')
  })

  it.each([[['--json']], [['--output', 'json']]])('implies %j, and may stand beside it', async others => {
    const { code, stdout } = await k1ctl(['tenant', 'list', ...others, '--template', names])
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await k1ctl(['tenant', 'list', '--template', names])).stdout })
    expect(stdout).not.toContain('{')
  })

  it('is refused beside --jq, whose print it would be instead of', async () => {
    const { code, stdout, stderr } = await k1ctl(['tenant', 'list', '--jq', '.', '--template', names])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--jq and --template contradict each other: each says what is printed.')
  })

  it.each([
    [['tenant', 'list', '--output', 'csv'], '--output csv'],
    [['runs', 'report', 'last', '--format', 'html'], '--format html'],
  ])('is refused where %j is no JSON', async (words, named) => {
    const { code, stderr } = await k1ctl([...words, '--template', '{{ it }}'])
    expect(code).toBe(2)
    expect(stderr).toContain(`--template goes over JSON: it and ${named} contradict each other.`)
  })

  it('is shown in the help by calls that may be pasted', async () => {
    const { stdout } = await k1ctl(['help', 'output'])
    const calls = [...stdout.matchAll(/^ {2}k1ctl (.*) --template '(.*)'$/gm)]
    expect(calls.length).toBeGreaterThan(2)
    for (const [, words = '', template = ''] of calls) expect(await made(words.split(' '), template)).toMatch(/\S\n$/)
  })

  it('never shows a secret', async () => {
    const { password = '' } = ground.sandbox.systems.bms?.credentials ?? {}
    expect(password.length).toBeGreaterThan(5)
    const half = Math.floor(password.length / 2)
    const typed = `{{ "${password.slice(0, half)}" | append: "${password.slice(half)}" }}`
    // The connection is used, so that its secret is known to be one.
    for (const template of ['{{ it }}', `{{ it }}${typed}`]) {
      const { stdout, stderr } = await k1ctl(['status', 'bms', '--template', template])
      expect(stdout).toContain('"system":"bms"')
      expect(stdout + stderr).not.toContain(password)
    }
  })

  it('lets nothing drive a terminal, whoever made it', async () => {
    const text = `{{ "\\u001b[31m" }}{{ "%1b%5b31m" | url_decode }}\u001b[0m{{ "\\t" }}.`
    expect(await made(['tenant', 'list'], text)).toBe('␛[31m␛[31m␛[0m\t.\n')
  })
})

describe('a template', () => {
  const rendered = async (template: string, value: unknown, mostMs?: number) =>
    (await templateFilter(template, mostMs))(jsonText(value, 2))

  it('is Liquid; lists and objects are JSON, what is not there is nothing', async () => {
    expect(await rendered('{{ a }} {{ b }} {{ c }}', { a: ['x', 'y'], b: { c: 1 } })).toBe('["x","y"] {"c":1} \n')
    expect(await rendered('{% if a.size > 1 %}{{ a | sort | join: "+" }}{% endif %}', { a: ['y', 'x'] })).toBe('x+y\n')
    expect(await rendered('{% increment n %}{% assign m = it.size %}{{ m }}{{ n }}', [1])).toBe('011\n')
    expect(await rendered('{{ it }}', [])).toBe('[]\n')
  })

  it('lets no text begin a line, whatever is in it', async () => {
    const name = 'a\nforged\t\u001b[31m\u202e"\\n\\'
    expect(await rendered('{{ name }}', { name })).toBe('a␊forged␉␛[31m\\u202e"\\n\\\n')
    expect(await rendered('{% for one in it %}{{ one[0] }}{% endfor %}', { 'x\ny': 1 })).toBe('x␊y\n')
  })

  it('sees its data and nothing behind them', async () => {
    const behind = '{{ it.constructor }}{{ it["__proto__"] }}{{ toString }}{{ it.name.constructor.name }}{{ process }}'
    expect(await rendered(behind, { name: 'x' })).toBe('')
  })

  it('ends, and leaves memory, where it would not by itself', async () => {
    const some = Array.from({ length: 1000 }, (_, at) => at)
    const nested = '{% for a in it %}'.repeat(4) + '{% endfor %}'.repeat(4)
    const trouble = (template: string, value: unknown, mostMs?: number) =>
      rendered(template, value, mostMs).catch(error => error.message)
    expect(await trouble(nested, some, 2000)).toBe('--template took longer than 2 seconds.')
    const tooMuch = '--template takes too much memory.'
    expect(await trouble('{% for i in (1..1000000000000) %}x{% endfor %}', 1)).toBe(tooMuch)
    const doubled = '{% assign a = a | append: a %}'.repeat(40)
    expect(await trouble(`{% assign a = "x" %}${doubled}{{ a }}`, 1)).toBe(tooMuch)
    expect(await trouble('{% if it %}'.repeat(12_000) + '{% endif %}'.repeat(12_000), 1)).toBe(tooMuch)
  })
})
