import type { ProblemRow } from '../core/stores.ts'
import { longestLine, type TextLine, type TextLines } from './text-lines.ts'

export interface CsvRecord {
  line: number
  cells: readonly string[]
}

/** Records that are handed to the parser at once: one call for each would take seven times as long. */
const batchSize = 500

/** Lines that one quoted cell may span; a quote that is open longer was never meant to be one. */
const mostLines = 50

/** The delimiter of a header: whichever of comma, semicolon (Excel in half of Europe) and tab it has most of. */
export function delimiterOf(header: string): string {
  const bare = header.replace(/"(?:[^"]|"")*"/g, '')
  const count = (delimiter: string) => bare.split(delimiter).length
  return [';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best), ',')
}

/** The names in a header; one that cannot be parsed is taken as a single name. */
export async function splitHeader(text: string, delimiter: string): Promise<string[]> {
  if (!text.includes(delimiter) && !text.includes('"')) return [text]
  const parse = await loadParser()
  return parse([text], delimiter)?.[0] ?? [text]
}

/**
 * The records of a CSV. The parser alone would go on inside a quote that is never closed and swallow the rows up to the
 * next one: people who stay. So lines are gathered here into whole records first; where that comes to nothing, the first
 * line is a problem and the reading goes on with the next line.
 * @param person the cell that has to be one line: where it is not, a quote was left open there too
 */
export async function* csvRecords(
  lines: TextLines,
  delimiter: string,
  person: number,
): AsyncGenerator<CsvRecord | ProblemRow> {
  const parse = await loadParser()
  let batch: TextLine[] = []
  for (;;) {
    const waiting = lines.next()
    const next = waiting instanceof Promise ? await waiting : waiting
    const plain = next !== undefined && !next.tooLong && hasEvenQuotes(next.text)
    if (plain && next.text.trim() !== '') batch.push(next)
    if (plain && batch.length < batchSize) continue
    yield* parseBatch(batch, delimiter, parse)
    batch = []
    if (next === undefined) return
    if (next.tooLong) yield { line: next.line, problem: `It is longer than ${longestLine} characters.` }
    else if (!plain) yield await longRecord(next, lines, delimiter, person, parse)
  }
}

function* parseBatch(batch: readonly TextLine[], delimiter: string, parse: Parse): Generator<CsvRecord | ProblemRow> {
  const together = parse(
    batch.map(b => b.text),
    delimiter,
  )
  for (const [index, { line, text }] of batch.entries()) {
    const cells = together ? together[index] : parse([text], delimiter)?.[0]
    yield cells
      ? { line, cells }
      : { line, problem: 'Its quotes are not as CSV has them: a quote in a cell is doubled.' }
  }
}

/** A record that begins in a line with an open quote. */
async function longRecord(
  first: TextLine,
  lines: TextLines,
  delimiter: string,
  person: number,
  parse: Parse,
): Promise<CsvRecord | ProblemRow> {
  const more: TextLine[] = []
  let text = first.text
  while (more.length < mostLines && text.length < longestLine) {
    const next = await lines.next()
    if (next === undefined) break
    more.push(next)
    if (next.tooLong) break
    text += `\n${next.text}`
    if (hasEvenQuotes(next.text)) continue
    const cells = parse([text], delimiter)?.[0]
    if (cells && !(cells[person] ?? '').trim().includes('\n')) return { line: first.line, cells }
    break
  }
  lines.unread(more)
  return { line: first.line, problem: 'A quote is opened in it and not closed.' }
}

function hasEvenQuotes(text: string): boolean {
  let even = true
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) even = !even
  return even
}

/** The cells of each record, or undefined when any of them is malformed. */
type Parse = (records: readonly string[], delimiter: string) => string[][] | undefined

async function loadParser(): Promise<Parse> {
  const { parse } = await import('csv-parse/sync')
  return (records, delimiter) => {
    try {
      const options = { delimiter, record_delimiter: '\n', relax_column_count: true, trim: true }
      const rows: string[][] = parse(records.join('\n'), options)
      return rows.length === records.length ? rows : undefined
    } catch {
      return undefined
    }
  }
}
