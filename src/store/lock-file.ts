import { createHash, randomBytes } from 'node:crypto'
import {
  type BigIntStats,
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import * as z from 'zod/mini'
import { openRegular, readRegular } from './regular-file.ts'
import { storageCodeOf, storageError } from './storage-error.ts'

const text = z.exactOptional(z.string())

const schema = z.object({
  /** Of this one taking: never used twice. A k1ctl of before 2026-11-29 wrote none, and did not renew. */
  token: z.exactOptional(z.string().check(z.regex(/^[0-9a-f]{16}$/))),
  /** Counts while the holder lives. Always of one width, so that a renewal changes no length. */
  renewed: text,
  pid: z.number(),
  host: z.string(),
  boot: text,
  space: text,
  start: text,
  /** ISO time, for people only: no clock decides who holds a lock. */
  since: z.string(),
  /** What is held, who holds it, and in which run. */
  subject: text,
  operator: text,
  run: text,
})

export type LockContent = z.infer<typeof schema>

/** A lock file as it is now. */
export interface SeenLock {
  path: string
  /** The token; for a file that is not one of ours, as an older k1ctl left it, what stands for one. */
  token: string
  /** All bytes: they change when the holder renews. */
  source: string
  /** Absent when it is not one of ours. */
  content?: LockContent
}

/** @throws K1Error `storage` when something else than a file lies there, or it cannot be read */
export function readLock(path: string): SeenLock | undefined {
  // Mostly there is none, and an error is costly to make.
  if (!isThere(path)) return undefined
  let source: string | undefined
  try {
    source = readRegular(path)?.toString('utf8')
  } catch (error) {
    throw storageError('read the lock', path, error)
  }
  if (source === undefined) return undefined
  const content = parse(source)
  const token = content?.token ?? createHash('sha256').update(source).digest('hex').slice(0, 16)
  return { path, token, source, ...(content ? { content } : {}) }
}

/** @throws K1Error `storage` when nobody can tell */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    throw storageError('read the lock', path, error)
  }
}

/** Also where it is gone already. A file only: to ask first what it is would cost as much again. */
export function removeLock(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (storageCodeOf(error) !== 'ENOENT') throw error
  }
}

function parse(source: string): LockContent | undefined {
  try {
    return schema.parse(JSON.parse(source))
  } catch {
    return undefined
  }
}

export interface OwnLock {
  path: string
  token: string
  /** Is the file under its name still this one? */
  isNamed(): boolean
  /** The same file under another name, as long as this one is kept; undefined where that cannot be. */
  alsoAt(path: string): OwnLock | undefined
  /**
   * Shows others that we live. Through the handle: when the file was replaced, nothing is written to its successor.
   * Absent where the file is another lock's, which does it.
   */
  renew?: () => void
  close(): void
}

/**
 * Creates a lock file with all its content at once, by a link; undefined when there is one already.
 * @throws K1Error `storage`
 */
export function createLock(path: string, content: Omit<LockContent, 'token' | 'renewed'>): OwnLock | undefined {
  const token = randomBytes(8).toString('hex')
  let count = 0
  const beginning = Buffer.from(`{"token":"${token}"`)
  const render = (): string =>
    `${JSON.stringify({ token, renewed: String(count).padStart(12, '0'), ...content } satisfies LockContent)}\n`
  const fresh = `${path}.${token}.new`
  let file: number | undefined
  /** Of the file while it is open: no other has its number then. */
  let stat: BigIntStats | undefined
  try {
    file = openSync(fresh, 'wx', 0o600)
    writeAll(file, render())
    if (link(fresh, path)) return own(file)
    closeSync(file)
    return undefined
  } catch (error) {
    if (file !== undefined) closeSync(file)
    throw storageError('lock', path, error)
  } finally {
    removeLock(fresh)
  }

  /** False when the name is taken. Where the file system knows no links, the file is opened under its name. */
  function link(from: string, to: string): boolean {
    try {
      linkSync(from, to)
      return true
    } catch (error) {
      // ENOENT: somebody swept up what looked like the piece of a dead process.
      if (storageCodeOf(error) === 'EEXIST' || storageCodeOf(error) === 'ENOENT') return false
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes(storageCodeOf(error))) throw error
    }
    let named: number
    try {
      named = openSync(to, 'wx', 0o600)
    } catch (error) {
      if (storageCodeOf(error) === 'EEXIST') return false
      throw error
    }
    try {
      writeAll(named, render())
    } catch (error) {
      closeSync(named)
      removeLock(to)
      throw error
    }
    if (file !== undefined) closeSync(file)
    file = named
    return true
  }

  function named(at: string): OwnLock {
    // Where numbers of files mean nothing, or it is closed, its token tells: it stands first, and is never used twice.
    const isNamed = () => (stat !== undefined && isAt(at, stat)) || begins(at, beginning)
    return { path: at, token, isNamed, alsoAt, close: () => undefined }
  }

  function alsoAt(other: string): OwnLock | undefined {
    try {
      linkSync(path, other)
      return named(other)
    } catch {
      // There is one already, or the file system knows no links: a file of its own finds out.
      return undefined
    }
  }

  function own(handle: number): OwnLock {
    stat = fstatSync(handle, { bigint: true })
    return {
      ...named(path),
      renew() {
        if (stat === undefined) return
        count++
        writeAll(handle, render())
      },
      close() {
        if (stat !== undefined) closeSync(handle)
        stat = undefined
      },
    }
  }
}

/** False also where nobody can tell. */
function isAt(path: string, { ino, dev }: BigIntStats): boolean {
  try {
    const there = statSync(path, { bigint: true, throwIfNoEntry: false })
    return ino !== 0n && there?.ino === ino && there.dev === dev
  } catch {
    return false
  }
}

/** False also where it cannot be read: whoever then reads the whole of it says why. */
function begins(path: string, beginning: Buffer): boolean {
  let file: number | undefined
  try {
    file = openRegular(path)
    const bytes = Buffer.allocUnsafe(beginning.length)
    return readSync(file, bytes, 0, bytes.length, 0) === bytes.length && bytes.equals(beginning)
  } catch {
    return false
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function writeAll(file: number, source: string): void {
  const bytes = Buffer.from(source)
  for (let done = 0; done < bytes.length; ) {
    const written = writeSync(file, bytes, done, bytes.length - done, done)
    if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' })
    done += written
  }
}
