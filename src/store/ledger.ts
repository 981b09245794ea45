import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isK1Error, K1Error } from '../core/errors.ts'
import { requireSound } from '../core/ledger-check.ts'
import type { Clock, LedgerStore, LedgerWriter } from '../core/ports.ts'
import { type Home, prepareFolder } from './home.ts'
import { readChain } from './ledger-chain.ts'
import { glanceAt } from './ledger-glance.ts'
import { openLedgerWriter } from './ledger-writer.ts'
import { type Held, takeLock } from './lock.ts'
import { suggest } from './nearest.ts'
import type { Processes } from './process-identity.ts'
import { readRegular } from './regular-file.ts'
import { removeStrays } from './replace-file.ts'
import { codeOf, storageError } from './storage-error.ts'

export interface LedgerOptions {
  home: Home
  clock: Clock
  processes: Processes
  /** A whole number from 0 up to, not including, `below`. */
  random?: (below: number) => number
}

const isRun = (id: string): boolean => /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(id)
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
    return runs.filter(isRun).sort().reverse()
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

  /**
   * Ids sort by creation: the time's, or the one after the newest that is there, when the clock was set back or several
   * are of one second. A lock without a file is a run that has written nothing yet.
   */
  async function nextRun(): Promise<string> {
    const names = await readdir(folder)
    const taken = names.flatMap(name => /^(.*)\.(jsonl|lock)$/.exec(name)?.[1] ?? []).filter(isRun)
    const newest = taken.reduce((a, b) => (a > b ? a : b), '')
    const now = stampOf(clock.now())
    if (newest.slice(0, now.length) < now) return `${now}-${hex(random(0x8000))}`
    const number = Number.parseInt(newest.slice(-4), 16) + 1 + random(16)
    if (number <= 0xffff) return `${newest.slice(0, now.length)}-${hex(number)}`
    return `${stampAfter(newest)}-${hex(random(0x8000))}`
  }

  async function create(): Promise<LedgerWriter> {
    prepareFolder(folder)
    for (let tries = 1; ; tries++) {
      const run = await nextRun()
      const path = fileOf(run)
      let held: Held | undefined
      try {
        held = await lock(run)
        // Another process may have taken and ended it since we looked.
        if (existsSync(path)) throw new K1Error('busy', `There is a run ${run} already.`, { facts: { run } })
        removeStrays(path)
        return openLedgerWriter({ run, path, size: 0, last: undefined, clock, held })
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
      return openLedgerWriter({ run, path, file, size: goodBytes, last: entries.at(-1), clock, held })
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

/** `20261121-201403`, in UTC. */
function stampOf(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
}

/** That of a second later. */
function stampAfter(run: string): string {
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)-(..)(..)(..)/.exec(run) ?? []
  return stampOf(new Date(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + 1_000))
}

function hex(number: number): string {
  return number.toString(16).padStart(4, '0')
}
