/** Distinguished names (RFC 4514) and search filters (RFC 4515): awkward people have commas, quotes and plus signs. */

/** The parts of a DN at its unescaped commas, as the server spelled them. */
function partsOf(dn: string): string[] {
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < dn.length; at++) {
    const char = dn.charAt(at)
    if (char === '\\') {
      part += char + dn.charAt(at + 1)
      at += 1
    } else if (char === ',' || char === ';') {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part]
}

/** `CN=Amy\, Dr.` and `OU=Staff,DC=corp,DC=example`. */
export function splitDn(dn: string): { rdn: string; parent: string } {
  const [rdn = '', ...rest] = partsOf(dn)
  return { rdn: rdn.trimStart(), parent: rest.map(part => part.trimStart()).join(',') }
}

/** The plain value of `CN=Amy\, Dr.`: `Amy, Dr.` */
export function rdnValue(rdn: string): string {
  return unescaped(rdn.slice(rdn.indexOf('=') + 1).trimStart())
}

/** Space at the end counts only where it is escaped. */
function unescaped(text: string): string {
  const bytes: Buffer[] = []
  let counted = 0
  for (let at = 0; at < text.length; ) {
    const hex = /^\\([0-9a-f]{2})/i.exec(text.slice(at, at + 3))?.[1]
    const from = text.charAt(at) === '\\' ? at + 1 : at
    // With its other half, where it has two.
    const char = String.fromCodePoint(text.codePointAt(from) ?? 0)
    bytes.push(hex === undefined ? Buffer.from(char) : Buffer.from(hex, 'hex'))
    if (from > at || char !== ' ') counted = bytes.length
    at = hex === undefined ? from + char.length : at + 3
  }
  return Buffer.concat(bytes.slice(0, counted)).toString('utf8')
}

/**
 * A part of a DN for a value. What RFC 4514 reserves is written as a pair of hexadecimal digits, never as `\,`:
 * ldapts looks for the first comma when it renames, and would split `Smith\\,OU=x` in the wrong place.
 */
export function rdn(attribute: string, value: string): string {
  const inside = value.replace(/[\\,+"<>;=\u0000]/g, hexPair)
  return `${attribute}=${inside.replace(/^[ #]/, hexPair).replace(/ $/, hexPair)}`
}

function hexPair(char: string): string {
  return `\\${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`
}

/** Do two DNs, however escaped and spaced, name the same place? */
export function isSameDn(one: string, other: string): boolean {
  return plainDn(one) === plainDn(other)
}

/** Is the DN below this other one? */
export function isBelow(dn: string, above: string): boolean {
  return plainDn(dn).endsWith(`\n${plainDn(above)}`)
}

function plainDn(dn: string): string {
  return partsOf(dn)
    .map(part => `${part.slice(0, part.indexOf('=')).trim()}=${rdnValue(part)}`.toLowerCase().normalize('NFC'))
    .join('\n')
}

/** `corp.example` for `DC=corp,DC=example`. */
export function dnsNameOf(dn: string): string {
  return partsOf(dn)
    .filter(part => /^\s*DC=/i.test(part))
    .map(rdnValue)
    .join('.')
}

/**
 * A search filter; each value is escaped. Only what RFC 4515 demands becomes hexadecimal: ldapts reads each pair as
 * one character, so that an umlaut written in two pairs would become two wrong letters.
 */
export function filter(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: strings }, ...values.map(escapeFilterValue))
}

function escapeFilterValue(value: string): string {
  return value.replace(/[\\*()\u0000]/g, char => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
