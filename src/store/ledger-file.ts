import { randomBytes } from 'node:crypto'
import { fstatSync, statSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isK1Error, K1Error } from '../core/errors.ts'
import { formatEntry } from './ledger-chain.ts'
import type { LedgerSink } from './ledger-writer.ts'
import type { HeldLock } from './lock.ts'
import { syncFolder, writeAll } from './replace-file.ts'
import { storageError } from './storage-error.ts'

export interface LedgerFileOptions {
  path: string
  /** Open for writing, to be closed here. Absent for a new run, whose file appears with its first entries. */
  file?: FileHandle
  /** The length of the file, in bytes. */
  size: number
  /** The run's lock, to be released here. */
  held: HeldLock
}

/** One run's file through one handle, with one sync for all entries that come together. */
export function ledgerFile({ path, held, ...before }: LedgerFileOptions): LedgerSink {
  let { file, size } = before

  /** Under another name first: a run's file is never seen without an entry, so that an empty one tells that it was emptied. */
  async function begin(bytes: Buffer): Promise<FileHandle> {
    const fresh = `${path}.${randomBytes(8).toString('hex')}.new`
    const begun = await open(fresh, 'wx', 0o600)
    try {
      writeAll(begun.fd, bytes, 0)
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

  return {
    async write(entries) {
      try {
        // Whoever lost the run to another process, having been stopped for long, must not write between its lines.
        held.still()
        const bytes = Buffer.from(entries.map(formatEntry).join(''))
        if (file) {
          requireOurs(path, file, size)
          // By way of another thread both would cost many times as much; what takes long is the sync.
          writeAll(file.fd, bytes, size)
          await file.datasync()
        } else file = await begin(bytes)
        size += bytes.length
      } catch (error) {
        if (isK1Error(error)) throw error
        // What got through of a line would only look like a crash; where it cannot be cut off, the next to open the run does.
        await file?.truncate(size).catch(() => undefined)
        throw storageError('write the ledger', path, error)
      }
    },
    async close() {
      try {
        await file?.close()
      } finally {
        held.release()
      }
    },
  }
}

/**
 * A file of that name that is another one, or that somebody else wrote to, tells nothing of what is written to ours.
 * @throws K1Error `storage`
 */
function requireOurs(path: string, { fd }: FileHandle, size: number): void {
  const ours = fstatSync(fd, { bigint: true })
  const there = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (there?.ino === ours.ino && there.dev === ours.dev && ours.size === BigInt(size)) return
  const what = there === undefined ? 'removed' : there.ino === ours.ino ? 'written to' : 'replaced'
  throw new K1Error('storage', `The ledger ${path} was ${what} by another program while the run wrote it.`, {
    hint: 'Nothing more is sent. What was done may be missing in it: bring back the one that the run wrote.',
    facts: { path },
  })
}
