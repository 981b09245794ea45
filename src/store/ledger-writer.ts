import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isK1Error, K1Error } from '../core/errors.ts'
import type { Clock, LedgerEntry, LedgerEntryType, LedgerWriter } from '../core/ports.ts'
import { redact } from '../core/redact.ts'
import { firstPrev, formatEntry, hashEntry, type Unhashed } from './ledger-chain.ts'
import type { Held } from './lock.ts'
import { syncFolder } from './replace-file.ts'
import { storageError } from './storage-error.ts'

export interface LedgerWriterOptions {
  run: string
  path: string
  /** Open for writing; the writer closes it. Absent for a new run, whose file appears with its first entries. */
  file?: FileHandle
  /** The length of the file, in bytes. */
  size: number
  last: LedgerEntry | undefined
  clock: Clock
  /** The run's lock; the writer releases it. */
  held: Held
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
 * Appends to one run's file through one handle. Whatever was handed over while the disk was busy goes in one write with
 * one sync, in the order of the calls, so that systems that run side by side do not wait for each other's syncs.
 */
export function openLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  const { run, path, clock, held } = options
  let { file, size, last } = options
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  let failure: K1Error | undefined
  let closing: Promise<void> | undefined

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        if (failure) throw failure
        const entries = batch.map(compose)
        // Whoever lost the run to another process, having been stopped for long, must not write between its lines.
        held.still()
        const bytes = Buffer.from(entries.map(formatEntry).join(''))
        if (file) {
          await writeAt(file, bytes, size)
          await file.datasync()
        } else file = await begin(bytes)
        size += bytes.length
        for (const [index, entry] of entries.entries()) batch[index]?.resolve(entry)
      } catch (error) {
        failure ??= await giveUp(error)
        for (const { reject } of batch) reject(failure)
      }
    }
    // Here and not in a `finally` of the caller: nothing may be handed over between the last look and this.
    writing = undefined
  }

  /** Under another name first: a run's file is never seen without an entry, so that an empty one tells that it was emptied. */
  async function begin(bytes: Buffer): Promise<FileHandle> {
    const fresh = `${path}.${randomBytes(8).toString('hex')}.new`
    const begun = await open(fresh, 'wx', 0o600)
    try {
      await writeAt(begun, bytes, 0)
      await begun.sync()
      await rename(fresh, path)
      syncFolder(dirname(path))
      return begun
    } catch (error) {
      await begun.close()
      await rm(fresh, { force: true })
      throw error
    }
  }

  function compose({ type, data, goal }: Waiting): LedgerEntry {
    const unhashed: Unhashed = {
      seq: last === undefined ? 0 : last.seq + 1,
      at: clock.now().toISOString(),
      type,
      run,
      ...(goal === undefined ? {} : { goal }),
      data,
      prev: last?.hash ?? firstPrev,
    }
    last = { ...unhashed, hash: hashEntry(unhashed) }
    return last
  }

  /** After a failed write or sync nobody knows what is on the disk, so this writer writes no more. */
  async function giveUp(error: unknown): Promise<K1Error> {
    if (isK1Error(error)) return error
    // What got through of a line would only look like a crash; where it cannot be cut off, the next to open the run does.
    await file?.truncate(size).catch(() => undefined)
    return storageError('write the ledger', path, error)
  }

  async function close(): Promise<void> {
    await writing
    try {
      await file?.close()
    } finally {
      held.release()
    }
  }

  return {
    run,
    append(type, data, goal) {
      return new Promise((resolve, reject) => {
        if (closing) throw new K1Error('internal', `The ledger of run ${run} is closed already.`)
        const safeGoal = goal === undefined ? undefined : redact(goal)
        waiting.push({ type, data: redactJson(asJson(data)), goal: safeGoal, resolve, reject })
        writing ??= Promise.resolve().then(writeAll)
      })
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

/** A write may take only part of the bytes; at a full disk it takes some and then fails. */
async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

/** As it will be read again: dates are text, members that are undefined are absent. */
function asJson(data: unknown): unknown {
  const text: string | undefined = JSON.stringify(data)
  return text === undefined ? null : JSON.parse(text)
}

/** Secrets out of every text, name and number of a JSON value. */
function redactJson(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (typeof value === 'number') return redact(String(value)) === String(value) ? value : redact(String(value))
  if (Array.isArray(value)) return value.map(redactJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redact(name), redactJson(member)]))
}
