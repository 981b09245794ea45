import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import type { LedgerEntry, LedgerReading } from '../core/ports.ts'

/** An entry before its hash. */
export type Unhashed = Omit<LedgerEntry, 'hash'>

const entrySchema = z.strictObject({
  seq: z.int(),
  at: z.string(),
  type: z.enum(['plan', 'consent', 'intent', 'outcome', 'proof', 'attestation', 'report']),
  run: z.string(),
  goal: z.exactOptional(z.string()),
  data: z.unknown(),
  prev: z.string(),
  hash: z.string(),
})

/** What the first entry has as `prev`: the SHA-256 of nothing. */
export const firstPrev = createHash('sha256').digest('hex')

/** SHA-256, in hex, over `prev` and the canonical JSON of the entry without its hash. */
export function hashEntry(entry: Unhashed): string {
  return createHash('sha256').update(entry.prev).update(canonicalJson(entry)).digest('hex')
}

/** JSON with the members of every object sorted by name and no spaces: `jq -cS 'del(.hash)'` prints the same. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}

/** One line of the file, with its line feed; always the same text for the same entry. */
export function formatEntry({ seq, at, type, run, goal, data, prev, hash }: LedgerEntry): string {
  return `${JSON.stringify({ seq, at, type, run, goal, data, prev, hash })}\n`
}

/**
 * Reads a run's file. `entries` holds what is proved: all up to the first that does not fit. `goodBytes` is the length
 * of the whole lines. Entries cut off at the end of the file together with their line feeds leave no trace in it; the
 * `report` entry that ends a run is what shows that a run is whole.
 */
export function readChain(bytes: Buffer, run: string): LedgerReading & { goodBytes: number } {
  const goodBytes = bytes.lastIndexOf(0x0a) + 1
  const lines = bytes.subarray(0, goodBytes).toString('utf8').split('\n').slice(0, -1)
  const entries: LedgerEntry[] = []
  for (const line of lines) {
    const entry = parseLine(line)
    const prev = entries.at(-1)?.hash ?? firstPrev
    const fits = entry && entry.seq === entries.length && entry.run === run && entry.prev === prev
    if (!fits) return { run, entries, chain: { state: 'altered', seq: entries.length }, goodBytes }
    entries.push(entry)
  }
  return { run, entries, chain: { state: goodBytes === bytes.length ? 'intact' : 'torn' }, goodBytes }
}

/** The entry, when its line is byte for byte what was written and its own hash fits. */
function parseLine(line: string): LedgerEntry | undefined {
  let entry: LedgerEntry
  try {
    entry = entrySchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
  const { hash, ...unhashed } = entry
  return hashEntry(unhashed) === hash && formatEntry(entry) === `${line}\n` ? entry : undefined
}
