import { hash } from 'node:crypto'
import type { LedgerEntry, LedgerEntryType, LedgerReading } from '../core/ledger-store.ts'

/** An entry before its hash. */
export type Unhashed = Omit<LedgerEntry, 'hash' | 'sig'>

const types: ReadonlySet<unknown> = new Set<LedgerEntryType>([
  'plan',
  'consent',
  'intent',
  'outcome',
  'proof',
  'attestation',
  'report',
])
const isText = (value: unknown): boolean => typeof value === 'string'

/**
 * Each field, what it has to be, and whether every entry has it. Not a schema of zod: a list of runs goes through all
 * lines of all of them, and this takes a tenth of the time.
 */
const fields = new Map<string, { fits: (value: unknown) => boolean; isNeeded: boolean }>([
  ['seq', { fits: Number.isSafeInteger, isNeeded: true }],
  ['at', { fits: isText, isNeeded: true }],
  ['type', { fits: value => types.has(value), isNeeded: true }],
  ['run', { fits: isText, isNeeded: true }],
  ['goal', { fits: isText, isNeeded: false }],
  ['data', { fits: () => true, isNeeded: false }],
  ['prev', { fits: isText, isNeeded: true }],
  ['key', { fits: isText, isNeeded: false }],
  ['hash', { fits: isText, isNeeded: true }],
  ['sig', { fits: isText, isNeeded: false }],
])
const countNeeded = [...fields.values()].filter(({ isNeeded }) => isNeeded).length

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  let needed = 0
  for (const name of Object.keys(value)) {
    const field = fields.get(name)
    if (!field?.fits(Reflect.get(value, name))) return false
    if (field.isNeeded) needed++
  }
  return needed === countNeeded
}

/** What the first entry has as `prev`: the SHA-256 of nothing. */
export const firstPrev = hash('sha256', '', 'hex')

/** SHA-256, in hex, over `prev` and the canonical JSON of the entry without its hash and signature. */
export function hashEntry({ seq, at, type, run, goal, data, prev, key }: Unhashed): string {
  return hash('sha256', prev + canonicalJson({ at, data, goal, key, prev, run, seq, type }), 'hex')
}

/** JSON with the members of every object sorted by name and no spaces: `jq -cS 'del(.hash, .sig)'` prints the same. */
export function canonicalJson(value: unknown): string {
  // Most texts hold nothing that JSON escapes, and to ask it of each costs more than to look.
  if (typeof value === 'string' && /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/.test(value)) return `"${value}"`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  // Every entry of a ledger goes through here, and a list of runs waits for it: no array for each member.
  if (Array.isArray(value)) {
    let items = ''
    for (const item of value) items += `${items === '' ? '' : ','}${canonicalJson(item)}`
    return `[${items}]`
  }
  let members = ''
  for (const name of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, name)
    if (member !== undefined) members += `${members === '' ? '' : ','}${quotedName(name)}:${canonicalJson(member)}`
  }
  return `{${members}}`
}

/** The names of members are few, and come again in every entry. */
const quotedNames = new Map<string, string>()

function quotedName(name: string): string {
  const known = quotedNames.get(name)
  if (known !== undefined) return known
  const quoted = JSON.stringify(name)
  // Names that are data (who was given what) are not kept for ever.
  if (quotedNames.size < 1_000) quotedNames.set(name, quoted)
  return quoted
}

/** One line of the file, with its line feed; always the same text for the same entry. */
export function formatEntry({ seq, at, type, run, goal, data, prev, key, hash, sig }: LedgerEntry): string {
  return `${JSON.stringify({ seq, at, type, run, goal, data, prev, key, hash, sig })}\n`
}

/**
 * Reads a run's file. `entries` holds what is proved: all up to the first that does not fit. `goodBytes` is the length
 * of the whole lines. Entries cut off at the end of the file together with their line feeds leave no trace in it; the
 * `report` entry that ends a run is what shows that a run is whole.
 */
