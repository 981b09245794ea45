/**
 * Aligned columns without borders: they survive copying into a ticket. Cells wrap at the terminal's width; off a
 * terminal nothing is cut.
 */
export async function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (title: string, text: string) => string = (_, text) => text,
  width?: number,
): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const blank = Object.fromEntries(borders.map(b => [b, '']))
  const table = new Table({
    head: head.map(title => paint('', title.toUpperCase())),
    chars: { ...blank, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: columnWidths(head, rows, width),
    wordWrap: true,
  })
  for (const row of rows) table.push(row.map((cell, i) => paint(head[i] ?? '', cell)))
  return `${table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')}\n`
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

/** Widths so that the table fits: the widest column gives way first. `null` lets a column be as wide as it is. */
function columnWidths(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): (number | null)[] {
  if (width === undefined) return head.map(() => null)
  const natural = head.map((title, i) => Math.max(title.length, ...rows.map(row => row[i]?.length ?? 0)))
  const widths = [...natural]
  const total = () => widths.reduce((sum, w) => sum + w, 0) + gap * (widths.length - 1)
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths))
    const current = widths[widest] ?? 0
    if (current <= narrowest) break
    widths[widest] = Math.max(narrowest, current - (total() - width))
    if (widths[widest] === current) break
  }
  return widths.map((w, i) => (w === natural[i] ? null : w))
}
