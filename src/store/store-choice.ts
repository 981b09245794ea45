import { join } from 'node:path'
import { K1Error } from '../core/errors.ts'
import type { Home } from './home.ts'
import { prepareFolder } from './home.ts'
import { readPrivateFile } from './private-file.ts'
import { replaceFile } from './replace-file.ts'
import { storageError } from './storage-error.ts'

const fileIn = ({ config }: Home): string => join(config, 'store.json')

/** The address of the team's store, without a password; undefined: files of this user alone. */
export function chosenStore(home: Home, env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (env.K1CTL_STORE !== undefined && env.K1CTL_STORE !== '')
    return env.K1CTL_STORE === 'files' ? undefined : env.K1CTL_STORE
  const path = fileIn(home)
  const text = readPrivateFile(path, 'the choice of a store')
  if (text === undefined) return undefined
  try {
    const { url } = JSON.parse(text)
    if (typeof url === 'string') return url
    if (url === null) return undefined
  } catch {
    // Said below.
  }
  throw new K1Error('storage', `${path} is not as k1ctl wrote it.`, {
    hint: 'Remove it, or name the store anew: k1ctl store use postgres://k1ctl@db.msp.example/k1ctl',
  })
}

/** @param url undefined: files again */
export function chooseStore(home: Home, url: string | undefined): void {
  const path = fileIn(home)
  prepareFolder(home.config)
  try {
    replaceFile(path, `${JSON.stringify({ url: url ?? null })}\n`)
  } catch (error) {
    throw storageError('write', path, error)
  }
}
