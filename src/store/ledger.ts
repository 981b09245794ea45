import { randomInt } from 'node:crypto'
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isK1Error, K1Error } from '../core/errors.ts'
import type { Clock, LedgerStore, LedgerWriter } from '../core/ports.ts'
import { type Home, prepareFolder } from './home.ts'
import { readChain } from './ledger-chain.ts'
import { openLedgerWriter } from './ledger-writer.ts'
import { type Held, takeLock } from './lock.ts'
import { suggest } from './nearest.ts'
import type { Processes } from './process-identity.ts'
import { syncFolder } from './replace-file.ts'
import { codeOf, storageError } from './storage-error.ts'

export interface LedgerOptions {
  home: Home
  clock: Clock
  processes: Processes
  /** A whole number from 0 up to, not including, `below`. */
  random?: (below: number) => number
}

const runPattern = /^\d{8}-\d{6}-[0-9a-f]{4}$/
const ending = '.jsonl'

/** The ledger: a folder with a file of JSON lines for each run. Touches nothing until it is asked to. */
export function openLedger({ home, clock, processes, random = randomInt }: LedgerOptions): LedgerStore {
  const folder = join(home.state, 'runs')
  const fileOf = (run: string): string => join(folder, `${run}${ending}`)
  const lock = (run: string): Promise<Held> =>
    takeLock({
      path: join(folder, `${run}.lock`),
      about: { subject: `run ${run}`, run, since: clock.now() },
      processes,
    })

  async function list(): Promise<string[]> {
    let names: string[]
    try {
      names = await readdir(folder)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []
      throw storageError('list the runs in', folder, error)
    }
    const runs = names.filter(name => name.endsWith(ending)).map(name => name.slice(0, -ending.length))
    return runs
      .filter(run => runPattern.test(run))
      .sort()
      .reverse()
  }

  /** The one run that is meant by an id, the beginning of one, or `last`. */
  async function find(text: string): Promise<string> {
    const runs = await list()
    const meant = text === 'last' ? runs.slice(0, 1) : runs.filter(run => run.startsWith(text))
    const [run] = meant
    if (text !== '' && run !== undefined && (meant.length === 1 || meant.includes(text))) return run
    if (runs.length === 0) {
      throw new K1Error('usage', text === 'last' ? 'There is no run yet.' : `There is no run "${text}".`, {
        hint: 'The ledger is empty.',
        facts: { run: text, candidates: [] },
      })
    }
    if (text !== '' && meant.length > 1) {
      throw new K1Error('usage', `"${text}" is the beginning of ${meant.length} runs.`, {
        hint: `Type more of it. There are: ${meant.slice(0, 5).join(', ')}.`,
        facts: { run: text, candidates: meant },
      })
    }
    throw new K1Error('usage', `There is no run "${text}".`, {
      hint: suggest(text, runs),
      facts: { run: text, candidates: runs.slice(0, 5) },
    })
  }

  /** Ids sort by time, also those of one second: each is greater than the ones that are there. */
  async function nextRun(): Promise<string> {
    const time = clock.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
    const newest = (await list()).find(run => run.startsWith(time))
    const number = newest === undefined ? random(0x8000) : Number.parseInt(newest.slice(-4), 16) + 1 + random(16)
    if (number <= 0xffff) return `${time}-${number.toString(16).padStart(4, '0')}`
    throw new K1Error('storage', 'Too many runs were started in this second.', { hint: 'Run again.' })
  }

  async function create(): Promise<LedgerWriter> {
    prepareFolder(folder)
    for (let tries = 1; ; tries++) {
      const run = await nextRun()
      const path = fileOf(run)
      let held: Held | undefined
      let file: FileHandle | undefined
      try {
        held = await lock(run)
        file = await open(path, 'wx', 0o600)
        syncFolder(folder)
        return openLedgerWriter({ run, path, file, size: 0, last: undefined, clock, held })
      } catch (error) {
        await file?.close()
        held?.release()
        // Another process may take the same number in the same moment.
        const taken = codeOf(error) === 'EEXIST' || (isK1Error(error) && error.facts.run === run)
        if (taken && tries < 10) continue
        throw isK1Error(error) ? error : storageError('write the ledger', path, error)
      }
    }
  }

  async function reopen(text: string): Promise<LedgerWriter> {
    const run = await find(text)
    const path = fileOf(run)
    const held = await lock(run)
    let file: FileHandle | undefined
    try {
      // Not 'a': on Windows a file that is open for appending cannot be cut.
      file = await open(path, 'r+')
      const bytes = await file.readFile()
      const { entries, chain, goodBytes } = readChain(bytes, run)
      if (chain.state === 'altered') throw altered(run, path, chain.seq)
      if (chain.state === 'torn') {
        await file.truncate(goodBytes)
        await file.sync()
      }
      return openLedgerWriter({ run, path, file, size: goodBytes, last: entries.at(-1), clock, held })
    } catch (error) {
      await file?.close()
      held.release()
      throw isK1Error(error) ? error : storageError('open the ledger', path, error)
    }
  }

  return {
    path: folder,
    create,
    open: reopen,
    list,
    async read(text) {
      const run = await find(text)
      const path = fileOf(run)
      const bytes = await readFile(path).catch((error: unknown) => {
        throw storageError('read the ledger', path, error)
      })
      const { entries, chain } = readChain(bytes, run)
      return { run, entries, chain }
    },
  }
}

function altered(run: string, path: string, seq: number): K1Error {
  return new K1Error('storage', `The ledger of run ${run} was altered: entry ${seq} does not fit the one before.`, {
    hint: `Nothing was written. Look at ${path}; what it says from there on cannot be relied on. Start a new run.`,
    facts: { run, path, seq },
  })
}
