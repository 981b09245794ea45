import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))

/** What each room may import besides itself: rooms, and packages. `types` of a room may always be imported by render. */
const table: Record<string, { rooms: readonly string[]; typesOf?: readonly string[]; packages: readonly string[] }> = {
  core: { rooms: [], packages: ['zod'] },
  engine: { rooms: ['core'], packages: [] },
  posture: { rooms: ['core', 'engine'], packages: ['zod'] },
  'posture-file': { rooms: ['core', 'posture'], packages: ['yaml', 'zod'] },
  offboarding: { rooms: ['core', 'engine'], packages: ['zod', 'fastest-levenshtein'] },
  dated: { rooms: ['core', 'engine', 'posture', 'offboarding'], packages: ['zod'] },
  http: { rooms: ['core'], packages: ['undici', 'zod', 'fastest-levenshtein'] },
  store: { rooms: ['core'], packages: ['conf', 'zod', 'fastest-levenshtein', '@napi-rs/keyring', 'pg'] },
  worker: { rooms: ['core'], packages: ['@dbos-inc/dbos-sdk', 'pg'] },
  systems: {
    rooms: ['core', 'http'],
    packages: [
      'zod',
      'fastest-levenshtein',
      // Vendors' own ways to find a credential, and protocols that are not HTTP or JSON.
      'ldapts',
      'google-auth-library',
      '@aws-sdk/credential-providers',
      '@smithy/signature-v4',
      'fast-xml-parser',
    ],
  },
  render: {
    rooms: ['core'],
    typesOf: ['engine', 'posture', 'offboarding', 'dated'],
    packages: ['chalk', 'cli-table3'],
  },
  cli: {
    rooms: ['core', 'engine', 'posture', 'posture-file', 'offboarding', 'dated', 'render'],
    packages: [
      'commander',
      'inquirer',
      'ora',
      'chalk',
      'csv-parse',
      'fast-wrap-ansi',
      'jq-wasm',
      'liquidjs',
      'temporal-polyfill',
      'yaml',
    ],
  },
  sandbox: { rooms: [], packages: [] },
}

interface Import {
  file: string
  target: string
  typeOnly: boolean
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : path.endsWith('.ts') ? [path] : []
  })
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)(\s+type)?[^'"\n;]*?(?:\{[^}]*\}[^'"\n;]*?)?from\s+'([^']+)'|import\('([^']+)'\)/g,
  )
  return [...found].map(([, type, from, dynamic]) => ({
    file,
    target: from ?? dynamic ?? '',
    typeOnly: type !== undefined,
  }))
}

type Graph = ReadonlyMap<string, readonly string[]>

/** Files and what they import of one another, types and values alike. */
function graphOf(files: readonly string[]): Graph {
  const known = new Set(files)
  const inside = (file: string) =>
    importsOf(file)
      .map(({ target }) => resolve(dirname(file), target))
      .filter(target => known.has(target))
  return new Map(files.map(file => [file, inside(file)]))
}

/** Groups of files each of which leads to each other one. */
function circlesOf(graph: Graph): string[][] {
  const reach = new Map([...graph.keys()].map(file => [file, reachedFrom(graph, file)]))
  const leads = (from: string, to: string) => reach.get(from)?.has(to) === true
  const circling = [...graph.keys()].filter(file => leads(file, file))
  const groups = circling.map(file => circling.filter(other => leads(file, other) && leads(other, file)).sort())
  return [...new Map(groups.map(group => [group.join(), group])).values()]
}

function reachedFrom(graph: Graph, file: string): Set<string> {
  const found = new Set<string>()
  const open = [...(graph.get(file) ?? [])]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue
    found.add(next)
    open.push(...(graph.get(next) ?? []))
  }
  return found
}

const roomOf = (path: string) => relative(src, path).split('/')[0] ?? ''
const all = filesBelow(src).flatMap(importsOf)

describe('the rooms', () => {
  it('are those of the table', () => {
    const folders = readdirSync(src).filter(name => statSync(join(src, name)).isDirectory())
    expect(folders.sort()).toEqual(Object.keys(table).sort())
  })

  it('have names that say something', () => {
    const folders = filesBelow(src).flatMap(f => relative(src, dirname(f)).split('/'))
    expect(folders.filter(f => /^(utils?|helpers?|common|shared|types|misc|lib)$/.test(f))).toEqual([])
  })

  it.each(Object.entries(table))('%s imports only what it may', (room, allowed) => {
    const wrong = all
      .filter(({ file }) => roomOf(file) === room)
      .filter(({ file, target, typeOnly }) => {
        if (target.startsWith('node:')) return false
        if (!target.startsWith('.')) {
          const name = target
            .split('/')
            .slice(0, target.startsWith('@') ? 2 : 1)
            .join('/')
          return !allowed.packages.includes(name)
        }
        const into = roomOf(resolve(dirname(file), target))
        if (into === room) return false
        return !allowed.rooms.includes(into) && !(typeOnly && allowed.typesOf?.includes(into))
      })
      .map(({ file, target }) => `${relative(src, file)} -> ${target}`)
    expect(wrong).toEqual([])
  })

  it('finds imports at all', () => {
    expect(all.length).toBeGreaterThan(200)
  })

  it('no system knows its neighbour', () => {
    const folderOf = (path: string) => relative(join(src, 'systems'), path).split('/')
    const wrong = all
      .filter(({ file }) => roomOf(file) === 'systems' && folderOf(file).length > 1)
      .filter(({ file, target }) => {
        const into = resolve(dirname(file), target)
        return target.startsWith('.') && roomOf(into) === 'systems' && folderOf(into)[0] !== folderOf(file)[0]
      })
      .map(({ file, target }) => `${relative(src, file)} -> ${target}`)
    expect(wrong).toEqual([])
  })

  it('have no circle of files', () => {
    expect(circlesOf(graphOf(filesBelow(src))).map(circle => circle.map(file => relative(src, file)))).toEqual([])
  })

  it('would find a circle, of types as well as of values', () => {
    const graph = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', ['e']],
      ['e', []],
    ])
    expect(circlesOf(graph)).toEqual([['a', 'b', 'c']])
    const [system, account] = ['core/system.ts', 'core/account.ts'].map(file => join(src, file))
    expect(graphOf([system ?? '', account ?? '']).get(system ?? '')).toEqual([account])
  })

  it('only main.ts says process', () => {
    const wrong = filesBelow(src)
      .filter(file => relative(src, file) !== 'main.ts')
      .filter(file =>
        /(?<![.\w'`-])process\.\w/.test(readFileSync(file, 'utf8').replace(/^\s*(\*|\/\/|\/\*).*$/gm, '')),
      )
      .map(file => relative(src, file))
    expect(wrong).toEqual([])
  })
})
