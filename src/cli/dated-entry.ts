import type { K1Error } from '../core/errors.ts'
import { partOf } from '../core/parts.ts'
import type { DatedChange } from '../dated/dated.ts'
import { changeDated, type Dated, isSound, readDated } from '../dated/dated.ts'
import type { App } from './app.ts'

/** A dated offboarding that this process holds. */
export interface HeldEntry {
  readonly id: string
  readonly dated: Dated
  /** On disk when it resolves. @throws K1Error `busy` when another process took it over, `storage` */
  change(change: DatedChange, what: string): Promise<void>
}

export interface ReadEntry {
  id: string
  dated?: Dated
  /** Why it cannot be read: nothing may be done on its word. */
  error?: K1Error
}

/** All that have a date, and those of which nobody can tell. @throws K1Error `storage` */
export async function readEntries(app: App): Promise<ReadEntry[]> {
  const diary = await app.diary()
  return Promise.all(
    (await diary.list()).map(async id => {
      const { value: dated, error } = await partOf(diary.read(id).then(value => readDated(id, value)))
      return { id, ...(dated && { dated }), ...(error && { error }) }
    }),
  )
}

/**
 * Puts away one that is not as k1ctl wrote it, so that no look finds it any more; answers where, and what it was; undefined
 * where it is as k1ctl wrote it. What cannot be read at all (a disk, a right) is left. @throws K1Error `busy`, `storage`
 */
export async function putAwayUnread(app: App, id: string): Promise<{ where: string; value: unknown } | undefined> {
  const [diary, locks] = await Promise.all([app.diary(), app.locks()])
  const { operator, clock } = app
  return locks.hold({ kind: 'dated', tenant: '', name: id }, { run: id, operator }, async still => {
    const value = await diary.read(id)
    // By now another process may have put it away.
    if (isSound(id, value) || !(await diary.list()).includes(id)) return undefined
    return { where: await diary.putAway(id, { at: clock.now().toISOString(), operator }, still), value }
  })
}

/** Runs `work` while no other process changes or carries out this one. @throws K1Error `busy`, `storage` */
export async function holdEntry<T>(app: App, id: string, work: (entry: HeldEntry) => Promise<T>): Promise<T> {
  const [diary, locks] = await Promise.all([app.diary(), app.locks()])
  const { operator, clock } = app
  return locks.hold({ kind: 'dated', tenant: '', name: id }, { run: id, operator }, async still => {
    let dated = readDated(id, await diary.read(id))
    return work({
      id,
      get dated() {
        return dated
      },
      async change(change, what) {
        const next = changeDated(dated, change, { at: clock.now(), operator, what })
        if (next.hash !== dated.hash) await diary.write(id, next, still)
        dated = next
      },
    })
  })
}
