import type { ChalkInstance } from 'chalk'
import type { K1Error } from '../core/errors.ts'
import { exitCodeOf } from '../core/exit.ts'
import { printable, redact } from '../core/redact.ts'

/** An error for a person: one sentence, one hint. */
export function errorText(error: K1Error, style: ChalkInstance): string {
  const word = error.kind === 'cancelled' ? style.yellow('cancelled:') : style.red('error:')
  const sentence = `${word} ${redact(printable(error.message))}\n`
  return error.hint ? `${sentence}${style.cyan('hint:')} ${redact(printable(error.hint))}\n` : sentence
}

/** The same error as data: the stable shape of a failure under `--json`. */
export function errorJson(error: K1Error): string {
  const { kind, message, hint, facts } = error
  const own = { kind, message, hint: hint ?? null, exitCode: exitCodeOf(kind) }
  // A fact may be called `message` (the system's own words): it does not take the place of ours.
  return `${redact(JSON.stringify({ error: { ...own, ...facts, ...own } }, null, 2))}\n`
}
