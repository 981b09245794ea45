/** A CSV line (RFC 4180). A cell that a spreadsheet would run as a formula is kept as text by a leading apostrophe. */
export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',')
}

/**
 * How a formula begins, also in full width (Excel reads `＝` as `=`), also behind blanks. It may begin behind a line end,
 * and behind `;` or a tab, which a program set to another country takes for the end of a cell, quoted or not.
 */
const formula = /(^|[\r\n;\t])("*[^\S\r\n\t]*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu

export function csvCell(text: string): string {
  const plain = text.replace(formula, "$1'$2")
  const safe = /^[\t\r]/.test(plain) ? `'${plain}` : plain
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
