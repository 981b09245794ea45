import { isK1Error, K1Error } from '../core/errors.ts'
import { parseJson } from '../core/json.ts'
import { quoted } from '../core/shell.ts'
import { csvRecords, delimiterOf, splitHeader } from './csv-records.ts'
import {
  type ColumnNames,
  type Columns,
  findColumns,
  type ListedRow,
  makeRow,
  type Others,
  personNames,
  requireColumns,
  unaskedDate,
} from './people-columns.ts'
import { longestLine, type TextLine, type TextLines } from './text-lines.ts'

export interface ListOptions extends ColumnNames {
  /** Where a column says when they leave, and none was asked for, it is refused: all of them would leave now. */
  refusesDates?: boolean
  /** What the list is called in errors: `leavers.csv`, `stdin`. */
  name: string
}

/** The rows of a list in whichever format its first line shows: one a line, NDJSON, or CSV with a header. */
export async function* readRows(lines: TextLines, options: ListOptions): AsyncGenerator<ListedRow> {
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
async function detect(lines: TextLines, options: ListOptions): Promise<Shape> {
  const { column, name } = options
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
    if (isComment && findColumns(header, options) === undefined) continue
    const isHeader = column !== undefined || header.length > 1 || findColumns(header, options) !== undefined
    if (isHeader && !first.tooLong) {
      if (options.refusesDates) refuseUnasked(unaskedDate(header), name)
      return { kind: 'csv', delimiter, columns: requireColumns(header, options, name) }
    }
    lines.unread([first])
    return { kind: 'lines' }
  }
}

/** @throws K1Error `usage` */
function refuseUnasked(date: string | undefined, list: string): void {
  if (date === undefined) return
  const name = date.trim()
  throw new K1Error('usage', `${list} has a column "${name}", and all of them would be offboarded now.`, {
    hint: `Each on their day: --date-column ${quoted(name)} --at 17:00. All of them now: --now`,
    facts: { column: name },
  })
}

async function* plainRows(lines: TextLines): AsyncGenerator<ListedRow> {
  for (;;) {
    const waiting = lines.next()
    const next = waiting instanceof Promise ? await waiting : waiting
    if (next === undefined) return
    const text = next.text.trim()
    if (next.tooLong) yield tooLong(next)
    else if (text !== '' && !text.startsWith('#')) yield makeRow(next.line, text.replace(/^(["'])(.*)\1$/, '$2'))
  }
}

async function* ndjsonRows(lines: TextLines, options: ListOptions): AsyncGenerator<ListedRow> {
  for (;;) {
    const waiting = lines.next()
    const next = waiting instanceof Promise ? await waiting : waiting
    if (next === undefined) return
    if (next.tooLong) yield tooLong(next)
    else if (next.text.trim() !== '') yield ndjsonRow(next, options)
  }
}

function ndjsonRow({ line, text }: TextLine, options: ListOptions): ListedRow {
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
  const { column } = options
  const names = members.map(([name]) => name)
  const columns = findColumns(names, options)
  const date = options.refusesDates ? unaskedDate(names) : undefined
  if (date !== undefined) {
    return { line, problem: `It says when they leave (${date}), and would be done now: give --date-column, or --now.` }
  }
  if (!columns) {
    const wanted = column === undefined ? `any of ${personNames.join(', ')}` : `"${column}"`
    return { line, problem: `It has no member ${wanted}.` }
  }
  const others: Others = {}
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
): AsyncGenerator<ListedRow> {
  for await (const record of csvRecords(lines, delimiter, columns.person)) {
    if ('problem' in record) {
      yield record
      continue
    }
    const { line, cells } = record
    // Excel writes rows of nothing but delimiters below a table.
    if (cells.every(cell => cell.trim() === '')) continue
    const others: Others = {}
    for (const { name, at } of columns.others) others[name] = cells[at] ?? ''
    yield makeRow(line, cells[columns.person] ?? '', others)
  }
}

function tooLong({ line }: TextLine): ListedRow {
  return { line, problem: `It is longer than ${longestLine} characters.` }
}
