import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isK1Error } from '../core/errors.ts'
import { type Home, prepareFolder } from './home.ts'
import { takeLock } from './lock.ts'
import { lockOf } from './locks.ts'
import type { Processes } from './process-identity.ts'
import { removeStrays } from './replace-file.ts'
import { storageCodeOf, storageError } from './storage-error.ts'

/**
 * Clears away what processes that were killed left where each file has its lock: their locks, and pieces of files that they were
 * writing. Each lock is taken first, as everybody takes it: of one whose holder lives, or of whom nobody can tell,
 * nothing is touched. @returns how many files. @throws K1Error `storage`
 */
export async function clearDead(home: Home, processes: Processes): Promise<number> {
  const { config, state } = home
  const folders = [config, join(config, 'secrets'), state, ...['runs', 'dated', 'locks'].map(name => join(state, name))]
  let cleared = 0
  for (const folder of folders) {
    const before = namesIn(folder)
    const locks = new Map<string, Set<string>>()
    for (const name of before) {
      const { lock, file } = guardOf(home, folder, name) ?? {}
      if (lock === undefined) continue
      const files = locks.get(lock) ?? new Set()
      if (file !== undefined) files.add(file)
      locks.set(lock, files)
    }
    for (const [lock, files] of locks) await clear(lock, files, processes)
    const after = new Set(namesIn(folder))
    cleared += before.filter(name => !after.has(name)).length
  }
  return cleared
}

async function clear(path: string, files: Iterable<string>, processes: Processes): Promise<void> {
  const about = { subject: basename(path), since: new Date() }
  try {
    prepareFolder(dirname(path))
    const held = await takeLock({ path, about, processes, onlyDead: true })
    try {
      for (const file of files) removeStrays(file)
    } finally {
      held.release()
    }
  } catch (error) {
    if (!isK1Error(error) || error.kind !== 'busy') throw error
  }
}

/** The path of the lock that a leftover belongs to, and of the file that it is a piece of. Undefined: it is none. */
function guardOf(home: Home, folder: string, name: string): { lock: string; file?: string } | undefined {
  const lock = /^(.+\.(?:held|lock))(?:\.[0-9a-f]{16}(?:\.new)?)?$/.exec(name)?.[1]
  if (lock !== undefined) return { lock: join(folder, lock) }
  const of = /^(.+)\.[0-9a-f]{16}\.new$/.exec(name)?.[1]
  if (of === undefined) return undefined
  const file = join(folder, of)
  const id = /^(.+)\.json$/.exec(of)?.[1]
  // One that is changed and one that is carried out is held as what it is about, and not as a file.
  if (folder === join(home.state, 'dated') && id !== undefined) {
    return { file, lock: lockOf(home, { kind: 'dated', tenant: '', name: id }) }
  }
  const run = /^(.+)\.(?:jsonl|people)$/.exec(of)?.[1]
  return { file, lock: join(folder, run === undefined ? `${of}.held` : `${run}.lock`) }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (storageCodeOf(error) === 'ENOENT') return []
    throw storageError('list', folder, error)
  }
}
