/** A CSV line (RFC 4180). A cell that a spreadsheet would run as a formula is kept as text by a leading apostrophe. */
export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',')
}

export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
