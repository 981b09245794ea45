import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { storageCodeOf } from './storage-error.ts'

/** A file's new content while it is written, beside the old one. */
export interface Replacement {
  /** All of it, or it throws. */
  write(bytes: Buffer | string): void
  /** Whatever the disk has not taken yet shows: some tell only then that they are full. */
  sync(): void
  /** Makes it last, and puts it in the place of the old one. `still` may throw, right before that. */
  commit(still?: () => void): void
  /** Leaves no piece of it. */
  abandon(): void
}

/**
 * The one way in which a file is written here: under a new name that nobody else can have, every byte counted, synced,
 * then renamed, and the name synced too. After a crash, a full disk or a limit there is the old file or the new.
 * @param like what an older file is like: its mode and owner stay; else the file is for this user alone (0600)
 * @throws the failed system call's error, as do its functions
 */
export function beginReplacement(path: string, like?: Stats): Replacement {
  const fresh = `${path}.${Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex')}.new`
  const file = openSync(fresh, 'wx', 0o600)
  let size = 0
  let isOpen = true
  const close = (): void => {
    if (isOpen) closeSync(file)
    isOpen = false
  }
  const sync = (): void => {
    fsyncSync(file)
    if (fstatSync(file).size !== size) throw noSpace()
  }
  return {
    write(content) {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      writeAll(file, bytes, size)
      size += bytes.length
    },
    sync,
    commit(still) {
      if (like) keepRights(file, like)
      sync()
      close()
      still?.()
      renameOver(fresh, path)
      syncFolder(dirname(path))
    },
    abandon() {
      close()
      rmSync(fresh, { force: true })
    },
  }
}

/** Replaces the file as a whole. @throws the failed system call's error; whatever `still` throws */
export function replaceFile(path: string, text: string, options: { like?: Stats; still?: () => void } = {}): void {
  const replacement = beginReplacement(path, options.like)
  try {
    replacement.write(text)
    replacement.commit(options.still)
  } catch (error) {
    replacement.abandon()
    throw error
  }
}

/** What a process that was killed left of a new file. Only for whoever holds the file's lock: nobody else writes then. */
export function removeStrays(path: string): void {
  const [folder, start] = [dirname(path), `${basename(path)}.`]
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(start) || !/^([0-9a-f]{16}\.)?new$/.test(name.slice(start.length))) continue
    rmSync(join(folder, name), { force: true })
  }
}

/** A write may take only part of the bytes; at a full disk it takes some, and then fails. */
export function writeAll(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const written = writeSync(file, bytes, done, bytes.length - done, position + done)
    if (written === 0) throw noSpace()
    done += written
  }
}

function noSpace(): Error {
  return Object.assign(new Error('not all of it was written'), { code: 'ENOSPC' })
}

function keepRights(file: number, { uid, gid, mode }: Stats): void {
  const own = fstatSync(file)
  if (own.uid !== uid || own.gid !== gid) {
    try {
      fchownSync(file, uid, gid)
    } catch (error) {
      // Only the superuser may give a file away; then it is ours, with the same mode.
      if (storageCodeOf(error) !== 'EPERM') throw error
    }
  }
  fchmodSync(file, mode & 0o777)
}

/** Makes a new or renamed file's name last through a crash. Windows cannot open a folder, and needs no such thing. */
export function syncFolder(path: string): void {
  let folder: number
  try {
    folder = openSync(path, 'r')
  } catch (error) {
    if (['EISDIR', 'EPERM', 'EACCES'].includes(storageCodeOf(error))) return
    throw error
  }
  try {
    fsyncSync(folder)
  } catch (error) {
    // Some network file systems cannot sync a folder; they say so with one of these.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(storageCodeOf(error))) throw error
  } finally {
    closeSync(folder)
  }
}

/** On Windows a virus scanner may hold the file for a moment; renaming over it then fails, and soon does not. */
function renameOver(from: string, to: string): void {
  for (let tries = 1; ; tries++) {
    try {
      renameSync(from, to)
      return
    } catch (error) {
      if (tries === 5 || !['EPERM', 'EBUSY', 'EACCES'].includes(storageCodeOf(error))) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 * tries)
    }
  }
}
