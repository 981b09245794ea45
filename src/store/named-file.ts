import { readFile, rename, writeFile } from 'node:fs/promises'
import { K1Error } from '../core/errors.ts'
import { codeOf } from './storage-error.ts'

/** Reads a file that the operator named. @throws K1Error `usage` */
export async function readNamedFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new K1Error('usage', `${path} cannot be read (${codeOf(error)}).`, { cause: error, hint: 'Check the path.' })
  }
}

/** Writes a file that the operator named, whole or not at all, for this user alone. @throws K1Error `usage` */
export async function writeNamedFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`
  try {
    await writeFile(fresh, text, { mode: 0o600 })
    await rename(fresh, path)
  } catch (error) {
    throw new K1Error('usage', `${path} cannot be written (${codeOf(error)}).`, {
      cause: error,
      hint: 'Check the path.',
    })
  }
}
