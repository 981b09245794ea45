import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))

/** Names that two files of one vocabulary may export, each with its reason. */
const allowed: Readonly<Record<string, string>> = {}

/**
 * A vendor's folder, a protocol's and a simulator's speak that vendor's words: a `Group` of Google is none of Active
 * Directory. All other rooms share one vocabulary, and no vendor's folder has another meaning for a word of it.
 */
function vocabularyOf(file: string): string {
  const [room = '', folder = '', ...rest] = file.split('/')
  if (room === 'sandbox') return rest.length === 0 ? 'sandbox' : `sandbox/${folder}`
  return (room === 'systems' || room === 'http') && rest.length > 0 ? `${room}/${folder}` : 'ours'
}

/** Exported names, with the files that export them. */
function exportsOf(files: readonly { path: string; text: string }[]): Map<string, string[]> {
  const all = new Map<string, string[]>()
  for (const { path, text } of files) {
    const found = text.matchAll(/^export (?:async )?(?:type|interface|function\*?|const|class) (\w+)/gm)
    // A function and its overloads, or a type and its value, are one name of one file.
    for (const name of new Set([...found].map(([, one = '']) => one))) all.set(name, [...(all.get(name) ?? []), path])
  }
  return all
}

/** Names that mean several things: twice in one vocabulary, or in ours and in a vendor's. */
function doubled(all: ReadonlyMap<string, readonly string[]>): string[] {
  return [...all].flatMap(([name, files]) => {
    const ofSrc = files.filter(file => !file.startsWith('sandbox/'))
    const spoken = ofSrc.map(vocabularyOf)
    const isDoubled = new Set(spoken).size < spoken.length || (spoken.length > 1 && spoken.includes('ours'))
    return isDoubled && !(name in allowed) ? [`${name}: ${ofSrc.join(', ')}`] : []
  })
}

function sources(folder: string): { path: string; text: string }[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return sources(path)
    return path.endsWith('.ts') ? [{ path: relative(src, path), text: readFileSync(path, 'utf8') }] : []
  })
}

it('has one meaning for each exported name', () => {
  expect(doubled(exportsOf(sources(src)))).toEqual([])
})

it('would see a name that means two things, and takes vendors at their own word', () => {
  const file = (path: string, name: string) => ({ path, text: `export interface ${name} {}\n` })
  expect(doubled(exportsOf([file('core/a.ts', 'Ground'), file('cli/b.ts', 'Ground')]))).toHaveLength(1)
  expect(doubled(exportsOf([file('core/a.ts', 'Change'), file('systems/aws/b.ts', 'Change')]))).toHaveLength(1)
  expect(doubled(exportsOf([file('systems/bms/a.ts', 'User'), file('systems/bms/b.ts', 'User')]))).toHaveLength(1)
  expect(doubled(exportsOf([file('systems/bms/a.ts', 'User'), file('systems/aws/b.ts', 'User')]))).toEqual([])
})
