import { realpathSync } from 'node:fs'
import { storageCodeOf } from './storage-error.ts'

/**
 * Where a file that k1ctl keeps really lies: somebody may have put it elsewhere and left a link. Its lock and its
 * replacement belong beside the file: beside the link two homes would lock it apart from each other, and replacing the
 * link would leave the file behind as it was. One that cannot be followed is left for reading to complain about.
 */
export function ownFile(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (storageCodeOf(error) === '') throw error
    return path
  }
}
