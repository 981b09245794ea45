import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { limits, promises, safetyText, wrappedLines } from '../src/cli/safety.ts'

const root = join(import.meta.dirname, '..')
const readme = join(root, 'README.md')
const section = /(?<=^## Safety promises\n\n)[\s\S]*?(?=\n\n`k1ctl doctor` checks)/m

/** The same as `k1ctl help safety`, for a page. */
function page(): string {
  const bullet = (text: string) => wrappedLines(text, '* ').join('\n')
  const promised = promises.map(({ says, tests }) => {
    const text = says.replace(/(--[a-z-]+(?: erase)?|k1ctl runs resume)/g, '`$1`')
    return bullet(`${text} (${tests.map(test => `\`${test}\``).join(', ')})`)
  })
  return [promised.join('\n'), 'The limits:', limits.map(bullet).join('\n')].join('\n\n')
}

it('the README says the same as help safety', () => {
  const before = readFileSync(readme, 'utf8')
  expect(section.test(before)).toBe(true)
  const after = before.replace(section, () => page())
  if (process.env.K1CTL_UPDATE_README) writeFileSync(readme, after)
  else expect(after).toBe(before)
})

it('each promise names tests that exist, and that try something', () => {
  for (const { says, tests } of promises) {
    expect(tests.length, says).toBeGreaterThan(0)
    for (const test of tests) {
      expect(existsSync(join(root, test)), test).toBe(true)
      expect(readFileSync(join(root, test), 'utf8')).toMatch(/expect\(|process\.exitCode|wrong\.push/)
    }
  }
})

it('help shows all of it in lines that fit', () => {
  const lines = safetyText().split('\n')
  expect(lines.filter(line => line.length > 118)).toEqual([])
  const words = lines.map(line => line.trim()).join(' ')
  for (const { says, tests } of promises) for (const part of [says, ...tests]) expect(words).toContain(part)
  for (const limit of limits) expect(words).toContain(limit)
})
