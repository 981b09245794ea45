import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildCommand } from '../process/built-command.ts'

const root = join(import.meta.dirname, '..', '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const manifest = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'devDependencies' | 'peerDependencies',
  Record<string, string>
> & { peerDependenciesMeta: Record<string, { optional?: boolean }> }

/** The rows of the table "What it is built of" in src/README.md: package, where it is used, and why. */
const rows = [
  ...(/## What it is built of\n([\s\S]*)/.exec(read('src/README.md'))?.[1] ?? '').matchAll(
    /^\| `([^`]+)` \| ([a-z]+) \| (.+) \|$/gm,
  ),
].map(([, name = '', where = '', why = '']) => ({ name, where, why }))

function textsBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.[jt]s$/.test(entry.name))
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

const sources = textsBelow('src')

beforeAll(() => buildCommand(), 60_000)

describe('each direct dependency', () => {
  it('has one row in src/README.md, with a reason, in the order of the alphabet within its place', () => {
    const all = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)]
    expect(rows.map(row => row.name).sort()).toEqual(all.sort())
    for (const { why } of rows) expect(why.length).toBeGreaterThan(10)
    const places = ['installed', 'optional', 'bundled', 'tests', 'tools']
    const ordered = places.flatMap(place =>
      rows
        .filter(r => r.where === place)
        .map(r => r.name)
        .sort(),
    )
    expect(rows.map(row => row.name)).toEqual(ordered)
  })

  it('is where the table says: installed beside k1ctl, by whoever wants it, bundled into it, or neither', () => {
    const placed = (where: string) => rows.filter(row => row.where === where).map(row => row.name)
    expect(placed('installed')).toEqual(Object.keys(manifest.dependencies))
    const isUsed = (name: string) => sources.some(text => new RegExp(`(?:from |import\\()'${name}['/]`).test(text))
    const bundled = read('dist/LICENSES.txt')
    const optional = placed('optional')
    expect(optional).toEqual(Object.keys(manifest.peerDependencies))
    for (const name of optional) {
      expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true })
      expect(manifest.peerDependencies[name]).toBe(manifest.devDependencies[name])
      expect(bundled).not.toContain(`${name} `)
    }
    const direct = Object.keys(manifest.devDependencies).filter(name => isUsed(name) && !optional.includes(name))
    for (const name of direct) expect(bundled).toMatch(new RegExp(`^${name} \\d`, 'm'))
    expect(placed('bundled')).toEqual(direct.sort())
  })

  it('of the tests is imported by a test', () => {
    const tests = textsBelow('test')
    for (const { name } of rows.filter(row => row.where === 'tests')) {
      expect(
        tests.some(text => text.includes(`'${name}`)),
        name,
      ).toBe(true)
    }
  })
})
