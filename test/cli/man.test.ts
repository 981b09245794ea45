import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandSpec, type GroupSpec, isGroup } from '../../src/cli/command.ts'
import { entries } from '../../src/cli/entries.ts'
import { optionsOf } from '../../src/cli/option-sets.ts'
import { manPage } from '../../src/render/man.ts'
import { runIn } from './harness.ts'

let folder: string
const k1ctl = (words: string[]) => runIn('/nowhere/k1ctl', words)
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'k1ctl-man-'))
  expect(await k1ctl(['man', '--folder', join(folder, 'made', 'man1')])).toMatchObject({ code: 0, stdout: '' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pathOf = (name: string) => join(folder, 'made', 'man1', `${name}.1`)
const pageOf = (name: string) => readFileSync(pathOf(name), 'utf8')
const names = ['k1ctl', ...entries.map(e => `k1ctl-${e.name}`)]

/** What a reader of the page sees, as far as words go. */
const words = (page: string) =>
  page
    .replace(/\\f[BIR]|\\&/g, '')
    .replaceAll('\\-', '-')
    .replaceAll('\\(aq', "'")
    .replaceAll('\\(ga', '`')
    .replaceAll('\\(ti', '~')
    .replaceAll('\\(ha', '^')
    .replace(/\\\[u([0-9A-F]+)\]/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll('\\e', '\\')

function all(path: string, spec: CommandSpec | GroupSpec): { path: string; spec: CommandSpec | GroupSpec }[] {
  const below = isGroup(spec) ? spec.commands.flatMap(child => all(`${path} ${child.name}`, child)) : []
  return [{ path, spec }, ...below]
}

describe('the manual', () => {
  it('has a page of each command, and one that names them all', () => {
    expect(readdirSync(join(folder, 'made', 'man1')).sort()).toEqual(names.map(name => `${name}.1`).sort())
    for (const { name, summary } of entries) expect(words(pageOf('k1ctl'))).toContain(`${name.padEnd(16)}${summary}`)
    expect(words(pageOf('k1ctl'))).toContain('K1CTL_TIMEOUT')
  })

  it.each(entries.map(e => [e.name, e] as const))('tells of %s all that its help tells', async (name, entry) => {
    const page = words(pageOf(`k1ctl-${name}`))
    expect(page).toMatch(/^\.TH "K1CTL-[A-Z-]+" "1" "" "k1ctl \S+" "k1ctl"\n/)
    for (const { path, spec } of all(`k1ctl ${name}`, await entry.load())) {
      expect(page).toContain(path)
      expect(page).toContain(spec.summary)
      for (const line of spec.examples.flatMap(e => e.split('\n'))) expect(page).toContain(line)
      const options = isGroup(spec) ? [] : optionsOf(spec)
      for (const { flags, summary } of options) expect(page).toContain(`${flags}\n${summary}`)
    }
  })

  it.skipIf(spawnSync('mandoc', ['-Tlint', '/dev/null']).error)('is right to mandoc', () => {
    for (const name of names) {
      const { stdout } = spawnSync('mandoc', ['-Tlint', '-W', 'warning', pathOf(name)], { encoding: 'utf8' })
      // A page of a version needs no date.
      expect(stdout.split('\n').filter(line => line !== '' && !line.includes('missing date'))).toEqual([])
    }
  })

  it.skipIf(spawnSync('groff', ['--version']).error)('is right to groff, in lines that fit', () => {
    for (const name of names) {
      const set = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-P-c', pathOf(name)], { encoding: 'utf8' })
      expect({ name, stderr: set.stderr }).toEqual({ name, stderr: '' })
      expect(set.stdout).toContain(`${name} -`)
    }
  })

  it('prints the page of one command, however deep, and refuses what is none', async () => {
    const { code, stdout } = await k1ctl(['man', 'jit', 'defaults', 'set'])
    expect(code).toBe(0)
    expect(words(stdout)).toContain('k1ctl-jit-defaults-set - ')
    expect(stdout).not.toContain('.SH COMMANDS')
    expect((await k1ctl(['man'])).stdout).toBe(pageOf('k1ctl'))
    expect(await k1ctl(['man', 'jti'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean jit?') })
    expect((await k1ctl(['man', 'jit', 'frob'])).code).toBe(2)
    const topic = await k1ctl(['man', 'exit-codes'])
    expect(topic).toMatchObject({ code: 2, stderr: expect.stringContaining('hint: k1ctl help exit-codes') })
    expect((await k1ctl(['man', 'jit', '--folder', folder])).code).toBe(2)
  })
})

it('sets text as it is, whatever is in it', () => {
  const text = `.SH forged\n'nor this\n  .so /etc/passwd \\fBbold\\fR "q" - ' \` ^ ~\n\n.TH x`
  const command = { path: 'x', usage: [''], summary: '', details: text, options: [], examples: ['.de x', "'br"] }
  const page = manPage({ name: 'x', summary: '.x\ny', version: '1', commands: [command], more: [], seeAlso: [] })
  const requests = page.split('\n').filter(line => /^[.']/.test(line))
  expect(requests.map(line => line.split(' ')[0])).not.toContain('.so')
  expect(requests.filter(line => /forged|\.de|'|\.TH x/.test(line))).toEqual([])
  expect(page).not.toMatch(/\\fBbold/)
})
