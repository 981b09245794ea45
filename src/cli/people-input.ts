import { addAbortSignal, type Readable } from 'node:stream'
import { isK1Error, K1Error } from '../core/errors.ts'
import { decodeText } from './decode-text.ts'
import { openInput, throwIfCancelled } from './named-input.ts'
import { type ColumnNames, type ListedRow, makeRow } from './people-columns.ts'
import { readRows } from './people-formats.ts'
import { SeenWords } from './seen-words.ts'
import { TextLines } from './text-lines.ts'

export type { PeopleRow as Row } from '../core/stores.ts'

/** Where the people of a call come from. */
export type PeopleSource =
  | { kind: 'arguments'; words: readonly string[] }
  | { kind: 'stdin'; stdin: Readable & { isTTY?: boolean } }
  | { kind: 'file'; path: string }

export interface PeopleInputOptions extends ColumnNames {
  refusesDates?: boolean
  /** Ends the reading: a pipe may be silent for ever. */
  signal?: AbortSignal
}

/** The rows, and how many there were so far; all of it once the rows are read. */
export interface People extends AsyncIterable<ListedRow> {
  readonly counts: Readonly<{ people: number; problems: number; duplicates: number }>
}

/**
 * What a call means by its arguments and `--from`.
 * @throws K1Error `usage` when nobody is named, or two sources are
 */
export function peopleSource(
  words: readonly string[],
  from: string | undefined,
  stdin: Readable & { isTTY?: boolean },
): PeopleSource {
  const [first] = words
  if (first === undefined && from === undefined) {
    throw new K1Error('usage', 'Nobody is named.', {
      hint: 'Name people by e-mail or log-in, pipe them in with -, or read a list with --from FILE.',
    })
  }
  if (from !== undefined && first !== undefined) {
    throw new K1Error('usage', 'People are named and --from is given; one of the two.', {
      hint: 'Put all of them into the list.',
    })
  }
  if (first === undefined ? from === '-' : words.includes('-')) {
    if (words.length > 1) {
      throw new K1Error('usage', 'People are named and "-" is given; one of the two.', {
        hint: 'Pipe all of them in, or name all of them.',
      })
    }
    if (stdin.isTTY) {
      throw new K1Error('usage', 'stdin is a terminal; nothing was piped.', {
        hint: "Pipe people in: printf 'amy@customer.example\\n' | k1ctl offboard -",
      })
    }
    return { kind: 'stdin', stdin }
  }
  return from === undefined ? { kind: 'arguments', words } : { kind: 'file', path: from }
}

/**
 * The people of a source, one row at a time and in constant memory, whatever the size: a bad row comes as a `problem`
 * and stops nothing. Who was there already (ignoring case, in the same tenant) is left out and counted.
 * @throws K1Error `usage` while it is read: no such file, no text, no column that says who (naming those that are
 * there), nobody at all; `cancelled` when the signal aborts
 */
export function readPeople(source: PeopleSource, options: PeopleInputOptions = {}): People {
  const named = options.column !== undefined ? '--column' : options.dateColumn !== undefined ? '--date-column' : null
  if (source.kind === 'arguments' && named !== null) {
    throw new K1Error('usage', `${named} is for a list: give it with --from FILE, or with -.`)
  }
  const counts = { people: 0, problems: 0, duplicates: 0 }
  async function* rows(): AsyncGenerator<ListedRow> {
    const seen = new SeenWords()
    for await (const row of rowsOf(source, options)) {
      if ('problem' in row) counts.problems++
      else if (seen.add(`${row.person}\n${row.tenant ?? ''}`.toLowerCase())) counts.people++
      else {
        counts.duplicates++
        continue
      }
      yield row
    }
    if (counts.people + counts.problems === 0) {
      throw new K1Error('usage', `${nameOf(source)} names nobody.`, {
        hint: 'Give one person a line, or a CSV with rows.',
      })
    }
  }
  return { counts, [Symbol.asyncIterator]: rows }
}

async function* rowsOf(source: PeopleSource, { signal, ...columns }: PeopleInputOptions): AsyncGenerator<ListedRow> {
  if (source.kind === 'arguments') {
    for (const [index, word] of source.words.entries()) yield makeRow(index + 1, word)
    return
  }
  const name = nameOf(source)
  const bytes = source.kind === 'stdin' ? abortable(source.stdin, signal) : await openList(source.path, signal)
  const lines = new TextLines(decodeText(bytes, name))
  try {
    yield* readRows(lines, { name, ...columns })
  } catch (error) {
    if (isK1Error(error)) throw error
    throwIfCancelled(signal, error)
    const sentence = source.kind === 'stdin' ? 'stdin is closed; nothing was piped.' : `Cannot read ${source.path}.`
    throw new K1Error('usage', sentence, { cause: error })
  } finally {
    await lines.close()
  }
}

function abortable(stdin: Readable, signal: AbortSignal | undefined): Readable {
  return signal === undefined ? stdin : addAbortSignal(signal, stdin)
}

async function openList(path: string, signal: AbortSignal | undefined): Promise<Readable> {
  try {
    return await openInput(path, signal)
  } catch (error) {
    if (isK1Error(error)) throw error
    throw new K1Error('usage', `There is no list ${path} that could be read.`, { facts: { path }, cause: error })
  }
}

function nameOf(source: PeopleSource): string {
  return source.kind === 'file' ? source.path : source.kind === 'stdin' ? 'stdin' : 'The call'
}
