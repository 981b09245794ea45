import { randomInt } from 'node:crypto'
import { K1Error } from '../../core/errors.ts'
import { requireSound } from '../../core/ledger-check.ts'
import type { LedgerEntry, LedgerReading, LedgerStore, LedgerWriter } from '../../core/ledger-store.ts'
import type { Clock } from '../../core/ports.ts'
import { formatEntry, readChain } from '../ledger-chain.ts'
import { openLedgerWriter } from '../ledger-writer.ts'
import type { Processes } from '../process-identity.ts'
import { findRun, nextRun } from '../run-id.ts'
import type { Database, RunSql } from './database.ts'
import { type TeamLock, takeTeamLock } from './locks.ts'
import type { TeamOperators } from './operators.ts'
import { insertPeople } from './people-list.ts'

/** The ledger of a team: the same lines as in files, one a row, so that the same chain proves them. */
export function openTeamLedger(
  database: Database,
  processes: Processes,
  clock: Clock,
  operators: Pick<TeamOperators, 'signer'>,
): LedgerStore {
  const lock = (run: string): Promise<TeamLock> =>
    takeTeamLock(database, processes, clock, { key: JSON.stringify(['run', run]), subject: `run ${run}`, run })

  async function list(): Promise<string[]> {
    const rows = await database.rows<{ run: string }>('SELECT DISTINCT run FROM k1ctl.entries ORDER BY run DESC')
    return rows.map(({ run }) => run)
  }

  async function chainOf(run: string): Promise<LedgerReading> {
    const rows = await database.rows<{ line: string }>('SELECT line FROM k1ctl.entries WHERE run = $1 ORDER BY seq', [
      run,
    ])
    const { entries, chain } = readChain(Buffer.from(rows.map(({ line }) => line).join('')), run)
    return { run, entries, chain }
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
            await held.stillIn(query)
            await insert(query, run, entries)
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
      const run = findRun(text, await list())
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
        await insert(query, run, entries)
      }),
    // The whole of it: a reading by its id costs one query, however long it is.
    async glance(run) {
      return { ...(await chainOf(run)), isWhole: true }
    },
    read: async text => chainOf(findRun(text, await list())),
  }
}

async function insert(query: RunSql, run: string, entries: readonly LedgerEntry[]): Promise<void> {
  await query('INSERT INTO k1ctl.entries SELECT $1, * FROM unnest($2::integer[], $3::text[])', [
    run,
    entries.map(e => e.seq),
    entries.map(formatEntry),
  ])
}
