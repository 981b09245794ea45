import { K1Error } from '../../core/errors.ts'
import type { LedgerEntry, LedgerReading, RunFilter } from '../../core/ledger-store.ts'
import { formatEntry, readChain, readWritten } from '../ledger-chain.ts'
import { stampOf } from '../run-id.ts'
import type { Database, RunSql } from './database.ts'

/** Runs are read together as long as they have no more entries than that: some megabytes. */
const batch = 10_000

/**
 * With what a run is found by, and what `doctor` compares: one statement, however many entries.
 * @param fence number of the lock under which it is written; with a greater one in the run, somebody took it over
 * @throws K1Error `busy` then, and nothing is written
 */
export async function insertEntries(
  query: RunSql,
  run: string,
  entries: readonly LedgerEntry[],
  fence?: string,
): Promise<void> {
  const subjects = subjectsIn(entries)
  const written = await query(
    `WITH lines AS (
       INSERT INTO k1ctl.entries (run, seq, line, sum, fence)
       SELECT $1, seq, line, sha256(convert_to(line, 'UTF8')), $7::bigint
       FROM unnest($2::integer[], $3::text[]) AS new (seq, line)
       WHERE NOT EXISTS (SELECT FROM k1ctl.entries WHERE run = $1 AND fence > $7::bigint) RETURNING seq),
     subjects AS (
       INSERT INTO k1ctl.run_subjects SELECT $1, * FROM unnest($4::text[], $5::text[]) ON CONFLICT DO NOTHING)
     UPDATE k1ctl.runs SET entries = entries + $6 WHERE run = $1 AND $6 = (SELECT count(*) FROM lines) RETURNING run`,
    [
      run,
      entries.map(e => e.seq),
      entries.map(formatEntry),
      subjects.map(({ tenant }) => tenant),
      subjects.map(({ person }) => person),
      entries.length,
      fence ?? null,
    ],
  )
  if (written.length > 0) return
  throw new K1Error('busy', `Another worker has taken over run ${run}. Nothing more was written.`, {
    hint: `k1ctl runs show ${run}`,
    facts: { run },
  })
}

/** Newest first; one of which nothing is written yet is none. */
export async function runsFound({ rows }: Database, filter: RunFilter): Promise<string[]> {
  const { tenant, person, since, until, limit } = filter
  const found = await rows<{ run: string }>(
    `SELECT run FROM k1ctl.runs WHERE entries > 0
       AND ($1::text IS NULL OR run >= $1) AND ($2::text IS NULL OR run < $2)
       AND ($3::text IS NULL OR run IN (SELECT run FROM k1ctl.run_subjects WHERE tenant = $3))
       AND ($4::text IS NULL OR run IN (SELECT run FROM k1ctl.run_subjects WHERE person = $4))
     ORDER BY run DESC LIMIT $5`,
    [
      since ? stampOf(since) : null,
      until ? stampOf(until) : null,
      tenant?.toLowerCase() ?? null,
      person?.toLowerCase() ?? null,
      limit ?? null,
    ],
  )
  return found.map(({ run }) => run)
}

export async function isRunThere({ rows }: Database, run: string): Promise<boolean> {
  return (await rows('SELECT run FROM k1ctl.runs WHERE run = $1 AND entries > 0', [run])).length > 0
}

/**
 * In the order of the ids; of one that is not there, an emptied one.
 * @param how `sums`: a line whose sum fits is taken as it was written; `hashes`: each is computed anew
 */
export async function* readChains(
  { rows }: Database,
  runs: readonly string[],
  how: 'sums' | 'hashes',
): AsyncGenerator<LedgerReading> {
  const sizes = await rows<{ run: string; entries: number }>(
    'SELECT run, entries FROM k1ctl.runs WHERE run = ANY($1)',
    [runs],
  )
  const sizeOf = new Map(sizes.map(({ run, entries }) => [run, entries]))
  for (const some of together(runs, run => sizeOf.get(run) ?? 0)) {
    const found = await rows<{ run: string; lines: string; count: number; fits: boolean }>(
      `SELECT run, count(*)::integer AS count, string_agg(line, '' ORDER BY seq) AS lines,
         $2 AND bool_and(sum IS NOT DISTINCT FROM sha256(convert_to(line, 'UTF8'))) AS fits
       FROM k1ctl.entries WHERE run = ANY($1) GROUP BY run`,
      [some, how === 'sums'],
    )
    const byRun = new Map(found.map(row => [row.run, row]))
    for (const run of some) {
      const { lines = '', count = 0, fits = false } = byRun.get(run) ?? {}
      const written = sizeOf.get(run) ?? 0
      const { entries, chain } = (fits ? readWritten(lines, run) : undefined) ?? readChain(Buffer.from(lines), run)
      // The chain cannot tell what is left out at its end; the run's own row can, unless it was changed as well.
      const isCut = chain.state === 'intact' && count < written
      yield { run, entries, chain: isCut ? { state: 'altered', seq: count, missing: written - count } : chain }
    }
  }
}

function* together(runs: readonly string[], sizeOf: (run: string) => number): Generator<string[]> {
  let some: string[] = []
  let size = 0
  for (const run of runs) {
    if (some.length > 0 && size + sizeOf(run) > batch) {
      yield some
      some = []
      size = 0
    }
    some.push(run)
    size += sizeOf(run)
  }
  if (some.length > 0) yield some
}

/** Runs of which a line was changed, left out or added by somebody who did not change the sums as well. */
export async function doubtfulRuns({ rows }: Database): Promise<string[]> {
  const found = await rows<{ run: string }>(
    `SELECT r.run FROM k1ctl.runs AS r LEFT JOIN (
       SELECT run, count(*) AS count, bool_and(sum IS NOT DISTINCT FROM sha256(convert_to(line, 'UTF8'))) AS fits
       FROM k1ctl.entries GROUP BY run) AS e USING (run)
     WHERE r.entries <> coalesce(e.count, 0) OR NOT coalesce(e.fits, true) ORDER BY r.run DESC`,
  )
  return found.map(({ run }) => run)
}

/** Whom and where the plans among these entries are about, in lower case. */
function subjectsIn(entries: readonly LedgerEntry[]): { tenant: string; person: string }[] {
  const subjects = new Map<string, { tenant: string; person: string }>()
  for (const { type, data } of entries) {
    if (type !== 'plan' || typeof data !== 'object' || data === null) continue
    const { tenant, person }: { tenant?: unknown; person?: unknown } = data
    if (typeof tenant !== 'string') continue
    const one = { tenant: tenant.toLowerCase(), person: typeof person === 'string' ? person.toLowerCase() : '' }
    subjects.set(JSON.stringify(one), one)
  }
  return [...subjects.values()]
}
