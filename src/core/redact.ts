import { printable } from './printable.ts'

export { printable } from './printable.ts'

/**
 * Secrets that this process has seen. Everything that leaves (errors, logs, reports, ledger, debug) goes through
 * `redact`, which replaces each by substring, also in its URL-encoded, JSON-escaped, form-encoded and base64 shapes.
 */
const seen = new Set<string>()
/** The same, the longest first: one secret may be part of another. */
let ordered: readonly string[] = []

/** Answers whether it will be hidden: what is too short or too plain never is (`canBeHidden`). */
export function rememberSecret(secret: string): boolean {
  if (!canBeHidden(secret)) return false
  const shapes = [
    secret,
    encodeURIComponent(secret.replace(/\p{Cs}/gu, '\ufffd')),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    printable(secret),
  ]
  for (const shape of shapes) seen.add(shape)
  if (seen.size !== ordered.length) ordered = [...seen].sort((a, b) => b.length - a.length)
  return true
}

/** For tests, of which many share a process; a run of k1ctl never forgets one. */
export function forgetSecrets(): void {
  seen.clear()
  ordered = []
}

const shortest = 8
/** So long is no word, and nothing that is put together of words. */
const surelyNoWord = 24

/** As people write one: `disabled`, `KaseyaOne`, `BMS`. */
const word = '(?:\\p{Lu}?\\p{Ll}{1,14}(?:\\p{Lu}\\p{Ll}{1,14})?|\\p{Lu}{1,14})'
/** One or two words, a date, and addresses: all of them are said all the time. */
const said = [
  new RegExp(`^${word}(?:[-_. ]${word})?$`, 'u'),
  /^(?:19|20)\d\d([-./]?)\d\d\1\d\d$/,
  /^[\w.+-]+@(?:[a-z\d-]+\.)+[a-z]+$/i,
  /^(?:[a-z\d-]+\.)+(?:com|net|org|example|local|cloud)$/i,
]
/** Names of ours of three words, or with a number. */
const ownNames = new Set([
  ...['admin-roles-dropped', 'sign-in-blocked', 'data-handed-over', 'require-log-in', 'datto-partner-portal'],
  ...['datto partner portal', 'microsoft-365', 'microsoft 365', 'scim 2.0 service'],
])

/**
 * Hiding a word that is said anyway (`disabled`, `sign-in-blocked`, `2026-11-29`) would garble all that is printed, and
 * the gaps would tell what the secret is. So only that is hidden which is not met by chance: eight characters or more,
 * five of them different, and nothing that is said all the time.
 */
export function canBeHidden(secret: string): boolean {
  if (secret.length < shortest || new Set(secret).size < 5) return false
  if (ownNames.has(secret.toLowerCase())) return false
  return secret.length >= surelyNoWord || !said.some(shape => shape.test(secret))
}

export function redact(text: string): string {
  let out = text
  for (const secret of ordered) out = out.replaceAll(secret, '[secret]')
  return out
}
