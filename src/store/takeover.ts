import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { codeOf, storageError } from './storage-error.ts'

/** Longer than anybody needs to write a lock or to clear one away, in milliseconds. */
export const moment = 10_000

/**
 * Clears a dead process's lock away. Only one process may do so at a time, and it looks again first: otherwise two
 * would find the lock dead, one take it, and the other clear away what is now the first one's.
 * Does nothing when somebody else is at it; the caller tries for the lock again in any case.
 */
export function clearAway(lock: string, isDead: () => boolean, remove: () => void): void {
  const guard = `${lock}.takeover`
  try {
    closeSync(openSync(guard, 'wx', 0o600))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw storageError('lock', guard, error)
    // Its owner was killed in the very moment of taking over.
    if (ageOf(guard) > moment) rmSync(guard, { force: true })
    return
  }
  try {
    if (isDead()) remove()
  } finally {
    rmSync(guard, { force: true })
  }
}

/** Milliseconds since a file or folder was last touched; below zero when there is none. */
export function ageOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? -1 : Date.now() - stat.mtimeMs
}
