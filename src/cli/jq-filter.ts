import type { Jq } from 'jq-wasm'
import { K1Error } from '../core/errors.ts'
import { cut } from '../core/printable.ts'
import { asClause } from './as-clause.ts'
import { bounded, tooMuch } from './bounded-call.ts'
import { visibleJson } from './visible-json.ts'

/** What jq answers where it could not read the expression. */
const unreadable = 3

/**
 * jq itself, as WebAssembly: it sees neither files nor the environment. Of what it makes, texts are printed as they are,
 * other values as JSON, a line each; line ends and tabs of the expression itself stay. An expression that it cannot read is refused
 * here, before the command does anything.
 * @param indented for a reader at a terminal, as `gh` has it
 * @param mostMs after which it is stopped; absent: as long as `bounded` lets a call take
 * @throws K1Error `usage`
 */
export async function jqFilter(
  expression: string,
  indented: boolean,
  mostMs?: number,
): Promise<(json: string) => string> {
  const { loadJq } = await import('jq-wasm')
  const jq = await loadJq()
  // Without input it is read, and not run.
  const read = limited(jq, '', expression, mostMs)
  if (read.exitCode === unreadable) throw unreadableError(read.stderr)
  const shown = (value: string) => {
    if (value.startsWith('"')) return String(JSON.parse(value))
    return indented ? JSON.stringify(JSON.parse(value), null, 2) : value
  }
  return json => {
    const { stdout, stderr, exitCode } = limited(jq, visibleJson(json), expression, mostMs)
    if (exitCode !== 0) throw failure(stderr)
    return stdout === '' ? '' : `${stdout.split('\n').map(shown).join('\n')}\n`
  }
}

function limited(jq: Jq, json: string, expression: string, mostMs?: number): ReturnType<Jq['raw']> {
  try {
    // Each value on a line: the library trims what it answers, and texts may begin or end with blanks.
    return bounded('--jq', () => jq.raw(json, expression, ['-c']), mostMs)
  } catch (error) {
    throw error instanceof K1Error ? error : tooMuch('--jq takes too much memory.')
  }
}

/** `jq: error: foo/0 is not defined at <top-level>, line 1, column 6:` and a picture of the place. */
function unreadableError(stderr: string): K1Error {
  const [, what = stderr, line, column] =
    /^jq: error: (.*?)(?: at <top-level>, line (\d+)(?:, column (\d+))?)?:?\n/s.exec(`${stderr}\n`) ?? []
  const place = line === undefined ? '' : `, at line ${line}${column === undefined ? '' : `, column ${column}`}`
  return new K1Error('usage', `jq cannot read the expression: ${asClause(what)}${place}.`, {
    hint: "Quote it whole, as in --jq '.[].tenant'. The shapes: k1ctl help output",
    facts: { ...(line ? { line: Number(line) } : {}), ...(column ? { column: Number(column) } : {}) },
  })
}

function failure(stderr: string): K1Error {
  const what = asClause(stderr.replace(/^jq: error \(at [^)]*\)(?: \(not a string\))?: /, ''))
  const isList = /^Cannot index array with string/.test(what)
  return new K1Error('usage', `jq says of this JSON: ${cut(what, 300)}.`, {
    hint: isList
      ? "It is a list: .[] stands for each of it, as in --jq '.[].tenant'."
      : 'Without --jq, --json prints what it was given. The shapes: k1ctl help output',
  })
}
