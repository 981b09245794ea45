import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'

/**
 * What k1ctl itself put into a text, its line ends and its colours, is marked; all else in the text came from elsewhere.
 * So a display name cannot forge a line of result or a colour, wherever it is put in: at the screen (`onScreen`) only
 * what is marked takes effect, everything else is shown.
 *
 * The mark cannot be guessed: four of the 65,534 letters that Unicode leaves to private use. It never leaves the process.
 */
const mark = Array.from({ length: 4 }, () => String.fromCodePoint(0x100000 + Math.floor(Math.random() * 0xfffe))).join(
  '',
)

/** A line end of ours. */
export const eol = `${mark}n`
/** A colour as a terminal has it, at the beginning of a text. */
export const colourCode = /^\u001b\[[\d;]*m/
const marked = new RegExp(`${mark}(?:n|\\[([\\d;]*)m)`, 'g')

/** Lays a text out: line ends of the template count, those in its values are shown. Values may be laid out themselves. */
export function layout(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return strings.reduce((text, part, at) => {
    const before = at === 0 ? '' : foreign(String(values[at - 1]))
    return text + before + part.replaceAll('\n', eol)
  }, '')
}

/** A whole text of ours (help, a finished document): all its line ends count. Secrets are its renderer's to hide. */
export function laidOut(text: string): string {
  return text
    .split('\n')
    .map(line => mapUnmarked(line, printable, (_, whole) => whole))
    .join(eol)
}

/** What was styled, which is escape codes and text, as a text with marks. */
export function markStyled(styled: string): string {
  return styled.replaceAll('\u001b[', `${mark}[`).replaceAll('\n', eol)
}

/** The text as a terminal may have it. */
export function onScreen(text: string): string {
  return mapUnmarked(text, printable, (code, whole) => (whole === eol ? '\n' : `\u001b[${code}m`))
}

/** The text without line ends at its end. */
export function trimLines(text: string): string {
  let end = text
  while (end.endsWith(eol) || end.endsWith('\n')) end = end.slice(0, end.endsWith(eol) ? -eol.length : -1)
  return end
}

function foreign(text: string): string {
  return mapUnmarked(
    text,
    part => printable(redact(part)),
    (_, whole) => whole,
  )
}

function mapUnmarked(text: string, part: (text: string) => string, sign: (code: string, whole: string) => string) {
  if (!text.includes(mark)) return part(text)
  let out = ''
  let at = 0
  for (const found of text.matchAll(marked)) {
    out += part(text.slice(at, found.index)) + sign(found[1] ?? '', found[0])
    at = found.index + found[0].length
  }
  return out + part(text.slice(at))
}
