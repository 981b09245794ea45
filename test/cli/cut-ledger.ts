import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a ledger line says, as far as tests look. */
export interface Line {
  type: string
  goal?: string
  data: { things?: string[]; taken?: string[]; sent?: boolean; end?: string; why?: string; hint?: string }
}

function newestIn(home: string): string {
  const folder = join(home, 'state', 'runs')
  const names = readdirSync(folder).filter(name => name.endsWith('.jsonl'))
  return join(folder, names.sort().at(-1) ?? '')
}

export function linesOf(home: string): Line[] {
  return readFileSync(newestIn(home), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line)
}

/** Leaves of the newest run what was on disk when it wrote the last of these lines, as if it had been killed behind it. */
export function cutBehind(home: string, isLast: (line: Line) => boolean): void {
  const path = newestIn(home)
  const last = linesOf(home).findIndex(isLast)
  if (last < 0) throw new Error('There is no such line.')
  const kept = readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, last + 1)
  writeFileSync(path, `${kept.join('\n')}\n`)
}
