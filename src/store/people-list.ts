import { createHash } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { isK1Error, K1Error } from '../core/errors.ts'
import type { KeptPeople, PeopleList, PeopleRow } from '../core/stores.ts'
import { type Home, prepareFolder } from './home.ts'
import { jsonLine } from './json-line.ts'
import { parsePeopleLine, peopleLine } from './people-line.ts'
import { beginReplacement, type Replacement } from './replace-file.ts'
import { storageCodeOf, storageError } from './storage-error.ts'

/** The last line: without it somebody cut the file, and people are missing. */
const endSchema = z.strictObject({ end: z.strictObject({ count: z.int(), problems: z.int() }) })

/** Characters that are gathered for one write. */
const batch = 1 << 16

/** Keeps the people of each run beside its ledger, as `<state>/runs/<run>.people`: JSON lines, one a row. */
export function openPeopleList(home: Home): PeopleList {
  const folder = join(home.state, 'runs')
  const fileOf = (run: string): string => join(folder, `${run}.people`)
  return {
    writePeople: (run, rows) => {
      prepareFolder(folder)
      return writeOnce(fileOf(run), run, rows)
    },
    readPeopleList: (run, kept) => readRows(fileOf(run), run, kept),
  }
}

async function writeOnce(path: string, run: string, rows: AsyncIterable<PeopleRow>): Promise<KeptPeople> {
  if (existsSync(path)) {
    throw new K1Error('storage', `The people of this run are written already: ${path}.`, {
      hint: `Go on with that run: k1ctl runs resume ${run}`,
      facts: { path },
    })
  }
  let replacement: Replacement | undefined
  try {
    replacement = beginReplacement(path)
    const counts = await writeRows(replacement, rows)
    replacement.commit()
    return counts
  } catch (error) {
    replacement?.abandon()
    if (isK1Error(error) || storageCodeOf(error) === '') throw error
    throw storageError('write the people of a run to', path, error)
  }
}

async function writeRows(file: Replacement, rows: AsyncIterable<PeopleRow>): Promise<KeptPeople> {
  const counts = { count: 0, problems: 0 }
  const hash = createHash('sha256')
  let text = ''
  const write = (): void => {
    file.write(text)
    hash.update(text)
    text = ''
  }
  for await (const row of rows) {
    if ('problem' in row) counts.problems++
    else counts.count++
    text += peopleLine(row)
    if (text.length >= batch) write()
  }
  text += jsonLine({ end: counts })
  write()
  return { ...counts, sha256: hash.digest('hex') }
}

async function* readRows(path: string, run: string, kept: KeptPeople | undefined): AsyncGenerator<PeopleRow> {
  let file: FileHandle | undefined
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    if (!(await file.stat()).isFile()) throw broken(path, run)
    // Of the file that is open: another one that comes into its place later is not read.
    if (kept && (await hashOf(file)) !== kept.sha256) throw replaced(path, run)
    const seen = { count: 0, problems: 0 }
    let ended = false
    for await (const line of file.readLines({ start: 0 })) {
      const row = parsePeopleLine(line)
      if (ended) throw broken(path, run)
      if (row) {
        if ('problem' in row) seen.problems++
        else seen.count++
        yield row
        continue
      }
      const { data } = endSchema.safeParse(parse(line))
      ended = data?.end.count === seen.count && data.end.problems === seen.problems
      if (!ended) throw broken(path, run)
    }
    if (!ended) throw broken(path, run)
  } catch (error) {
    if (isK1Error(error) || storageCodeOf(error) === '') throw error
    if (storageCodeOf(error) === 'ENOENT') {
      throw new K1Error('storage', `Run ${run} kept no list of people.`, {
        hint: `It was cut off before its first change. Its command, to be given again: k1ctl runs show ${run}`,
        facts: { run, path },
      })
    }
    throw storageError('read the people of a run from', path, error)
  } finally {
    await file?.close()
  }
}

async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of file.createReadStream({ start: 0, autoClose: false })) hash.update(bytes)
  return hash.digest('hex')
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function replaced(path: string, run: string): K1Error {
  return new K1Error('storage', `The list of people of run ${run} is not the one that was agreed to: ${path}.`, {
    hint: `Nothing more is done in that run. Its command, to be given again with the list that you have: k1ctl runs show ${run}`,
    facts: { run, path },
  })
}

function broken(path: string, run: string): K1Error {
  return new K1Error('storage', `The list of people of run ${run} is not as k1ctl wrote it: ${path}.`, {
    hint: `People may be missing from it. Its command, to be given again with the list that you have: k1ctl runs show ${run}`,
    facts: { run, path },
  })
}
