import { printable } from '../core/redact.ts'
import { csvLine } from './csv.ts'
import { textTable } from './table.ts'

export const formats = ['table', 'json', 'ndjson', 'csv'] as const
export type Format = (typeof formats)[number]

/** A column of a list: what the table and the CSV show of a record. */
export interface Column<T> {
  title: string
  cell(record: T): string
  /** Leave it out of the table (it is in CSV and JSON all the same). */
  wide?: true
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
}

/** The same records in any format. JSON and NDJSON carry the records as they are. */
export async function renderRecords<T>(view: RecordsView<T>, format: Format): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(view.records, null, 2)}\n`
    case 'ndjson':
      return view.records.map(r => `${JSON.stringify(r)}\n`).join('')
    case 'csv': {
      const lines = view.records.map(r => csvLine(view.columns.map(c => printable(c.cell(r)))))
      return [csvLine(view.columns.map(c => c.title)), ...lines].map(l => `${l}\r\n`).join('')
    }
    case 'table': {
      if (view.records.length === 0) return `${view.empty}\n`
      const columns = view.columns.filter(c => !c.wide)
      const rows = view.records.map(r => columns.map(c => printable(c.cell(r)).replaceAll('\n', ' ')))
      return textTable(
        columns.map(c => c.title),
        rows,
        view.paint,
        view.width,
      )
    }
  }
}
