import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { K1Error } from '../core/errors.ts'
import { prepareFolder } from './home.ts'
import { codeOf, storageError } from './storage-error.ts'
import { ageOf, clearAway } from './takeover.ts'

/** How long to wait for another k1ctl that writes the same file, in milliseconds. */
const patience = 5_000

/** A lock that its holder has not touched for this long belongs to a dead process (the holder touches it each second). */
const staleAfter = 2_000

/**
 * Runs `work` while no other process may write `path`; the lock is a folder beside it.
 * @throws K1Error `storage` when another process keeps it too long, or the folder cannot be written
 */
export async function holdWriteLock<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  const release = await takeLock(path)
  try {
    return await work()
  } finally {
    // It fails only when the lock is gone already, and then there is nothing to release.
    await release().catch(() => undefined)
  }
}

/** The library is loaded only here, because most commands write nothing. */
async function takeLock(path: string): Promise<() => Promise<void>> {
  prepareFolder(dirname(path))
  const { lock } = await import('proper-lockfile')
  const until = performance.now() + patience
  for (;;) {
    try {
      return await lock(path, {
        realpath: false,
        // The library's own way with a stale lock lets two processes in when they find it at the same time.
        stale: Number.POSITIVE_INFINITY,
        update: 1_000,
        // Without this the library throws out of a timer. The work under the lock replaces files as a whole, so there
        // is nothing to undo.
        onCompromised: () => undefined,
      })
    } catch (error) {
      if (codeOf(error) !== 'ELOCKED') throw storageError('lock', path, error)
      if (performance.now() > until) throw busy(path, error)
      const held = `${path}.lock`
      const isDead = (): boolean => ageOf(held) > staleAfter
      if (isDead()) clearAway(held, isDead, () => rmSync(held, { recursive: true, force: true }))
    }
    // Uneven waits, so that several processes do not keep meeting.
    await wait(5 + Math.random() * 40)
  }
}

function busy(path: string, cause: unknown): K1Error {
  return new K1Error('storage', `Another k1ctl is writing ${path}, and did not finish within ${patience / 1000} s.`, {
    hint: 'Wait until it is done, then run again.',
    facts: { path },
    cause,
  })
}
