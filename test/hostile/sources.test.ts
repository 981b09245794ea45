import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const src = fileURLToPath(new URL('../../src', import.meta.url))

/** All of the program but the simulators, which print nothing; comments left out. */
const sources = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => relative(src, join(entry.parentPath, entry.name)))
  .filter(file => !file.startsWith('sandbox/'))
  .map(file => {
    const text = readFileSync(join(src, file), 'utf8')
    return { file, text: text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '') }
  })

/** What would go round the border, and the only files that may: the border itself, and what it is built of. */
const rules: readonly { what: string; pattern: RegExp; only: readonly string[] }[] = [
  { what: "the process's own streams", pattern: /\bprocess\.(?:stdout|stderr)\b/, only: ['main.ts'] },
  { what: "the host's streams", pattern: /\bhost\.(?:stdout|stderr)\b/, only: ['make-app.ts'] },
  { what: 'the console', pattern: /\bconsole\.(?:log|error|warn|info|debug)\b/, only: [] },
  {
    what: 'a file descriptor',
    pattern: /\b(?:writeSync|openSync)\(\s*[12]\b|['"]\/dev\/(?:tty|stdout|stderr)/,
    only: [],
  },
  {
    what: 'the stream behind a screen',
    pattern: /\bstreamBehind\b/,
    only: ['cli/screen.ts', 'cli/spinner.ts', 'make-app.ts'],
  },
  { what: 'a spinner', pattern: /import\('ora'\)|from 'ora'/, only: ['cli/spinner.ts'] },
  { what: 'questions', pattern: /import\('inquirer'\)|from 'inquirer'|@inquirer/, only: ['cli/terminal-prompter.ts'] },
  {
    what: 'colours',
    pattern: /import (?!type)[^\n]*from 'chalk'|import\('chalk'\)|styleText/,
    only: ['render/style.ts'],
  },
  { what: 'a table', pattern: /import\('cli-table3'\)|from 'cli-table3'/, only: ['render/table.ts'] },
  { what: 'an escape', pattern: /\\u001b|\\x1b|\\e\[|\\033/i, only: ['cli/screen.ts', 'render/layout.ts'] },
  { what: 'the marks', pattern: /\bmarkStyled\b/, only: ['render/layout.ts', 'render/style.ts', 'render/table.ts'] },
]

describe('nothing goes round the border', () => {
  it.each(rules.map(rule => [rule.what, rule] as const))('by way of %s', (_, { pattern, only }) => {
    const found = sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)
    expect(found.filter(file => !only.includes(file))).toEqual([])
    // A rule that finds nothing where it should has rotted.
    expect(only.filter(file => !found.includes(file))).toEqual([])
  })

  it('as commands are handed screens, not streams', () => {
    const app = sources.find(({ file }) => file === 'cli/app.ts')?.text ?? ''
    expect(app).toMatch(/^ {2}stdout: Screen$/m)
    expect(app).toMatch(/^ {2}stderr: Screen$/m)
    const made = sources.find(({ file }) => file === 'make-app.ts')?.text ?? ''
    expect(made.match(/\bhost\.std(?:out|err)\b/g)).toHaveLength(3)
    expect(made.match(/screenOver\(host\.std(?:out|err), env\)/g)).toHaveLength(3)
  })

  it('and all of the sources were looked at', () => {
    expect(sources.length).toBeGreaterThan(250)
  })
})

describe('TLS', () => {
  it('is said to be strict wherever a connection is made', () => {
    const making = /\btls\.connect\(|\bbuild\(tls\)|requestTls/
    const files = sources.filter(({ text }) => making.test(text))
    expect(files.map(({ file }) => file).sort()).toEqual([
      'http/connections.ts',
      'systems/active-directory/secure-socket.ts',
    ])
    for (const { text } of files) expect(text).toContain('rejectUnauthorized: true')
    expect(sources.filter(({ text }) => /rejectUnauthorized: (?!true)/.test(text))).toEqual([])
  })
})
