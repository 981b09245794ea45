import { preferenceFields } from '../core/preferences.ts'
import type { ConnectionRecord } from '../core/stores.ts'
import { kindOf, type SettingField } from '../core/system.ts'
import { foldRun } from '../engine/run-state.ts'
import type { App } from './app.ts'

/** A word that may stand at the cursor, and what it is. */
export interface Candidate {
  word: string
  about?: string
}

/*
 * What this machine knows already: no system is asked anything for the Tab key. Nothing here fails; what cannot be read
 * only means fewer candidates.
 */

/** Runs are read for this many: a shell shows no more at once, and nobody waits for it. */
const mostRuns = 10

export async function tenantNames(app: App): Promise<readonly Candidate[]> {
  return known(async () => {
    const config = await app.config()
    return config.tenants().map(({ name, domains }) => {
      const about = [...(name === config.current() ? ['chosen'] : []), ...domains].join(', ')
      return { word: name, ...(about ? { about } : {}) }
    })
  })
}

export async function systemIds(app: App, which: 'all' | 'modules' | 'with a contract'): Promise<readonly Candidate[]> {
  return (await app.systems()).all
    .filter(s => which === 'all' || (which === 'modules' ? s.about.isModule : s.contract))
    .map(({ about }) => ({ word: about.id, about: about.title }))
}

/** What is connected, each of several of a kind by its name, and every system. */
export async function connectedSystems(app: App): Promise<readonly Candidate[]> {
  const named = await known(async () => (await app.config()).connections().map(c => c.system))
  const all = await systemIds(app, 'all')
  const others = [...new Set(named)].filter(name => !all.some(({ word }) => word === name))
  return [...all, ...(await titled(app, others))]
}

/** Connections of the chosen tenant, else of all. */
export async function connectionNames(app: App): Promise<readonly Candidate[]> {
  const found = await known(() => connectionsOf(app))
  return titled(app, [...new Set(found.map(c => c.system))])
}

async function connectionsOf(app: App): Promise<readonly ConnectionRecord[]> {
  const config = await app.config()
  return config.connections(app.env.K1CTL_TENANT || config.current())
}

async function titled(app: App, names: readonly string[]): Promise<readonly Candidate[]> {
  const { find } = await app.systems()
  return names.map(word => {
    const title = find(kindOf(word))?.about.title
    return { word, ...(title ? { about: title } : {}) }
  })
}

/** Keys of what may be set in a connection, with `=` where a value follows; its values behind one. */
export async function settingWords(
  app: App,
  connection: string,
  typed: string | undefined,
): Promise<readonly Candidate[]> {
  const fields = await settingsOf(app, connection)
  const [, key, value] = /^([^=]+)=(.*)$/.exec(typed ?? '') ?? []
  if (typed === undefined) return fields.map(({ key, label }) => ({ word: key, about: label }))
  if (key === undefined || value === undefined) return fields.map(f => ({ word: `${f.key}=`, about: f.label }))
  const values = fields.find(f => f.key === key)?.suggestions ?? []
  return values.map(({ value, label }) => ({ word: `${key}=${value}`, about: label }))
}

async function settingsOf(app: App, connection: string): Promise<readonly SettingField[]> {
  const system = (await app.systems()).find(kindOf(connection))
  return system ? system.about.settings.filter(f => !f.secret) : []
}

/** People whom this machine has heard of: those that are protected, and those of the last runs. */
export async function knownPeople(app: App): Promise<readonly Candidate[]> {
  const kept = await known(async () =>
    (await app.config()).protectedPeople().map(({ person, reason }) => ({
      word: person,
      about: reason ? `protected: ${reason}` : 'protected',
    })),
  )
  const recent = await known(async () => {
    const ledger = await app.ledger()
    const { peopleIn, verdictIn } = await import('./runs-list.ts')
    const found: Candidate[] = []
    for (const run of (await ledger.list()).slice(0, mostRuns)) {
      found.push(
        ...(await known(async () => {
          const reading = await ledger.glance(run)
          const state = foldRun(reading)
          const about = `${verdictIn(reading, state)} in ${run}`
          return peopleIn(state.units, reading.entries).map(word => ({ word, about }))
        })),
      )
    }
    return found
  })
  const all = [...kept, ...recent]
  return all.filter((one, at) => all.findIndex(({ word }) => word === one.word) === at)
}

/** @param isDescribed each is read, else only named */
export async function runIds(app: App, isDescribed: boolean): Promise<readonly Candidate[]> {
  const runs = await known(async () => {
    const ledger = await app.ledger()
    const { summaryOf } = await import('./runs-list.ts')
    const ids = (await ledger.list()).slice(0, 2 * mostRuns)
    const found: Candidate[] = []
    for (const [at, word] of ids.entries()) {
      if (!isDescribed || at >= mostRuns) {
        found.push({ word })
        continue
      }
      const { verdict, about } = await summaryOf(word, () => ledger.glance(word))
      found.push({ word, about: `${verdict}: ${about}` })
    }
    return found
  })
  return [{ word: 'last', about: 'the newest run' }, ...runs]
}

export async function datedIds(app: App): Promise<readonly Candidate[]> {
  const ids = await known(async () => (await (await app.diary()).list()).map(word => ({ word })))
  return [{ word: 'last', about: 'the newest date' }, ...ids]
}

export async function aliasNames(app: App): Promise<readonly Candidate[]> {
  return known(async () => {
    const { aliases } = await app.preferences()
    return Object.entries(aliases).map(([word, expansion]) => ({ word, about: `k1ctl ${expansion}` }))
  })
}

/** Settings of `k1ctl config`, or the values that one of them may have. */
export function preferenceWords(key: string | undefined): Candidate[] {
  if (key === undefined) return preferenceFields.map(f => ({ word: f.key, about: f.summary }))
  return (preferenceFields.find(f => f.key === key)?.values ?? []).map(word => ({ word }))
}

async function known<T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read()
  } catch {
    return []
  }
}
