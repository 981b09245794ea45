import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { codeOf, storageError } from './storage-error.ts'

/**
 * The whole text, or undefined when there is no such file. `what` completes "Cannot read …" in an error.
 * @throws K1Error `storage`
 */
export function readPrivateFile(path: string, what: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw storageError(`read ${what}`, path, error)
  }
}

/**
 * Replaces the file as a whole, synced and for this user alone (0600): after a crash there is the old text or the new.
 * The caller holds the write lock, so the new text may go through one fixed name, and a crash leaves no strays.
 * @throws K1Error `storage`
 */
export async function writePrivateFile(path: string, text: string, what: string): Promise<void> {
  const fresh = `${path}.new`
  try {
    rmSync(fresh, { force: true })
    const file = openSync(fresh, 'wx', 0o600)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    await renameOver(fresh, path)
    syncFolder(dirname(path))
  } catch (error) {
    rmSync(fresh, { force: true })
    throw storageError(`write ${what}`, path, error)
  }
}

/** Makes a new or renamed file's name last through a crash. Windows cannot open a folder, and needs no such thing. */
export function syncFolder(path: string): void {
  let folder: number
  try {
    folder = openSync(path, 'r')
  } catch (error) {
    if (['EISDIR', 'EPERM', 'EACCES'].includes(codeOf(error))) return
    throw error
  }
  try {
    fsyncSync(folder)
  } catch (error) {
    // Some network file systems cannot sync a folder; they say so with one of these.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(codeOf(error))) throw error
  } finally {
    closeSync(folder)
  }
}

/** On Windows a virus scanner may hold the file for a moment; renaming over it then fails, and soon does not. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      renameSync(from, to)
      return
    } catch (error) {
      if (tries === 5 || !['EPERM', 'EBUSY', 'EACCES'].includes(codeOf(error))) throw error
      await wait(20 * tries)
    }
  }
}
