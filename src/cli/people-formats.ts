import { isK1Error, K1Error } from '../core/errors.ts'
import { parseJson } from '../core/json.ts'
import type { PeopleRow } from '../core/stores.ts'
import { csvRecords, delimiterOf, splitHeader } from './csv-records.ts'
import { type Columns, findColumns, makeRow, type otherNames, personNames, requireColumns } from './people-columns.ts'
import { longestLine, type TextLine, type TextLines } from './text-lines.ts'

export interface ListOptions {
  /** The column, or member, that says who. */
  column?: string
  /** What the list is called in errors: `leavers.csv`, `stdin`. */
  name: string
}

/** The rows of a list in whichever format its first line shows: one a line, NDJSON, or CSV with a header. */
export async function* readRows(lines: TextLines, options: ListOptions): AsyncGenerator<PeopleRow> {
  const shape = await detect(lines, options)
  switch (shape.kind) {
    case 'lines':
      return yield* plainRows(lines)
    case 'ndjson':
      return yield* ndjsonRows(lines, options)
    case 'csv':
      return yield* csvRows(lines, shape)
    case 'empty':
  }
}

type Shape =
  | { kind: 'empty' }
  | { kind: 'lines' }
  | { kind: 'ndjson' }
  | { kind: 'csv'; delimiter: string; columns: Columns }

/** Reads up to the first line that says something, and puts it back unless it is a header. */
async function detect(lines: TextLines, { column, name }: ListOptions): Promise<Shape> {
  for (;;) {
    const first = await lines.next()
    if (first === undefined) return { kind: 'empty' }
    const text = first.text.trim()
    if (text === '' && !first.tooLong) continue
    if (text.startsWith('{')) {
      lines.unread([first])
      return { kind: 'ndjson' }
    }
    if (text.startsWith('[')) {
      throw new K1Error('usage', `${name} is one JSON array; a list is read a line at a time.`, {
        hint: "Give one object a line, for example with jq -c '.[]'",
      })
    }
    const delimiter = delimiterOf(text)
    const header = await splitHeader(text, delimiter)
    const isComment = text.startsWith('#')
    if (isComment && findColumns(header, column) === undefined) continue
    const isHeader = column !== undefined || header.length > 1 || findColumns(header, column) !== undefined
    if (isHeader && !first.tooLong) return { kind: 'csv', delimiter, columns: requireColumns(header, column, name) }
    lines.unread([first])
    return { kind: 'lines' }
  }
}

async function* plainRows(lines: TextLines): AsyncGenerator<PeopleRow> {
  for (;;) {
    const waiting = lines.next()
    const next = waiting instanceof Promise ? await waiting : waiting
    if (next === undefined) return
    const text = next.text.trim()
    if (next.tooLong) yield tooLong(next)
    else if (text !== '' && !text.startsWith('#')) yield makeRow(next.line, text.replace(/^(["'])(.*)\1$/, '$2'))
  }
}

async function* ndjsonRows(lines: TextLines, { column }: ListOptions): AsyncGenerator<PeopleRow> {
  for (;;) {
    const waiting = lines.next()
    const next = waiting instanceof Promise ? await waiting : waiting
    if (next === undefined) return
    if (next.tooLong) yield tooLong(next)
    else if (next.text.trim() !== '') yield ndjsonRow(next, column)
  }
}

function ndjsonRow({ line, text }: TextLine, column: string | undefined): PeopleRow {
  let value: unknown
  try {
    value = parseJson(text, { what: 'It' })
  } catch (error) {
    const tooDeep = isK1Error(error) && 'maxDepth' in error.facts
    return { line, problem: tooDeep ? error.message : 'It is not valid JSON, where each line has to be an object.' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line, problem: 'It is JSON, but no object: {"email": "amy@customer.example"}' }
  }
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined)
  const columns = findColumns(
    members.map(([name]) => name),
    column,
  )
  if (!columns) {
    const wanted = column === undefined ? `any of ${personNames.join(', ')}` : `"${column}"`
    return { line, problem: `It has no member ${wanted}.` }
  }
  const others: Partial<Record<(typeof otherNames)[number], string>> = {}
  const wanted = [{ name: 'person' as const, at: columns.person }, ...columns.others]
  let person = ''
  for (const { name, at } of wanted) {
    const [key, member] = members[at] ?? []
    if (typeof member !== 'string') return { line, problem: `Its member "${key}" is not text.` }
    if (name === 'person') person = member
    else others[name] = member
  }
  return makeRow(line, person, others)
}

async function* csvRows(
  lines: TextLines,
  { delimiter, columns }: { delimiter: string; columns: Columns },
): AsyncGenerator<PeopleRow> {
  for await (const record of csvRecords(lines, delimiter, columns.person)) {
    if ('problem' in record) {
      yield record
      continue
    }
    const { line, cells } = record
    // Excel writes rows of nothing but delimiters below a table.
    if (cells.every(cell => cell.trim() === '')) continue
    const others: Partial<Record<(typeof otherNames)[number], string>> = {}
    for (const { name, at } of columns.others) others[name] = cells[at] ?? ''
    yield makeRow(line, cells[columns.person] ?? '', others)
  }
}

function tooLong({ line }: TextLine): PeopleRow {
  return { line, problem: `It is longer than ${longestLine} characters.` }
}
