import { createHash } from 'node:crypto'
import { jsonText } from '../core/json.ts'

/** JSON with sorted members: a file may have been formatted in between. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

/** The value as a ledger or a file gives it back, without secrets: what is sealed has to be what is read later. */
export function plainly<T>(value: T): T {
  return JSON.parse(jsonText(value)) as T
}

/**
 * The same object with a hash over all of it, SHA-256 of its canonical JSON. It shows that something was edited, by
 * mistake or by somebody who does not know better; whoever computes the hash anew is not held up by it.
 */
export function withHash<T extends object>(value: T): T & { hash: string } {
  const plain = plainly(value)
  return { ...plain, hash: hashOf(plain) }
}

export function isSealed(value: { hash: string }): boolean {
  const { hash, ...rest } = value
  return hashOf(rest) === hash
}

function hashOf(value: object): string {
  return createHash('sha256').update(canonical(value)).digest('hex')
}
