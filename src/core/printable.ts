/**
 * What no reader can see, and what a terminal obeys: control characters (C0, DEL, C1), marks of direction, zero widths,
 * tags, line and paragraph separators, halves of surrogate pairs, and letters that are blank. By category, so that a
 * list cannot forget one; without those that a script does show (Arabic) and those that choose a glyph (emoji, kanji).
 */
const unseen =
  /(?!\p{Variation_Selector}|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u
const everyUnseen = new RegExp(unseen, 'gu')

/**
 * Letters, signs and arrows of which all can be seen: what most lines are made of. To make the expression above ready
 * takes a few milliseconds, which a call that prints only these need not wait for.
 */
const surelySeen = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u27bf]*$/

/** Text from elsewhere (a server, a file, the call) as one line in which everything can be seen and nothing obeyed. */
export function printable(text: string): string {
  return !surelySeen.test(text) && unseen.test(text) ? text.replace(everyUnseen, picture) : text
}

/** Does it hold anything that would not be seen, and that no name or address needs? */
export function hidesSomething(text: string): boolean {
  return !surelySeen.test(text) && (unseen.test(text) || /\p{Default_Ignorable_Code_Point}/u.test(text))
}

/** The same text without any of it: for a name that is kept. */
export function withoutUnseen(text: string): string {
  return text.replace(everyUnseen, '')
}

/** The beginning of a text, never with half of a character at its end. */
export function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, '')
}

/** A letter that stands for a control character (U+2400 and on), or the number of one that has none. */
function picture(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  const hex = code.toString(16)
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}

/** JSON in which each of them is written as an escape: the same value to a program, and nothing to a terminal. */
export function escapeUnseen(json: string): string {
  if (/^[\n -~]*$/.test(json)) return json
  return json.replace(everyUnseen, char => {
    // The line ends of an indented document are its own: in a string they are escaped already.
    if (char === '\n') return char
    return Array.from({ length: char.length }, (_, at) => unitOf(char, at)).join('')
  })
}

function unitOf(char: string, at: number): string {
  return `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`
}
