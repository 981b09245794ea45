import { join } from 'node:path'
import { K1Error } from '../core/errors.ts'
import type { PreferenceStore, Preferences } from '../core/preferences.ts'
import type { Home } from './home.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import type { Processes } from './process-identity.ts'

const what = 'your preferences'

/** `<config>/preferences.json`. @throws K1Error `storage` when it is broken, or cannot be read */
export function openPreferences(home: Home, processes: Processes): PreferenceStore {
  const path = join(home.config, 'preferences.json')
  return {
    ...readPreferences(path),
    path,
    async change(work) {
      const { holdWriteLock } = await import('./write-lock.ts')
      await holdWriteLock(path, processes, still => {
        const { settings, aliases } = work(readPreferences(path))
        writePrivateFile(path, `${JSON.stringify({ settings, aliases }, null, 2)}\n`, what, still)
      })
    },
  }
}

function readPreferences(path: string): Preferences {
  const text = readPrivateFile(path, what)
  if (text === undefined) return { settings: {}, aliases: {} }
  try {
    const { settings, aliases } = JSON.parse(text)
    if (isWords(settings) && isWords(aliases)) return { settings, aliases }
  } catch {
    // Said below.
  }
  throw new K1Error('storage', `${path} is not as k1ctl wrote it.`, {
    hint: 'Mend it, or remove it: then nothing is preferred, and no alias is kept.',
    facts: { path },
  })
}

function isWords(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every(one => typeof one === 'string')
}
