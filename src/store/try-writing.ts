import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beginReplacement, type Replacement } from './replace-file.ts'
import { storageError } from './storage-error.ts'

/** More than a configuration of many hundreds of customers has. */
const trialBytes = 128 * 1024

/**
 * Tries whether files can be written in a folder, or would be once it is made: by writing one and taking it away again,
 * as rights alone do not tell of a disk that is full. Leaves nothing, makes no folder.
 * @throws K1Error `storage`
 */
export function tryWriting(folder: string): void {
  let there = folder
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there)
  let trial: Replacement | undefined
  try {
    trial = beginReplacement(join(there, '.k1ctl-trial'))
    trial.write(Buffer.alloc(trialBytes))
    trial.sync()
  } catch (error) {
    throw storageError('write to', folder, error)
  } finally {
    trial?.abandon()
  }
}
