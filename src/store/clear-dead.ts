import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isK1Error } from '../core/errors.ts'
import type { Home } from './home.ts'
import { takeLock } from './lock.ts'
import type { Processes } from './process-identity.ts'
import { removeStrays } from './replace-file.ts'
import { storageCodeOf, storageError } from './storage-error.ts'

/**
 * Clears away what processes that were killed left where each file has its lock: their locks, and pieces of files that they were
 * writing. Each lock is taken first, as everybody takes it: of one whose holder lives, or of whom nobody can tell,
 * nothing is touched. @returns how many files. @throws K1Error `storage`
 */
export async function clearDead({ config, state }: Home, processes: Processes): Promise<number> {
  const folders = [config, join(config, 'secrets'), state, join(state, 'runs'), join(state, 'locks')]
  let cleared = 0
  for (const folder of folders) {
    const before = namesIn(folder)
    const locks = new Map<string, Set<string>>()
    for (const name of before) {
      const { lock, file } = guardOf(name) ?? {}
      if (lock === undefined) continue
      const files = locks.get(lock) ?? new Set()
      if (file !== undefined) files.add(file)
      locks.set(lock, files)
    }
    for (const [lock, files] of locks) await clear(folder, lock, files, processes)
    const after = new Set(namesIn(folder))
    cleared += before.filter(name => !after.has(name)).length
  }
  return cleared
}

async function clear(folder: string, lock: string, files: Iterable<string>, processes: Processes): Promise<void> {
  const about = { subject: lock, since: new Date() }
  try {
    const held = await takeLock({ path: join(folder, lock), about, processes, onlyDead: true })
    try {
      for (const file of files) removeStrays(join(folder, file))
    } finally {
      held.release()
    }
  } catch (error) {
    if (!isK1Error(error) || error.kind !== 'busy') throw error
  }
}

/** Which lock a leftover belongs to, and of which file it is a piece. Undefined: it is none. */
function guardOf(name: string): { lock: string; file?: string } | undefined {
  const lock = /^(.+\.(?:held|lock))(?:\.[0-9a-f]{16}(?:\.new)?)?$/.exec(name)?.[1]
  if (lock !== undefined) return { lock }
  const file = /^(.+)\.[0-9a-f]{16}\.new$/.exec(name)?.[1]
  if (file === undefined) return undefined
  const run = /^(.+)\.(?:jsonl|people)$/.exec(file)?.[1]
  return { file, lock: run === undefined ? `${file}.held` : `${run}.lock` }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (storageCodeOf(error) === 'ENOENT') return []
    throw storageError('list', folder, error)
  }
}
