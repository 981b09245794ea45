import { runInNewContext } from 'node:vm'
import type { Jq } from 'jq-wasm'
import { K1Error } from '../core/errors.ts'
import { cut, escapeUnseen, printable } from '../core/printable.ts'

/** What `--jq` makes of JSON: texts as they are, other values as JSON, a line each. @throws K1Error `usage`, `cancelled` */
export type JqFilter = (json: string) => string

/** An expression may loop for ever; no list here takes jq as long as this. */
const mostMs = 10_000

/** What jq answers where it could not read the expression. */
const unreadable = 3

/**
 * jq itself, as WebAssembly: it sees neither files nor the environment. An expression that it cannot read is refused
 * here, before the command does anything.
 * @param indented for a reader at a terminal, as `gh` has it
 * @throws K1Error `usage`
 */
export async function jqFilter(expression: string, indented: boolean): Promise<JqFilter> {
  const { loadJq } = await import('jq-wasm')
  const jq = await loadJq()
  // Without input it is read, and not run.
  const read = limited(jq, '', expression)
  if (read.exitCode === unreadable) throw unreadableError(read.stderr)
  const shown = (value: string) => {
    if (value.startsWith('"')) return String(JSON.parse(value))
    return indented ? JSON.stringify(JSON.parse(value), null, 2) : value
  }
  return json => {
    const { stdout, stderr, exitCode } = limited(jq, visible(json), expression)
    if (exitCode !== 0) throw failure(stderr)
    return stdout === '' ? '' : `${stdout.split('\n').map(shown).join('\n')}\n`
  }
}

/** In a context that can be stopped: jq is a call that does not come back by itself. */
function limited(jq: Jq, json: string, expression: string): ReturnType<Jq['raw']> {
  // Each value on a line: the library trims what it answers, and texts may begin or end with blanks.
  const context = { call: () => jq.raw(json, expression, ['-c']) }
  try {
    return runInNewContext('call()', context, { timeout: mostMs, breakOnSigint: true })
  } catch (error) {
    // An error of the other context is no instance of this one's.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
    if (code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw new K1Error('cancelled', 'Interrupted.')
    const isLate = code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    throw new K1Error(
      'usage',
      isLate ? `--jq took longer than ${mostMs / 1000} seconds.` : '--jq takes too much memory.',
      {
        hint: 'Does the expression end? Without --jq, --json prints what it would be given.',
      },
    )
  }
}

/**
 * What no reader sees is shown, inside each text: a line end in somebody's name would begin a line of its own in what a
 * script reads. Line ends and tabs of the expression itself stay.
 */
function visible(json: string): string {
  return escapeUnseen(json).replace(/\\(?:u[\da-f]{4}(?:\\u[\da-f]{4})*|.)/gi, code =>
    /^\\["\\/]/.test(code) ? code : JSON.stringify(printable(JSON.parse(`"${code}"`))).slice(1, -1),
  )
}

/** `jq: error: foo/0 is not defined at <top-level>, line 1, column 6:` and a picture of the place. */
function unreadableError(stderr: string): K1Error {
  const [, what = stderr, line, column] =
    /^jq: error: (.*?)(?: at <top-level>, line (\d+)(?:, column (\d+))?)?:?\n/s.exec(`${stderr}\n`) ?? []
  const place = line === undefined ? '' : `, at line ${line}${column === undefined ? '' : `, column ${column}`}`
  return new K1Error('usage', `jq cannot read the expression: ${sentence(what)}${place}.`, {
    hint: "Quote it whole, as in --jq '.[].tenant'. The shapes: k1ctl help output",
    facts: { ...(line ? { line: Number(line) } : {}), ...(column ? { column: Number(column) } : {}) },
  })
}

function failure(stderr: string): K1Error {
  const what = sentence(stderr.replace(/^jq: error \(at [^)]*\)(?: \(not a string\))?: /, ''))
  const isList = /^Cannot index array with string/.test(what)
  return new K1Error('usage', `jq says of this JSON: ${cut(what, 300)}.`, {
    hint: isList
      ? "It is a list: .[] stands for each of it, as in --jq '.[].tenant'."
      : 'Without --jq, --json prints what it was given. The shapes: k1ctl help output',
  })
}

function sentence(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
}
