import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CommandSpec, type GroupSpec, isGroup } from '../../src/cli/command.ts'
import { entries } from '../../src/cli/entries.ts'

/** A hint is there to be pasted: a command in it is whole. Every line of the source that names one is looked at. */
const src = join(import.meta.dirname, '../../src')

/** These tell what there is, and not what to do next; examples and descriptions are lines that begin with their text. */
const isPage = (file: string) => /^sandbox\/|about\.ts$|^cli\/(help|safety|held-settings)\.ts$/.test(file)
const isProse = (line: string) =>
  /^\s*(\*|\/\*|\/\/|summary:|details:|name:|examples:|['"`])|flags: '|describe\(/.test(line)

const commands = new Map(
  await Promise.all(entries.map(async entry => [entry.name, await entry.load()] as [string, CommandSpec | GroupSpec])),
)

interface Named {
  where: string
  /** The words behind `k1ctl`, as the source has them; what is put in counts as one word. */
  words: string[]
}

function namedIn(file: string): Named[] {
  const lines = readFileSync(join(src, file), 'utf8').split('\n')
  return lines.flatMap((line, at) =>
    isProse(line) ? [] : commandsIn(line).map(words => ({ where: `${file}:${at + 1}`, words })),
  )
}

/** From each text of a line; a word in quotes, and what is put in, are one word each. */
function commandsIn(line: string): string[][] {
  const texts = [...line.matchAll(/`(?:\$\{[^}]*\}|[^`])*`|'(?:\\'|[^'])*'|"[^"]*"/g)].map(([text]) =>
    text.slice(1, -1),
  )
  const torn = /\bhint\b/.test(line)
    ? texts.flatMap(text => [...text.matchAll(/`([a-z-]+ [^`]*)`/g)].map(([, one = '']) => one))
    : []
  return [...texts, ...torn.filter(one => commands.has(bare(one.split(' ')[0]))).map(one => `k1ctl ${one} …`)]
    .flatMap(text => text.replaceAll(/\$\{[^}]*\}|'[^']*'/g, 'VALUE').split(/(?=k1ctl )/))
    .filter(text => text.startsWith('k1ctl '))
    .map(text => text.split(/\s+/).slice(1))
}

/** What is missing of the command; undefined where it is whole, or none. */
function missingIn({ words }: Named): string | undefined {
  let [spec, at] = [commands.get(bare(words[0])), 1]
  if (spec && words.some(word => word.includes('…'))) return 'an ellipsis'
  while (spec && isGroup(spec)) {
    const child: CommandSpec | GroupSpec | undefined = spec.commands.find(({ name }) => name === bare(words[at]))
    if (!child) return undefined
    spec = child
    at++
  }
  if (!spec) return undefined
  const needed = spec.args?.split(' ').filter(arg => arg.startsWith('<')).length ?? 0
  const isEnd = /[.,;:?]$/.test(words[at - 1] ?? '')
  const given = isEnd ? 0 : words.slice(at).findIndex(word => word.startsWith('-'))
  const count = isEnd ? 0 : given === -1 ? words.length - at : given
  return count < needed ? spec.args : undefined
}

function bare(word = ''): string {
  return word.replace(/[.,;:?)]+$/, '')
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
const named = files.filter(file => file.endsWith('.ts') && !isPage(file)).flatMap(namedIn)

describe('a command in a hint', () => {
  it('is whole', () => {
    expect(named.length).toBeGreaterThan(200)
    const torn = named.flatMap(one => {
      const missing = missingIn(one)
      return missing === undefined ? [] : [`${one.where}: k1ctl ${one.words.join(' ')} (${missing})`]
    })
    expect(torn).toEqual([])
  })
})
