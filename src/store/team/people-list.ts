import { createHash } from 'node:crypto'
import { K1Error } from '../../core/errors.ts'
import type { KeptPeople, PeopleList, PeopleRow } from '../../core/stores.ts'
import { parsePeopleLine, peopleLine } from '../people-line.ts'
import type { Database, RunSql } from './database.ts'

/** Rows that go or come at once. */
const batch = 1_000

/** The people of each run, a row each: whole, or not there. */
export function openTeamPeopleList(database: Database): PeopleList {
  return {
    writePeople: (run, rows) =>
      database.transaction(async query => {
        const there = await query('SELECT run FROM k1ctl.people_lists WHERE run = $1', [run])
        if (there.length > 0) {
          throw new K1Error('storage', `The people of this run are written already: ${run}.`, {
            hint: `Go on with that run: k1ctl runs resume ${run}`,
          })
        }
        return insertPeople(query, run, rows)
      }),
    readPeopleList: (run, kept) => readRows(database, run, kept),
  }
}

/** Within a transaction: whole, or not there. */
export async function insertPeople(query: RunSql, run: string, rows: AsyncIterable<PeopleRow>): Promise<KeptPeople> {
  await query('INSERT INTO k1ctl.people_lists (run) VALUES ($1)', [run])
  const kept = await writeRows(query, run, rows)
  await query('UPDATE k1ctl.people_lists SET count = $2, problems = $3, sha256 = $4 WHERE run = $1', [
    run,
    kept.count,
    kept.problems,
    kept.sha256,
  ])
  return kept
}

async function writeRows(query: RunSql, run: string, rows: AsyncIterable<PeopleRow>): Promise<KeptPeople> {
  const counts = { count: 0, problems: 0 }
  const hash = createHash('sha256')
  let lines: string[] = []
  let n = 0
  const flush = async () => {
    if (lines.length === 0) return
    await query('INSERT INTO k1ctl.people SELECT $1, * FROM unnest($2::integer[], $3::text[])', [
      run,
      lines.map((_, i) => n + i),
      lines,
    ])
    n += lines.length
    lines = []
  }
  for await (const row of rows) {
    if ('problem' in row) counts.problems++
    else counts.count++
    const line = peopleLine(row)
    hash.update(line)
    lines.push(line)
    if (lines.length >= batch) await flush()
  }
  await flush()
  return { ...counts, sha256: hash.digest('hex') }
}

async function* readRows(database: Database, run: string, kept: KeptPeople | undefined): AsyncGenerator<PeopleRow> {
  const [list] = await database.rows<{ count: number; problems: number; sha256: string }>(
    'SELECT count, problems, sha256 FROM k1ctl.people_lists WHERE run = $1',
    [run],
  )
  if (!list) {
    throw new K1Error('storage', `Run ${run} kept no list of people.`, {
      hint: `It was cut off before its first change. Its command, to be given again: k1ctl runs show ${run}`,
      facts: { run },
    })
  }
  if (kept && kept.sha256 !== list.sha256) throw other(run)
  // Before the first row is given out, as with files: nobody of another list is worked on.
  const hash = createHash('sha256')
  for await (const { line } of linesOf(database, run)) hash.update(line)
  if (hash.digest('hex') !== list.sha256) throw other(run)
  for await (const { line } of linesOf(database, run)) {
    const row = parsePeopleLine(line)
    if (!row) throw other(run)
    yield row
  }
}

async function* linesOf(database: Database, run: string): AsyncGenerator<{ n: number; line: string }> {
  for (let after = -1; ; ) {
    const rows = await database.rows<{ n: number; line: string }>(
      'SELECT n, line FROM k1ctl.people WHERE run = $1 AND n > $2 ORDER BY n LIMIT $3',
      [run, after, batch],
    )
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < batch) return
    after = last.n
  }
}

function other(run: string): K1Error {
  return new K1Error('storage', `The list of people of run ${run} is not the one that was agreed to.`, {
    hint: `Nothing more is done in that run. Its command, to be given again with the list that you have: k1ctl runs show ${run}`,
    facts: { run },
  })
}
