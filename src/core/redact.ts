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

const shortest = 8
/** So long is no word, and nothing that is put together of words. */
const surelyNoWord = 24

/** Nothing but words, or nothing but numbers, side by side. */
const words = /^(?:\p{Lu}?\p{Ll}{0,12}|\p{Lu}{1,12})$/u
const number = /^\d{0,12}$/
/** The one name with a number that all systems, goals and records are told by. */
const ownName = /^microsoft[-\s]?365$/i

/**
 * Hiding a word that is said anyway (`disabled`, `sign-in-blocked`, `2026-11-29`) would garble all that is printed, and
 * the gaps would tell what the secret is. So only that is hidden which cannot be met by chance: eight characters or more,
 * five of them different, and not merely words or merely numbers.
 */
export function canBeHidden(secret: string): boolean {
  if (secret.length < shortest || new Set(secret).size < 5) return false
  if (secret.length >= surelyNoWord) return true
  const parts = secret.split(/[-_.:/@\s]+/)
  return !(parts.every(part => words.test(part)) || parts.every(part => number.test(part)) || ownName.test(secret))
}

export function redact(text: string): string {
  let out = text
  for (const secret of ordered) out = out.replaceAll(secret, '[secret]')
  return out
}
