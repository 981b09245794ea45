import { dirname } from 'node:path'
import { prepareFolder } from './home.ts'
import { takeLock } from './lock.ts'
import type { Processes } from './process-identity.ts'

/** How long to wait for one other k1ctl that writes the same file, in milliseconds. */
const patience = 5_000

/**
 * Runs `work` while no other process may write `path`; the lock is a file beside it. `still` throws when the lock was
 * lost meanwhile: call it right before the file is replaced.
 * @throws K1Error `busy` when another process keeps it too long, `storage` when the folder cannot be written
 */
export async function holdWriteLock<T>(
  path: string,
  processes: Processes,
  work: (still: () => void) => T | Promise<T>,
): Promise<T> {
  prepareFolder(dirname(path))
  const about = { subject: path, since: new Date() }
  const held = await takeLock({ path: `${path}.held`, about, processes, patience })
  try {
    return await work(held.still)
  } finally {
    held.release()
  }
}
