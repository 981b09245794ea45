/** Signs of ours, and of the libraries that ask and wait, for a terminal that has no more than ASCII. */
const signs: Readonly<Record<string, string>> = {
  '✓': '+',
  '✔': '+',
  '✖': 'x',
  '→': '->',
  '←': '<-',
  '↑': 'up',
  '↓': 'down',
  '⏎': 'Enter',
  '·': '-',
  '•': '*',
  '…': '...',
  '–': '-',
  '—': '--',
  '❯': '>',
  '×': 'x',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '\u00a0': ' ',
}

/** A spinner of dots turns as a line. */
const turning = ['-', '\\', '|', '/'] as const

/**
 * The text in ASCII. Letters of names stay told apart: each is written as its number, as what cannot be seen is. Bytes of
 * UTF-8 would be noise to such a terminal, or even orders (0x9b is one).
 */
export function asciiOnly(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, char => {
    const sign = Object.hasOwn(signs, char) ? signs[char] : undefined
    if (sign !== undefined) return sign
    const code = char.codePointAt(0) ?? 0
    if (code >= 0x2800 && code <= 0x28ff) return turning[code % turning.length] ?? '-'
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** Does the locale say that it has no more than ASCII? One that says nothing is taken to know UTF-8, as most do. */
export function isAsciiLocale(env: Readonly<Record<string, string | undefined>>): boolean {
  const said = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return said !== '' && !/utf-?8/i.test(said)
}
