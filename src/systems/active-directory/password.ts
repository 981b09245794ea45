import { randomBytes, randomInt } from 'node:crypto'
import { rememberSecret } from '../../core/redact.ts'

const classes = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789', '!#%+-=?@_~']

/** Long enough for any policy, short enough for any length that a filter on a DC allows. */
const length = 48

/**
 * A password that nobody will ever know: all four classes of characters are in it, which is what the complexity rule
 * asks for, and it is long enough for every policy of length (at most 14 by group policy, 255 fine-grained). The rule also
 * refuses one with the log-in or a word of the display name in it, from three letters on and whatever the case
 * (Microsoft, "Password must meet complexity requirements"): such a one is drawn again.
 */
export function randomPassword({ login = '', name = '' }: { login?: string; name?: string } = {}): string {
  const words = [login, ...name.split(/[\s,.\-_#]+/)].map(word => word.toLowerCase()).filter(word => word.length > 2)
  for (;;) {
    const password = draw()
    if (words.some(word => password.toLowerCase().includes(word))) continue
    rememberSecret(password)
    return password
  }
}

function draw(): string {
  const all = classes.join('')
  const chars = [
    ...classes.map(set => set.charAt(randomInt(set.length))),
    ...Array.from({ length: length - classes.length }, () => all.charAt(randomInt(all.length))),
  ]
  const order = randomBytes(chars.length)
  return chars
    .map((char, at) => ({ char, place: order[at] ?? 0 }))
    .sort((a, b) => a.place - b.place)
    .map(({ char }) => char)
    .join('')
}

/** A value of `unicodePwd`: in quotes, as UTF-16 (MS-ADTS 3.1.1.3.1.5.1). */
export function unicodePassword(password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le')
}
