/**
 * Secrets that this process has seen. Everything that leaves (errors, logs, reports, ledger, debug) goes through
 * `redact`, which replaces each by substring, also in its URL-encoded, JSON-escaped, form-encoded and base64 shapes.
 */
const seen = new Set<string>()
/** The same, the longest first: one secret may be part of another. */
let ordered: readonly string[] = []

/** Shorter than this, replacing would garble ordinary words. */
const shortest = 4

export function rememberSecret(secret: string): void {
  if (secret.length < shortest) return
  const shapes = [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]
  for (const shape of shapes) seen.add(shape)
  if (seen.size !== ordered.length) ordered = [...seen].sort((a, b) => b.length - a.length)
}

export function redact(text: string): string {
  let out = text
  for (const secret of ordered) out = out.replaceAll(secret, '[secret]')
  return out
}

/** Control characters out of text that a server sent, so that it cannot drive the terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
}
