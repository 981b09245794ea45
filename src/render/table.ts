import { eol, layout, markStyled, onScreen } from './layout.ts'

/**
 * Aligned columns without borders: they survive copying into a ticket. At a terminal, cells wrap at its width, and
 * where the columns do not fit at all each row becomes a block; off a terminal nothing is cut or wrapped. Cells are one line each, with
 * nothing in them that a terminal obeys (`printable`).
 */
export async function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (title: string, text: string) => string = (_, text) => text,
  width?: number,
): Promise<string> {
  const titles = head.map(title => title.toUpperCase())
  const widths = columnWidths(titles, rows, width)
  if (widths === null) return blocks(titles, head, rows, paint)
  const { default: Table } = await import('cli-table3')
  const blank = Object.fromEntries(borders.map(b => [b, '']))
  const table = new Table({
    head: titles.map(title => onScreen(paint('', title))),
    chars: { ...blank, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: widths,
    wordWrap: true,
  })
  for (const row of rows) table.push(row.map((cell, i) => painted(paint, head[i] ?? '', cell, widths[i] ?? null)))
  const lines = table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
  return markStyled(`${lines.join('\n')}\n`)
}

const borders = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
] as const

const gap = 2
const narrowest = 12

/** How wide a table is where nothing is wrapped. */
export function widthOf({ head, rows }: { head: readonly string[]; rows: readonly (readonly string[])[] }): number {
  return natural(head, rows).reduce((sum, width) => sum + width, gap * (head.length - 1))
}

function natural(head: readonly string[], rows: readonly (readonly string[])[]): number[] {
  return head.map((title, i) => Math.max(title.length, ...rows.map(row => row[i]?.length ?? 0)))
}

/**
 * Widths so that the table fits: the widest column gives way first, until it is one of several. `null` for a column lets it be as wide as it is,
 * `null` for all means that they do not fit.
 */
function columnWidths(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): (number | null)[] | null {
  if (width === undefined) return head.map(() => null)
  const whole = natural(head, rows)
  const widths = [...whole]
  const total = () => widths.reduce((sum, w) => sum + w, 0) + gap * (widths.length - 1)
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths))
    const current = widths[widest] ?? 0
    if (current <= narrowest) return null
    const next = Math.max(0, ...widths.filter((_, i) => i !== widest))
    widths[widest] = Math.max(narrowest, current - (total() - width), Math.min(next, current - 1))
  }
  return widths.map((w, i) => (w === whole[i] ? null : w))
}

/** A URL or a path that is longer than its column is broken, not cut: what is cut cannot be copied. */
function painted(
  paint: (title: string, text: string) => string,
  title: string,
  cell: string,
  width: number | null,
): string {
  // As a terminal has it: the table measures it without its colour codes.
  const text = onScreen(paint(title, cell))
  if (width === null) return text
  const broken = cell.replace(new RegExp(`\\S{${width}}(?=\\S)`, 'g'), '$&\n')
  return broken === cell ? text : text.replace(cell, () => broken)
}

/** Each row as lines of `TITLE  value`, with an empty line between rows. The terminal wraps a long value. */
function blocks(
  titles: readonly string[],
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (title: string, text: string) => string,
): string {
  const width = Math.max(...titles.map(title => title.length)) + gap
  const lines = (row: readonly string[]) =>
    row.flatMap((cell, i) =>
      cell === '' ? [] : [layout`${paint('', (titles[i] ?? '').padEnd(width))}${paint(head[i] ?? '', cell)}\n`],
    )
  return rows.map(row => lines(row).join('')).join(eol)
}
