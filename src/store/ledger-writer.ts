import { asK1Error, K1Error } from '../core/errors.ts'
import type { LedgerEntry, LedgerEntryType, LedgerWriter } from '../core/ledger-store.ts'
import type { Clock } from '../core/ports.ts'
import { mayHoldSecret, redact } from '../core/redact.ts'
import { firstPrev, hashEntry, type Unhashed } from './ledger-chain.ts'

/** Where the entries of one run go. */
export interface LedgerSink {
  /** On disk, synced, when it resolves; all of them or, after a crash, a beginning. @throws K1Error */
  write(entries: readonly LedgerEntry[]): Promise<void>
  /** Also after a failure; gives the run's lock back. */
  close(): Promise<void>
}

export interface LedgerWriterOptions {
  run: string
  last: LedgerEntry | undefined
  clock: Clock
  sink: LedgerSink
  /** Asked at the first entry; where a team has keys. @throws K1Error, and then nothing is written */
  signer?: () => Promise<EntrySigner | undefined>
}

/** What signs each entry. */
export interface EntrySigner {
  /** Which key that is: part of what is hashed, so that nobody can take a signature away unseen. */
  key: string
  /** Ed25519 over the entry's hash, base64. */
  sign(hash: string): string
}

interface Waiting {
  type: LedgerEntryType
  /** Redacted JSON already, taken when it was handed over: the caller may change its object afterwards. */
  data: unknown
  goal: string | undefined
  resolve: (entry: LedgerEntry) => void
  reject: (error: K1Error) => void
}

/**
 * Appends to one run. Whatever was handed over while the disk was busy goes in one write, in the order of the calls, so
 * that systems that run side by side do not wait for each other's syncs.
 */
export function openLedgerWriter({ run, clock, sink, signer, ...before }: LedgerWriterOptions): LedgerWriter {
  let { last } = before
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  let failure: K1Error | undefined
  let closing: Promise<void> | undefined
  let asked: Promise<EntrySigner | undefined> | undefined

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        if (failure) throw failure
        asked ??= signer?.()
        const by = await asked
        const entries = batch.map(one => compose(one, by))
        await sink.write(entries)
        for (const [index, entry] of entries.entries()) batch[index]?.resolve(entry)
      } catch (error) {
        // After a failed write or sync nobody knows what is on the disk, so this writer writes no more.
        failure ??= asK1Error(error)
        for (const { reject } of batch) reject(failure)
      }
    }
    // Here and not in a `finally` of the caller: nothing may be handed over between the last look and this.
    writing = undefined
  }

  function compose({ type, data, goal }: Waiting, by: EntrySigner | undefined): LedgerEntry {
    const unhashed: Unhashed = {
      seq: last === undefined ? 0 : last.seq + 1,
      at: clock.now().toISOString(),
      type,
      run,
      ...(goal === undefined ? {} : { goal }),
      data,
      prev: last?.hash ?? firstPrev,
      ...(by ? { key: by.key } : {}),
    }
    const hash = hashEntry(unhashed)
    last = { ...unhashed, hash, ...(by ? { sig: by.sign(hash) } : {}) }
    return last
  }

  async function close(): Promise<void> {
    await writing
    await sink.close()
  }

  return {
    run,
    append(type, data, goal) {
      return new Promise((resolve, reject) => {
        if (closing) throw new K1Error('internal', `The ledger of run ${run} is closed already.`)
        const safeGoal = goal === undefined ? undefined : redact(goal)
        waiting.push({ type, data: safeJson(data), goal: safeGoal, resolve, reject })
        writing ??= nextTurn().then(writeAll)
      })
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

/** What comes in the same turn of the event loop goes in one write, and one sync. */
function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** As it will be read again: dates are text, members that are undefined are absent, and no secret is in it. */
function safeJson(data: unknown): unknown {
  const text: string | undefined = JSON.stringify(data)
  if (text === undefined) return null
  const value = JSON.parse(text)
  return mayHoldSecret(text) ? redactJson(value) : value
}

/** Secrets out of every text, name and number of a JSON value. */
function redactJson(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (typeof value === 'number') return redact(String(value)) === String(value) ? value : redact(String(value))
  if (Array.isArray(value)) return value.map(redactJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redact(name), redactJson(member)]))
}
