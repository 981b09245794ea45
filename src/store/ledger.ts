import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isK1Error, K1Error } from '../core/errors.ts'
import { requireSound } from '../core/ledger-check.ts'
import type { LedgerStore, LedgerWriter, RunFilter } from '../core/ledger-store.ts'
import type { Clock } from '../core/ports.ts'
import { type Home, prepareFolder } from './home.ts'
import { readChain } from './ledger-chain.ts'
import { ledgerFile } from './ledger-file.ts'
import { glanceAt } from './ledger-glance.ts'
import { openLedgerWriter } from './ledger-writer.ts'
import { type HeldLock, takeLock } from './lock.ts'
import type { Processes } from './process-identity.ts'
import { readRegular } from './regular-file.ts'
import { removeStrays } from './replace-file.ts'
import { findRun, isRun, nextRun, runsIn } from './run-id.ts'
import { storageCodeOf, storageError } from './storage-error.ts'

export interface LedgerOptions {
  home: Home
  clock: Clock
  processes: Processes
  /** A whole number from 0 up to, not including, `below`. */
  random?: (below: number) => number
}

const ending = '.jsonl'

/** The ledger: a folder with a file of JSON lines for each run. Touches nothing until it is asked to. */
export function openLedger({ home, clock, processes, random = randomInt }: LedgerOptions): LedgerStore {
  const folder = join(home.state, 'runs')
  const fileOf = (run: string): string => join(folder, `${run}${ending}`)
  const lock = (run: string): Promise<HeldLock> =>
    takeLock({
      path: join(folder, `${run}.lock`),
      about: { subject: `run ${run}`, run, since: clock.now() },
      processes,
    })

  async function list(filter: RunFilter = {}): Promise<string[]> {
    let names: string[]
    try {
      names = await readdir(folder)
    } catch (error) {
      if (storageCodeOf(error) === 'ENOENT') return []
      throw storageError('list the runs in', folder, error)
    }
    const runs = names.filter(name => name.endsWith(ending)).map(name => name.slice(0, -ending.length))
    return runsIn(runs.filter(isRun).sort().reverse(), filter)
  }

  const find = async (text: string): Promise<string> => findRun(text, await list())

  /**
   * Ids sort by creation: the time's, or the one after the newest that is there, when the clock was set back or several
   * are of one second. A lock without a file is a run that has written nothing yet.
   */
  async function freeRun(): Promise<string> {
    const names = await readdir(folder)
    const taken = names.flatMap(name => /^(.*)\.(jsonl|lock)$/.exec(name)?.[1] ?? []).filter(isRun)
    return nextRun(
      taken.reduce((a, b) => (a > b ? a : b), ''),
      clock.now(),
      random,
    )
  }

  async function create(): Promise<LedgerWriter> {
    prepareFolder(folder)
    for (let tries = 1; ; tries++) {
      const run = await freeRun()
      const path = fileOf(run)
      let held: HeldLock | undefined
      try {
        held = await lock(run)
        // Another process may have taken and ended it since we looked.
        if (existsSync(path)) throw new K1Error('busy', `There is a run ${run} already.`, { facts: { run } })
        removeStrays(path)
        return openLedgerWriter({ run, last: undefined, clock, sink: ledgerFile({ path, size: 0, held }) })
      } catch (error) {
        held?.release()
        // Another process may take the same number in the same moment.
        if (isK1Error(error) && error.kind === 'busy' && tries < 100) continue
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
      const reading = readChain(readFile(path), run)
      requireSound(reading, path)
      const { entries, chain, goodBytes } = reading
      // Not 'a': on Windows a file that is open for appending cannot be cut.
      file = await open(path, 'r+')
      if (chain.state === 'torn') {
        held.still()
        await file.truncate(goodBytes)
        await file.sync()
      }
      const sink = ledgerFile({ path, file, size: goodBytes, held })
      return openLedgerWriter({ run, last: entries.at(-1), clock, sink })
    } catch (error) {
      await file?.close()
      held.release()
      throw isK1Error(error) ? error : storageError('open the ledger', path, error)
    }
  }

  function readFile(path: string): Buffer {
    try {
      return readRegular(path) ?? Buffer.alloc(0)
    } catch (error) {
      throw storageError('read the ledger', path, error)
    }
  }

  return {
    path: folder,
    create,
    open: reopen,
    list,
    has: async run => (await list()).includes(run),
    async read(text) {
      const run = await find(text)
      const { entries, chain } = readChain(readFile(fileOf(run)), run)
      return { run, entries, chain }
    },
    async glance(run) {
      try {
        return glanceAt(fileOf(run), run)
      } catch (error) {
        throw storageError('read the ledger', fileOf(run), error)
      }
    },
  }
}
