import { jsonText } from '../core/json.ts'
import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import { csvLine } from './csv.ts'
import { layout } from './layout.ts'
import { textTable, widthOf } from './table.ts'

export const formats = ['table', 'json', 'ndjson', 'csv'] as const
export type Format = (typeof formats)[number]

/** A column of a list: what the table and the CSV show of a record. */
export interface Column<T> {
  title: string
  cell(record: T): string
  /** Leave it out of the table (it is in CSV and JSON all the same). */
  wide?: true
  /** Where the table does not fit the terminal: a shorter title, a shorter word, or none of it. */
  narrow?: { title?: string; cell?(record: T): string } | 'none'
}

export interface RecordsView<T> {
  records: readonly T[]
  columns: readonly Column<T>[]
  /** Said instead of an empty table. */
  empty: string
  /** Colours a cell of the table by its column title; gets plain text. */
  paint?: (title: string, text: string) => string
  /** Width of the terminal; absent: no limit. */
  width?: number
  /** Makes a cell of the table fit for the terminal: short times, its letters. */
  fit?: (text: string) => string
}

/** The same records in any format. JSON and NDJSON carry the records as they are; a table is laid out (`layout.ts`). */
export async function renderRecords<T>(view: RecordsView<T>, format: Format): Promise<string> {
  switch (format) {
    case 'json':
      return `${jsonText(view.records, 2)}\n`
    case 'ndjson':
      return view.records.map(r => `${jsonText(r)}\n`).join('')
    case 'csv': {
      const lines = view.records.map(r => csvLine(view.columns.map(c => shown(c.cell(r)))))
      return [csvLine(view.columns.map(c => c.title)), ...lines].map(l => `${l}\r\n`).join('')
    }
    case 'table': {
      if (view.records.length === 0) return layout`${view.empty}\n`
      const columns = view.columns.filter(c => !c.wide)
      const full = tableOf(view, columns)
      const fits = view.width === undefined || widthOf(full) <= view.width
      const { head, rows } = fits ? full : tableOf(view, columns.flatMap(narrowed))
      return textTable(head, rows, view.paint, view.width)
    }
  }
}

interface TableText {
  head: string[]
  rows: string[][]
}

function tableOf<T>({ records, fit: fitted = text => text }: RecordsView<T>, columns: readonly Column<T>[]): TableText {
  const rows = records.map(r => columns.map(c => fitted(shown(c.cell(r)))))
  return { head: columns.map(c => c.title), rows }
}

function narrowed<T>(column: Column<T>): Column<T>[] {
  if (column.narrow === 'none') return []
  return [{ title: column.narrow?.title ?? column.title, cell: column.narrow?.cell ?? column.cell }]
}

/** Each cell by itself: a table breaks cells over lines, and a secret with them. */
function shown(text: string): string {
  return printable(redact(text))
}
