import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml'
import { cut, hidesSomething } from '../core/printable.ts'
import type { LineOfFile } from '../posture/rule.ts'
import { fileError } from './file-error.ts'

/** A posture file of a thousand tenants has about 2 MB. */
const mostCharacters = 8 << 20
/** As the parser counts; ours is eleven deep. */
const deepest = 32

/** The values of a YAML file, and on which line each of them stands. */
export interface Source {
  value: unknown
  /** Of a value, or of a key of a map; the nearest line above where there is none. */
  placeOf(path: readonly PropertyKey[]): LineOfFile
}

/**
 * Reads YAML 1.2 without what a settings file does not need and an attacker does: anchors and aliases (they explode),
 * tags, keys twice, several documents, depth, size, characters that nobody sees.
 * @throws K1Error `usage` with file and line
 */
export function readSource(file: string, text: string): Source {
  const document = parse(file, text)
  const lines = new Map<string, number>()
  const { counter, contents } = document
  const at = (offset: number): LineOfFile => ({ file, line: lineOf(counter, offset) })
  const value = plain(contents, [], { at, lines })
  return {
    value,
    placeOf(path) {
      for (let length = path.length; length > 0; length--) {
        const line = lines.get(keyOf(path.slice(0, length)))
        if (line !== undefined) return { file, line }
      }
      return { file, line: 1 }
    },
  }
}

function parse(file: string, text: string): { counter: LineCounter; contents: unknown } {
  if (text.length > mostCharacters) {
    const line = text.slice(0, mostCharacters).split('\n').length
    throw fileError({ file, line }, `The file goes on after ${mostCharacters >> 20} MiB, which no posture needs.`)
  }
  const counter = new LineCounter()
  counter.addNewLine(0)
  const parser = new Parser(counter.addNewLine)
  const tokens = []
  // Token by token, so that depth ends it before anything recursive sees it.
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    if (parser.stack.length > deepest) {
      throw fileError({ file, line: lineOf(counter, parser.offset) }, `It is nested more than ${deepest} levels deep.`)
    }
  }
  tokens.push(...parser.end())
  const composer = new Composer({ version: '1.2', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  const documents: Document.Parsed[] = [...composer.compose(tokens)]
  const [first, second] = documents
  for (const { errors, warnings } of documents) {
    const [problem] = [...errors, ...warnings]
    if (problem) {
      // It may quote the text: one line of it will do.
      throw fileError({ file, line: lineOf(counter, problem.pos[0]) }, cut(problem.message, 200))
    }
  }
  if (second) throw fileError({ file, line: lineOf(counter, second.range[0]) }, 'A second document begins here.')
  return { counter, contents: first?.contents ?? null }
}

interface Reader {
  at(offset: number): LineOfFile
  lines: Map<string, number>
}

function plain(node: unknown, path: readonly string[], reader: Reader): unknown {
  if (node === null || node === undefined) return null
  if (isAlias(node)) {
    throw fileError(
      reader.at(node.range?.[0] ?? 0),
      'Anchors and aliases (& and *) are not taken.',
      'Say it once, under defaults or in a group.',
    )
  }
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null
  const place = reader.at(node.range?.[0] ?? 0)
  note(reader, path, place)
  if (node.anchor !== undefined) {
    throw fileError(place, 'Anchors and aliases (& and *) are not taken.', 'Say it once, under defaults or in a group.')
  }
  if (node.tag !== undefined) throw fileError(place, `Tags (${cut(node.tag, 40)}) are not taken.`)
  if (isScalar(node)) return scalar(node.value, node.source, place)
  if (isSeq(node)) return node.items.map((item, i) => plain(item, [...path, String(i)], reader))
  const entries = new Map<string, unknown>()
  for (const { key, value } of node.items) {
    const here = isScalar(key) ? reader.at(key.range?.[0] ?? 0) : place
    const name = isScalar(key) && key.value !== null ? scalar(key.value, key.source, here) : null
    if (isScalar(key) && (key.anchor !== undefined || key.tag !== undefined)) {
      throw fileError(here, 'Anchors, aliases and tags are not taken.')
    }
    if (name === null) throw fileError(here, 'A key has to be a word.')
    const word = String(name)
    // As a member of an object it would be its prototype.
    if (word === '__proto__') throw fileError(here, `"${word}" is no name for anything here.`)
    const before = reader.lines.get(keyOf([...path, word]))
    if (entries.has(word)) throw fileError(here, `"${cut(word, 60)}" stands here twice, first in line ${before}.`)
    note(reader, [...path, word], here)
    entries.set(word, plain(value, [...path, word], reader))
  }
  return Object.fromEntries(entries)
}

/** The line of a key counts, not that of its value. */
function note({ lines }: Reader, path: readonly string[], { line }: LineOfFile): void {
  const key = keyOf(path)
  if (!lines.has(key)) lines.set(key, line)
}

/** Numbers stay as they are written: `007` is a name like any other. */
function scalar(value: unknown, source: string | undefined, place: LineOfFile): string | boolean | null {
  if (value === null || typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value : (source ?? String(value))
  if (hidesSomething(text)) throw fileError(place, `"${cut(text, 60)}" holds a character that nobody would see.`)
  return text
}

function lineOf(counter: LineCounter, offset: number): number {
  return Math.max(1, counter.linePos(offset).line)
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String))
}
