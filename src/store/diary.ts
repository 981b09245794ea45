import { readdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { K1Error } from '../core/errors.ts'
import { jsonText } from '../core/json.ts'
import type { Diary } from '../core/ledger-store.ts'
import type { Clock } from '../core/ports.ts'
import { findDated, freeDatedId, isDatedId } from './dated-id.ts'
import { type Home, prepareFolder } from './home.ts'
import { takeLock } from './lock.ts'
import { lockOf } from './locks.ts'
import { readPrivateFile } from './private-file.ts'
import type { Processes } from './process-identity.ts'
import { removeStrays, replaceFile, syncFolder } from './replace-file.ts'
import { storageCodeOf, storageError } from './storage-error.ts'

export interface DiaryOptions {
  home: Home
  clock: Clock
  processes: Processes
}

/** What was put away: no entry any more, and its id is taken. */
const away = '.json.unreadable'

/** One file an entry, in a folder of the state home. Touches nothing until it is asked to. */
export function openDiary({ home, clock, processes }: DiaryOptions): Diary {
  const folder = join(home.state, 'dated')
  const fileOf = (id: string): string => join(folder, `${id}.json`)

  function names(): string[] {
    try {
      return readdirSync(folder)
    } catch (error) {
      if (storageCodeOf(error) === 'ENOENT') return []
      throw storageError('list what has a date in', folder, error)
    }
  }

  function ids(ending = '.json'): string[] {
    return names()
      .filter(name => name.endsWith(ending))
      .map(name => name.slice(0, -ending.length))
      .filter(isDatedId)
      .sort()
  }

  function read(id: string): unknown {
    const text = readPrivateFile(fileOf(id), 'a dated offboarding')
    try {
      return text === undefined ? undefined : JSON.parse(text)
    } catch {
      return undefined
    }
  }

  return {
    find: async text => findDated(text, ids()),
    async list() {
      return ids()
    },
    async between() {
      // No index: whoever asks looks at the dates themselves.
      return ids().map(id => ({ id, value: read(id) }))
    },
    read: async id => read(id),
    async add(value, own) {
      prepareFolder(folder)
      const id = own ?? freeDatedId(clock.now(), new Set([...ids(), ...ids(away)]))
      const path = lockOf(home, { kind: 'dated', tenant: '', name: id })
      prepareFolder(dirname(path))
      // What is written without its lock counts as left by the dead.
      const held = await takeLock({ path, about: { subject: id, since: clock.now() }, processes })
      try {
        write(fileOf(id), value, held.still)
      } finally {
        held.release()
      }
      return id
    },
    async write(id, value, still) {
      write(fileOf(id), value, still)
    },
    async putAway(id, by, still) {
      const path = join(folder, `${id}${away}`)
      write(`${path}.by`, { id, ...by, what: 'put away: it was not as k1ctl wrote it' }, still)
      try {
        renameSync(fileOf(id), path)
        syncFolder(folder)
      } catch (error) {
        throw storageError('put away', fileOf(id), error)
      }
      return path
    },
  }
}

/** For whoever holds the entry. */
function write(path: string, value: object, still?: () => void): void {
  try {
    removeStrays(path)
    replaceFile(path, `${jsonText(value, 2)}\n`, still ? { still } : {})
  } catch (error) {
    if (error instanceof K1Error) throw error
    throw storageError('write', path, error)
  }
}
