import { closeSync, fstatSync, readSync } from 'node:fs'
import type { LedgerEntry, LedgerGlance, LedgerReading } from '../core/ledger-store.ts'
import { readChain, readEnd } from './ledger-chain.ts'
import { openRegular } from './regular-file.ts'

/** Up to so many bytes a ledger is given out whole. */
const wholeBytes = 32 * 1024

/** So much of a longer one is given out of its beginning, for what it is and who agreed, and of its end, for the report. */
const headBytes = 4 * 1024
const endBytes = 8 * 1024

/** The same of one that was read whole: who began it and agreed, whom it is about first; and how it ended. */
const headEntries = 3
const endEntries = 10

/**
 * What a list shows of a run: both ends of a long one, and whether each line of it fits the one before, where it is no
 * longer than `most` bytes. A run over a million people may have written a gigabyte.
 * @throws the failed system call's error, with `code`
 */
export function glanceAt(path: string, run: string, most: number): LedgerGlance {
  const file = openRegular(path)
  try {
    const { size } = fstatSync(file)
    const ends = size > Math.max(most, wholeBytes) ? bothEnds(file, size, run) : undefined
    if (ends) return { ...ends, isWhole: false, isChecked: false, bytes: size }
    const { entries, chain } = readChain(readAt(file, 0, size), run)
    const some = size > wholeBytes && chain.state !== 'altered' ? endsOf(entries) : entries
    return { run, entries: some, chain, isWhole: some === entries, isChecked: true, bytes: size }
  } finally {
    closeSync(file)
  }
}

/** What is made of each entry costs a list more than that it fits the one before. */
function endsOf(entries: LedgerEntry[]): LedgerEntry[] {
  const end = entries.slice(-endEntries)
  const tellsHowItEnded = end.some(({ type }) => type !== 'attestation')
  return tellsHowItEnded && entries.length > headEntries + endEntries
    ? [...entries.slice(0, headEntries), ...end]
    : entries
}

/** Undefined where a line is so long that an end has none, or where the end does not tell how it ended. */
function bothEnds(file: number, size: number, run: string): LedgerReading | undefined {
  const first = readAt(file, 0, headBytes)
  const headEnd = first.lastIndexOf(0x0a) + 1
  if (headEnd === 0) return undefined
  const head = readChain(first.subarray(0, headEnd), run)
  if (head.chain.state !== 'intact') return { run, entries: head.entries, chain: head.chain }
  const end = readEnd(readAt(file, size - endBytes, endBytes), run)
  // What came after the report (attestations) may be longer than the end that was read.
  const tellsHowItEnded = end.entries.some(entry => entry.type !== 'attestation')
  if (!tellsHowItEnded && end.chain.state !== 'altered') return undefined
  return { run, entries: [...head.entries, ...end.entries], chain: end.chain }
}

function readAt(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let read = 0
  while (read < length) {
    const now = readSync(file, bytes, read, length - read, from + read)
    if (now === 0) break
    read += now
  }
  return bytes.subarray(0, read)
}
