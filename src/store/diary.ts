import { randomInt } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { K1Error } from '../core/errors.ts'
import { jsonText } from '../core/json.ts'
import type { Clock, Diary } from '../core/ports.ts'
import { type Home, prepareFolder } from './home.ts'
import { suggest } from './nearest.ts'
import { readPrivateFile } from './private-file.ts'
import { replaceFile } from './replace-file.ts'
import { codeOf, storageError } from './storage-error.ts'

export interface DiaryOptions {
  home: Home
  clock: Clock
}

const ending = '.json'
const isId = (id: string): boolean => /^d\d{8}-[0-9a-f]{4}$/.test(id)

/** One file an entry, in a folder of the state home. Touches nothing until it is asked to. */
export function openDiary({ home, clock }: DiaryOptions): Diary {
  const folder = join(home.state, 'dated')
  const fileOf = (id: string): string => join(folder, `${id}${ending}`)

  function ids(): string[] {
    let names: string[]
    try {
      names = readdirSync(folder)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []
      throw storageError('list what has a date in', folder, error)
    }
    return names
      .filter(name => name.endsWith(ending))
      .map(name => name.slice(0, -ending.length))
      .filter(isId)
      .sort()
  }

  return {
    async find(text) {
      const all = ids()
      const meant = text === 'last' ? all.slice(-1) : all.filter(id => id.startsWith(text))
      const [id] = meant
      if (text !== '' && id !== undefined && (meant.length === 1 || meant.includes(text))) return id
      throw new K1Error(
        'usage',
        meant.length > 1 ? `"${text}" is the beginning of ${meant.length}.` : `Nothing called "${text}" has a date.`,
        {
          hint: all.length === 0 ? "k1ctl offboard amy@customer.example --at '2026-12-04 17:00'" : suggest(text, all),
          facts: { id: text, candidates: all.slice(0, 5) },
        },
      )
    },
    async list() {
      return ids()
    },
    async read(id) {
      const text = readPrivateFile(fileOf(id), 'a dated offboarding')
      try {
        return text === undefined ? undefined : JSON.parse(text)
      } catch {
        return undefined
      }
    },
    async add(value) {
      prepareFolder(folder)
      const taken = new Set(ids())
      const day = clock.now().toISOString().slice(0, 10).replaceAll('-', '')
      let id: string
      do id = `d${day}-${randomInt(0x10000).toString(16).padStart(4, '0')}`
      while (taken.has(id))
      write(fileOf(id), value)
      return id
    },
    async write(id, value, still) {
      write(fileOf(id), value, still)
    },
  }
}

function write(path: string, value: object, still?: () => void): void {
  try {
    replaceFile(path, `${jsonText(value, 2)}\n`, still ? { still } : {})
  } catch (error) {
    if (error instanceof K1Error) throw error
    throw storageError('write', path, error)
  }
}
