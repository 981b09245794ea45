import { randomInt } from 'node:crypto'
import { K1Error } from '../../core/errors.ts'
import { requireSound } from '../../core/ledger-check.ts'
import type { LedgerEntry, LedgerReading, LedgerStore, LedgerWriter, RunFilter } from '../../core/ledger-store.ts'
import type { Clock } from '../../core/ports.ts'
import { openLedgerWriter } from '../ledger-writer.ts'
import type { Processes } from '../process-identity.ts'
import { findRun, isRun, nextRun } from '../run-id.ts'
import type { Database } from './database.ts'
import { type TeamLock, takeTeamLock } from './locks.ts'
import type { TeamOperators } from './operators.ts'
import { insertPeople } from './people-list.ts'
import { doubtfulRuns, insertEntries, isRunThere, readChains, runsFound } from './run-rows.ts'

/** The ledger of a team: the same lines as in files, one a row, so that the same chain proves them. */
export function openTeamLedger(
  database: Database,
  processes: Processes,
  clock: Clock,
  operators: Pick<TeamOperators, 'signer'>,
  holding: Set<() => void>,
): LedgerStore {
  const lock = (run: string): Promise<TeamLock> =>
    takeTeamLock(database, processes, clock, { key: JSON.stringify(['run', run]), subject: `run ${run}`, run }, holding)

  const list = (filter: RunFilter = {}): Promise<string[]> => runsFound(database, filter)

  async function chainOf(run: string): Promise<LedgerReading> {
    for await (const reading of readChains(database, [run], 'hashes')) return reading
    throw new K1Error('internal', `Run ${run} was looked for, and not answered.`)
  }

  /** By its whole id without a look at all the others. */
  async function find(text: string): Promise<string> {
    if (text === 'last') return findRun(text, await list({ limit: 1 }))
    if (isRun(text) && (await isRunThere(database, text))) return text
    return findRun(text, await list())
  }

  function writer(run: string, last: LedgerEntry | undefined, held: TeamLock): LedgerWriter {
    return openLedgerWriter({
      run,
      last,
      clock,
      signer: operators.signer,
      sink: {
        write: entries =>
          database.transaction(async query => {
            // By the database's word, in the same transaction: whoever was taken over writes no intent, and so sends nothing.
            await insertEntries(query, run, entries, await held.stillIn(query))
          }),
        close: () => held.release(),
      },
    })
  }

  return {
    path: `${database.place} (ledger)`,
    list,
    async create() {
      const run = await database.transaction(async query => {
        await query('LOCK TABLE k1ctl.runs IN EXCLUSIVE MODE')
        const [newest] = await query<{ run: string | null }>('SELECT max(run) AS run FROM k1ctl.runs')
        const next = nextRun(newest?.run ?? '', clock.now(), randomInt)
        await query('INSERT INTO k1ctl.runs (run) VALUES ($1)', [next])
        return next
      })
      return writer(run, undefined, await lock(run))
    },
    async open(text) {
      const run = await find(text)
      const held = await lock(run)
      try {
        const reading = await chainOf(run)
        requireSound(reading, `${database.place}, run ${run}`)
        // Rows come whole or not at all; half a line was put there.
        if (reading.chain.state === 'torn') {
          throw new K1Error('storage', `The ledger of run ${run} in ${database.place} is not as k1ctl wrote it.`)
        }
        return writer(run, reading.entries.at(-1), held)
      } catch (error) {
        await held.release()
        throw error
      }
    },
    adopt: (run, entries, people) =>
      database.transaction(async query => {
        const made = await query('INSERT INTO k1ctl.runs (run) VALUES ($1) ON CONFLICT DO NOTHING RETURNING run', [run])
        if (made.length === 0) {
          throw new K1Error('storage', `Somebody of the team began another run of that id: ${run}.`, { facts: { run } })
        }
        // A list without its run: of a k1ctl of before 2026-11-29, which brought the two one after the other.
        await query('DELETE FROM k1ctl.people_lists WHERE run = $1', [run])
        if (people) await insertPeople(query, run, people)
        await insertEntries(query, run, entries)
      }),
    // The whole of it: a reading by its id costs one query, however long it is.
    async glance(run) {
      return { ...(await chainOf(run)), isWhole: true }
    },
    has: run => isRunThere(database, run),
    read: async text => chainOf(await find(text)),
    readEach: runs => readChains(database, runs, 'sums'),
    doubtful: () => doubtfulRuns(database),
  }
}
