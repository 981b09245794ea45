import { type ErrorKind, K1Error } from './errors.ts'
import { escapeUnseen } from './printable.ts'
import { mayHoldSecret, redact } from './redact.ts'

/** Nothing that is read here is nested so deep; what is would end somewhere as "Maximum call stack size exceeded". */
const deepest = 64

export interface ParseOptions {
  /** For the sentence: "The plan leavers.json". */
  what: string
  kind?: ErrorKind
  maxDepth?: number
}

/** JSON from outside. @throws K1Error of `kind` (default `usage`) when it is none, or nested too deep */
export function parseJson(text: string, { what, kind = 'usage', maxDepth = deepest }: ParseOptions): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // What JSON.parse says quotes the text, which may be a secret.
    throw new K1Error(kind, `${what} is not valid JSON.`)
  }
  // So deep, it has so many brackets.
  if (text.length > 2 * maxDepth && isDeeper(value, maxDepth)) {
    throw new K1Error(kind, `${what} is nested more than ${maxDepth} levels deep.`, { facts: { maxDepth } })
  }
  return value
}

/** Is a value nested more than `maxDepth` levels deep? Level by level: recursion is what would break. */
export function isDeeper(value: unknown, maxDepth = deepest): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = []
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue
      if (depth >= maxDepth) return true
      for (const member of Object.values(one)) next.push(member)
    }
    level = next
  }
  return false
}

/** A value as JSON that may be printed: no secret, valid whatever was hidden, and only escapes for what is not seen. */
export function jsonText(value: unknown, indent = 0): string {
  const plain = JSON.stringify(value, undefined, indent) ?? 'null'
  if (!mayHoldSecret(plain)) return escapeUnseen(plain)
  return escapeUnseen(JSON.stringify(value, (_, member) => redactMember(member), indent) ?? 'null')
}

function redactMember(member: unknown): unknown {
  if (typeof member === 'string') return redact(member)
  if (typeof member === 'number') return redact(String(member)) === String(member) ? member : redact(String(member))
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
  if (Object.keys(member).every(name => redact(name) === name)) return member
  return Object.fromEntries(Object.entries(member).map(([name, one]) => [redact(name), one]))
}
