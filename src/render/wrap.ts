import { stripVTControlCharacters } from 'node:util'
import { colourCode } from './layout.ts'

/** Breaks one line at spaces, colours going on behind each break; `fast-wrap-ansi`, loaded only at a terminal. */
export type BreakLine = (line: string, columns: number, options: { trim: boolean; hard: boolean }) => string

/** What stands before the text of a line: spaces, a mark, a number, a word with a colon. */
const lead = /^\s*(?:(?:[~=x?!✓·→+>*$-]|->|\d+\.|error:|hint:|cancelled:|warning:|Next:)\s+)*/

/** The same with a first column behind it, which two spaces end: "~ Google Workspace      groups left: …". */
const column = /^\S(?:.{0,34}?\S)?\s{2,}(?=\S)/

/** So much of a line has to be left for a text to stand beside its column. */
const least = 28

/** A call of k1ctl, or of systemd, up to what ends it in a sentence: it stays in one piece, for whoever pastes it. */
const call = /\b(?:k1ctl|systemctl|loginctl) (?:'[^']*'|[^\s'.,;:()]|[.,;:](?=\S)|\((?=\S)| (?! )(?!→|\())+/g

/**
 * Prose as a terminal of this width should have it: broken at spaces, what follows below what it belongs to. Lines that
 * fit stay as they are, and so does a command, however long: broken, it could not be pasted.
 */
export function wrapped(text: string, width: number, breakLine: BreakLine): string {
  if (width < 20) return text
  return text
    .split('\n')
    .map(line => (widthOf(stripVTControlCharacters(line)) <= width ? line : wrapLine(line, width, breakLine)))
    .join('\n')
}

function wrapLine(line: string, width: number, breakLine: BreakLine): string {
  const hang = hangOf(stripVTControlCharacters(line), width)
  const at = endOf(line, hang)
  const rest = line.slice(at).replace(call, words => words.replace(/ (?=\S)/g, glue))
  const [first = '', ...more] = breakLine(rest, width - hang, { trim: true, hard: false }).split('\n')
  return [line.slice(0, at) + first, ...more.map(part => ' '.repeat(hang) + part)].join('\n').replaceAll(glue, ' ')
}

/** Letters of East Asia and emoji take two columns. */
function widthOf(plain: string): number {
  return (
    plain.length + (plain.match(/[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g)?.length ?? 0)
  )
}

const glue = '\u00a0'

function hangOf(plain: string, width: number): number {
  const marked = lead.exec(plain)?.[0].length ?? 0
  const beside = marked + (column.exec(plain.slice(marked))?.[0].length ?? 0)
  if (beside > marked && width - beside >= least) return beside
  if (beside > marked) return Math.min(marked + 2, width - 10)
  return Math.min(marked, width - 10)
}

/** Where the first columns of a line end, its colour codes left out of the count. */
function endOf(line: string, columns: number): number {
  let at = 0
  let seen = 0
  while (seen < columns && at < line.length) {
    const code = colourCode.exec(line.slice(at, at + 12))?.[0]
    at += code === undefined ? 1 : code.length
    if (code === undefined) seen += 1
  }
  return at
}
