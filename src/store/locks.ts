import { hash } from 'node:crypto'
import { join } from 'node:path'
import type { Locks, Subject } from '../core/ledger-store.ts'
import type { Clock } from '../core/ports.ts'
import { type Home, prepareFolder } from './home.ts'
import { type HeldLock, takeLock } from './lock.ts'
import type { Processes } from './process-identity.ts'

export interface LocksOptions {
  home: Home
  clock: Clock
  processes: Processes
}

/** One file a subject, in a folder of the state home. Touches nothing until something is held. */
export function openLocks(options: LocksOptions): Locks {
  return locksBeside(options)
}

/** @param first is given back after all that are held here, and its file is theirs, too */
function locksBeside({ home, clock, processes }: LocksOptions, first?: HeldLock): Locks {
  const folder = join(home.state, 'locks')
  return {
    async hold(subject, { run, operator }, work) {
      prepareFolder(folder)
      const held: HeldLock[] = []
      try {
        for (const one of [subject].flat()) {
          const about = { subject: `${one.name} in ${one.tenant}`, operator, run, since: clock.now() }
          const path = lockOf(home, one)
          const beside = first ?? held[0]
          held.push(await takeLock({ path, about, processes, ...(beside ? { beside } : {}) }))
        }
        const still = () => {
          for (const { still } of held) still()
        }
        return await work(still, locksBeside({ home, clock, processes }, first ?? held[0]))
      } finally {
        // The first one last: it is the file of all of them.
        for (const lock of held.reverse()) lock.release()
      }
    },
  }
}

/** The file that whoever holds a subject has. */
export function lockOf({ state }: Home, subject: Subject): string {
  return join(state, 'locks', `${fileNameOf(subject)}.lock`)
}

/** A hash, as a name may hold any character; folded, as `Emma@…` and `emma@…` are one person. */
function fileNameOf({ kind, tenant, name }: Subject): string {
  const folded = [kind, ...[tenant, name].map(text => text.normalize('NFC').toLowerCase())]
  return hash('sha256', JSON.stringify(folded), 'hex').slice(0, 32)
}
