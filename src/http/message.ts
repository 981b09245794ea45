import { cut, printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'

const longest = 300

/** Where the known shapes of errors keep their sentence: problem+json and SCIM, OAuth, and what many make up. */
const members = ['detail', 'error_description', 'message', 'Message', 'title', 'error', 'Error', 'errors']

/** The system's own words in the body of a refusal, ready to be shown; undefined when it has none. */
export function readMessage(body: unknown): string | undefined {
  const found = find(body, 0)
  const text = found === undefined ? '' : quotable(found)
  return text === '' ? undefined : text
}

/** Text from a server, fit for a sentence: one line, no control characters, no secrets, not long. */
export function quotable(text: string): string {
  const line = printable(redact(text).replace(/\s+/g, ' ').trim())
  return line.length > longest ? `${cut(line, longest)}…` : line
}

export function looksLikeHtml(text: string): boolean {
  return /^\s*(?:<!doctype|<html|<\?xml|<!--|<head|<body)/i.test(text)
}

function find(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value.trim() === '' || looksLikeHtml(value) ? undefined : value
  if (typeof value !== 'object' || value === null || depth > 3) return undefined
  if (Array.isArray(value)) return find(value[0], depth + 1)
  const byName = new Map<string, unknown>(Object.entries(value))
  for (const member of members) {
    const found = find(byName.get(member), depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}
