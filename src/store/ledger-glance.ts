import { closeSync, fstatSync, readSync } from 'node:fs'
import type { LedgerGlance, LedgerReading } from '../core/ledger-store.ts'
import { readChain, readEnd } from './ledger-chain.ts'
import { openRegular } from './regular-file.ts'

/** Up to so many bytes a ledger is read and checked whole. */
const wholeBytes = 64 * 1024

/** So much of a longer one is read at its beginning, for what it is and who agreed, and at its end, for the report. */
const headBytes = 4 * 1024
const endBytes = 8 * 1024

/**
 * What a list shows of a run, without reading the gigabyte that a run over a million people may have written. Of
 * a long one only the lines that are given out are compared with each other.
 * @throws the failed system call's error, with `code`
 */
export function glanceAt(path: string, run: string): LedgerGlance {
  const file = openRegular(path)
  try {
    const { size } = fstatSync(file)
    const ends = size > wholeBytes ? bothEnds(file, size, run) : undefined
    if (ends) return { ...ends, isWhole: false }
    const { entries, chain } = readChain(readAt(file, 0, size), run)
    return { run, entries, chain, isWhole: true }
  } finally {
    closeSync(file)
  }
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
