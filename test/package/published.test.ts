import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entries } from '../../src/cli/entries.ts'
import { packFresh } from './pack.js'

const root = join(import.meta.dirname, '..', '..')
let folder: string
let packed: ReturnType<typeof packFresh>
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'k1ctl-pack-'))
  packed = packFresh(folder)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const contentOf = (path: string) => readFileSync(join(packed.source, path), 'utf8')

const pages = ['k1ctl', ...entries.map(e => `k1ctl-${e.name}`)].map(name => `man/${name}.1`).sort()

describe('what npm publishes', () => {
  it('has the page of each command where man looks for it', () => {
    const { man } = JSON.parse(contentOf('package.json'))
    expect([...man].sort()).toEqual(pages)
    for (const page of pages) expect(contentOf(page)).toMatch(/^\.TH /)
  })

  it('is the command, its built modules, their licences, and the pages: no test, no source, no map', () => {
    const others = packed.files.filter(
      path => !/^dist\/[A-Za-z0-9_-]+(?:\.[a-z0-9]+)*-[A-Za-z0-9_-]{8}\.js$/.test(path),
    )
    expect(others).toEqual([
      'LICENSE',
      'README.md',
      'bin/k1ctl.js',
      'dist/LICENSES.txt',
      'dist/build/jq.wasm',
      'dist/main.js',
      ...pages,
      'package.json',
    ])
    expect(packed.files.length).toBeGreaterThan(50)
  })

  it('is smaller than 2 MB', () => {
    expect(packed.size).toBeLessThan(2_000_000)
    expect(packed.size).toBeGreaterThan(100_000)
  })

  it('tells nothing of the machine that built it', () => {
    const telling = new RegExp([root, packed.source, 'sourceMappingURL'].map(quote).join('|'))
    expect(packed.files.filter(path => telling.test(contentOf(path)))).toEqual([])
  })

  it('has the whole text of each licence of what is bundled', () => {
    const sections = contentOf('dist/LICENSES.txt').split(`\n${'-'.repeat(80)}\n`)
    const named = sections.map(section => {
      const lines = section.trim().split('\n')
      const names = lines.slice(0, lines.indexOf(''))
      return { names, text: lines.slice(names.length).join('\n') }
    })
    for (const { names, text } of named) {
      expect(names.length).toBeGreaterThan(0)
      for (const name of names)
        expect(name).toMatch(/^\S+ \d+\.\d+\.\d+\S* \((?:MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD)\)$/)
      expect(text, names.join(', ')).toMatch(/permission|redistribution|licensor/i)
      expect(text.length, names.join(', ')).toBeGreaterThan(500)
    }
    expect(named.flatMap(({ names }) => names).length).toBeGreaterThan(100)
  })
})

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
