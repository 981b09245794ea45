/** What a terminal shows in the end of what was written to it: carriage returns and erased lines taken into account. */
export function drawn(raw: string): string[] {
  const lines: string[] = ['']
  let column = 0
  for (const [part] of raw.matchAll(/\x1b\[[\d;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+/g)) {
    const at = lines.length - 1
    const line = lines[at] ?? ''
    if (part === '\n') {
      lines.push('')
      column = 0
    } else if (part === '\r') column = 0
    else if (part === '\x1b[K') lines[at] = line.slice(0, column)
    else if (!part.startsWith('\x1b')) {
      lines[at] = line.slice(0, column).padEnd(column) + part + line.slice(column + part.length)
      column += part.length
    }
  }
  return lines
}
