import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { storageCodeOf } from './storage-error.ts'

/**
 * All bytes of a file, or undefined when there is none. Only of a regular file: to open a pipe that nobody writes to
 * would wait for ever, and a device may never end.
 * @throws the failed system call's error, with `code`: `ENOTREG` when it is something else than a file
 */
export function readRegular(path: string): Buffer | undefined {
  let file: number
  try {
    file = openRegular(path)
  } catch (error) {
    if (storageCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/** A handle for reading that opening cannot hang on; the caller closes it. Windows has no such pipes, and no such flag. */
export function openRegular(path: string): number {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const stat = fstatSync(file)
  if (stat.isFile()) return file
  closeSync(file)
  throw Object.assign(new Error('it is not a file'), { code: stat.isDirectory() ? 'EISDIR' : 'ENOTREG' })
}
