import { printable } from './printable.ts'

export { printable } from './printable.ts'

/**
 * Secrets that this process has seen. Everything that leaves (errors, logs, reports, ledger, debug) goes through
 * `redact`, which replaces each by substring, also in its URL-encoded, JSON-escaped, form-encoded and base64 shapes.
 *
 * By how they begin: a run over a thousand tenants has seen tens of thousands, and each text that leaves is looked
 * through once, not once for each of them.
 */
const seen = new Map<string, Set<string>>()

/** As they were told: a fleet tells the same password once a tenant. */
const known = new Set<string>()

/** By the first two characters of each: hardly a place in a text begins like a secret, and no other is cut out. */
const beginnings = new Uint8Array(0x1_0000)

/** Whether JSON writes one of them otherwise than it is, with a quote or a backslash in it. */
let anyIsEscaped = false

/** No shape of a secret is shorter. */
const shortest = 8

/** Answers whether it will be hidden: what is too short or too plain never is (`canBeHidden`). */
export function rememberSecret(secret: string): boolean {
  if (known.has(secret)) return true
  if (!canBeHidden(secret)) return false
  known.add(secret)
  for (const shape of shapesOf(secret)) {
    const beginning = shape.slice(0, shortest)
    seen.set(beginning, (seen.get(beginning) ?? new Set()).add(shape))
    beginnings[pairOf(shape.charCodeAt(0), shape.charCodeAt(1))] = 1
    anyIsEscaped ||= JSON.stringify(shape) !== `"${shape}"`
  }
  return true
}

function shapesOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '')
  // Most tokens: no encoding but that one changes any of it.
  if (/^[\w.*-]+$/.test(secret)) return [secret, base64]
  return [
    secret,
    encodeURIComponent(secret.replace(/\p{Cs}/gu, '\ufffd')),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    base64,
    printable(secret),
  ]
}

/** For tests, of which many share a process; a run of k1ctl never forgets one. */
export function forgetSecrets(): void {
  known.clear()
  seen.clear()
  beginnings.fill(0)
  anyIsEscaped = false
}

function pairOf(unit: number, next: number): number {
  return (unit * 0x101 + next) & 0xffff
}

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
  ...['mail-kept-in', 'successor-let-in', 'others-mailboxes-left'],
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

/** False: no secret is in any text, name or number of the value that this is the JSON of. Told at once, for all of them. */
export function mayHoldSecret(json: string): boolean {
  return anyIsEscaped || redact(json) !== json
}

export function redact(text: string): string {
  if (seen.size === 0) return text
  let out = ''
  let at = 0
  // What is hidden from here on: secrets that overlap are hidden as one, so that no end of one is left.
  let [start, end] = [-1, -1]
  let next = text.charCodeAt(0)
  for (let i = 0; i + shortest <= text.length; i++) {
    const unit = next
    next = text.charCodeAt(i + 1)
    if (beginnings[pairOf(unit, next)] === 0) continue
    const shapes = seen.get(text.slice(i, i + shortest))
    if (shapes === undefined) continue
    let longest = 0
    for (const shape of shapes) if (shape.length > longest && text.startsWith(shape, i)) longest = shape.length
    if (longest === 0) continue
    if (i >= end) {
      if (start >= 0) {
        out += `${text.slice(at, start)}[secret]`
        at = end
      }
      start = i
    }
    end = Math.max(end, i + longest)
  }
  return start < 0 ? text : `${out}${text.slice(at, start)}[secret]${text.slice(end)}`
}
