/** Distinguished names as strings (RFC 4514), with one attribute to each part: Active Directory knows no other. */

export interface Rdn {
  /** Upper case, as Active Directory writes it. */
  readonly type: string
  readonly value: string
}

/** Null for what is no name. The empty string is the name of nothing, an empty list. */
export function parseDn(text: string): Rdn[] | null {
  if (text.trim() === '') return []
  const parts: Rdn[] = []
  let rest = text
  for (;;) {
    const [all, type, bare] = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*((?:[^\\,;+"<>]|\\.)*)/s.exec(rest) ?? []
    if (all === undefined || type === undefined || bare === undefined) return null
    const value = unescapeValue(bare)
    if (value === null) return null
    parts.push({ type: type.toUpperCase(), value })
    rest = rest.slice(all.length)
    if (rest === '') return parts
    if (!/^[,;]/.test(rest)) return null
    rest = rest.slice(1)
  }
}

export function formatDn(parts: readonly Rdn[]): string {
  return parts.map(({ type, value }) => `${type}=${escapeValue(value)}`).join(',')
}

/** Two names are the same when their keys are. */
export function dnKey(parts: readonly Rdn[]): string {
  return parts.map(keyOfPart).join(',')
}

/** Every search compares every name: what a part folds to never changes. */
const keys = new WeakMap<Rdn, string>()

function keyOfPart(part: Rdn): string {
  const known = keys.get(part) ?? `${part.type}=${escapeValue(fold(part.value))}`
  keys.set(part, known)
  return known
}

/**
 * What Active Directory takes for the same text: it ignores case, width and diacritics (MS-ADTS 6.5, the flags of its
 * comparison), so that `(cn=zoe)` also finds Zoë. Samba only ignores case.
 */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim().replace(/ {2,}/g, ' ')
}

function escapeValue(value: string): string {
  return value
    .replace(/[\\,+"<>;=]/g, '\\$&')
    .replace(/[\x00-\x1f]/g, character => `\\${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
}

/** Null when an escape is wrong, or nothing is left. */
function unescapeValue(bare: string): string | null {
  const trimmed = bare.replace(/(?<!\\) +$/, '')
  if (trimmed.startsWith('#')) {
    const hex = /^#((?:[0-9a-f]{2})+)$/i.exec(trimmed)?.[1]
    const bytes = hex === undefined ? undefined : Buffer.from(hex, 'hex')
    // A BER string: its tag and its length, both one byte here.
    return bytes === undefined || bytes.length < 3 ? null : bytes.subarray(2).toString('utf8')
  }
  const bytes: Buffer[] = []
  let rest = trimmed
  while (rest !== '') {
    const plain = /^[^\\]+/.exec(rest)?.[0]
    const hex = /^\\([0-9a-fA-F]{2})/.exec(rest)?.[1]
    const escaped = /^\\([ "#+,;<=>\\])/.exec(rest)?.[1]
    if (plain !== undefined) bytes.push(Buffer.from(plain, 'utf8'))
    else if (hex !== undefined) bytes.push(Buffer.from(hex, 'hex'))
    else if (escaped !== undefined) bytes.push(Buffer.from(escaped, 'utf8'))
    else return null
    rest = rest.slice(plain?.length ?? (hex === undefined ? 2 : 3))
  }
  const value = Buffer.concat(bytes).toString('utf8')
  return value === '' ? null : value
}