export function readChain(bytes: Buffer, run: string): LedgerReading & { goodBytes: number } {
  if (bytes.length === 0) return { run, entries: [], chain: { state: 'emptied' }, goodBytes: 0 }
  const goodBytes = bytes.lastIndexOf(0x0a) + 1
  const lines = bytes.subarray(0, goodBytes).toString('utf8').split('\n').slice(0, -1)
  const entries: LedgerEntry[] = []
  for (const line of lines) {
    const entry = parseLine(line)
    const prev = entries.at(-1)?.hash ?? firstPrev
    const fits = entry && entry.seq === entries.length && entry.run === run && entry.prev === prev
    if (!fits) return { run, entries, chain: alteredAt(lines.slice(entries.length), entries.length, run), goodBytes }
    entries.push(entry)
  }
  if (goodBytes === bytes.length) return { run, entries, chain: { state: 'intact' }, goodBytes }
  const isTorn = isCutOff(bytes.subarray(goodBytes), run, entries)
  return { run, entries, chain: isTorn ? { state: 'torn' } : { state: 'altered', seq: entries.length }, goodBytes }
}

/** What is there instead of entry `seq` was written by k1ctl, further on: those in between are left out. */
function alteredAt(rest: readonly string[], seq: number, run: string): LedgerReading['chain'] {
  const [there, ...behind] = rest.map(line => parseLine(line))
  const isLeftOut = there?.run === run && there.seq > seq && behind.every(entry => entry && entry.seq > there.seq)
  return { state: 'altered', seq, ...(isLeftOut ? { missing: there.seq - seq } : {}) }
}

/**
 * The same of lines of which somebody else told that they are as they were written (a store with a sum of each): that
 * they fit each other is looked at, and their hashes are not computed anew, which costs more than all the rest.
 */
export function readWritten(text: string, run: string): LedgerReading | undefined {
  const entries: LedgerEntry[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const entry = entryIn(line)
    const fits =
      entry?.seq === entries.length && entry.run === run && entry.prev === (entries.at(-1)?.hash ?? firstPrev)
    if (!fits) return undefined
    entries.push(entry)
  }
  return entries.length === 0 ? undefined : { run, entries, chain: { state: 'intact' } }
}

/**
 * The entries at the end of a run's file, from bytes that begin anywhere in it: what is before the first line feed is
 * left out. Each fits the one before it, or it is `altered`; how the first of them fits is not known.
 */
export function readEnd(bytes: Buffer, run: string): LedgerReading {
  const text = bytes.subarray(bytes.indexOf(0x0a) + 1, bytes.lastIndexOf(0x0a) + 1).toString('utf8')
  const entries: LedgerEntry[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const entry = parseLine(line)
    const before = entries.at(-1)
    const fits = entry?.run === run && (!before || (entry.prev === before.hash && entry.seq === before.seq + 1))
    if (!entry || !fits) return { run, entries, chain: { state: 'altered', seq: (before?.seq ?? -1) + 1 } }
    entries.push(entry)
  }
  return { run, entries, chain: { state: bytes.at(-1) === 0x0a ? 'intact' : 'torn' } }
}

/**
 * Whether bytes behind the last line feed can be what a crash left of the next entry: the beginning of its line, and
 * then zeros where the file had grown before its content came to the disk. Anything else was put there.
 */
function isCutOff(tail: Buffer, run: string, entries: readonly LedgerEntry[]): boolean {
  let end = tail.length
  while (end > 0 && tail[end - 1] === 0) end--
  const rest = tail.subarray(0, end).toString('utf8')
  const begins = `{"seq":${entries.length},"at":"`
  if (!(rest.length <= begins.length ? begins.startsWith(rest) : rest.startsWith(begins))) return false
  // JSON escapes control characters; and a line that is whole but for its line feed is the next entry, or was put there.
  if (/[\u0000-\u001f]/.test(rest)) return false
  if (!isJson(rest)) return true
  const entry = parseLine(rest)
  return entry?.run === run && entry.prev === (entries.at(-1)?.hash ?? firstPrev)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The entry, when its line is byte for byte what was written and its own hash fits. */
function parseLine(line: string): LedgerEntry | undefined {
  const entry = entryIn(line)
  if (!entry) return undefined
  return hashEntry(entry) === entry.hash && formatEntry(entry) === `${line}\n` ? entry : undefined
}

function entryIn(line: string): LedgerEntry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isEntry(value) ? value : undefined
  } catch {
    return undefined
  }
}
