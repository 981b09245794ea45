import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Locks, Subject } from '../core/ledger-store.ts'
import type { Clock } from '../core/ports.ts'
import { type Home, prepareFolder } from './home.ts'
import { takeLock } from './lock.ts'
import type { Processes } from './process-identity.ts'

export interface LocksOptions {
  home: Home
  clock: Clock
  processes: Processes
}

/** One file a subject, in a folder of the state home. Touches nothing until something is held. */
export function openLocks({ home, clock, processes }: LocksOptions): Locks {
  const folder = join(home.state, 'locks')
  return {
    async hold(subject, { run, operator }, work) {
      prepareFolder(folder)
      const about = { subject: `${subject.name} in ${subject.tenant}`, operator, run, since: clock.now() }
      const held = await takeLock({ path: join(folder, `${fileNameOf(subject)}.lock`), about, processes })
      try {
        return await work(held.still)
      } finally {
        held.release()
      }
    },
  }
}

/** A hash, as a name may hold any character; folded, as `Emma@…` and `emma@…` are one person. */
function fileNameOf({ kind, tenant, name }: Subject): string {
  const folded = [kind, ...[tenant, name].map(text => text.normalize('NFC').toLowerCase())]
  return createHash('sha256').update(JSON.stringify(folded)).digest('hex').slice(0, 32)
}
