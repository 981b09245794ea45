import type { ChalkInstance } from 'chalk'
import type { K1Error } from '../core/errors.ts'
import { exitCodeOf } from '../core/exit.ts'
import { printable, redact } from '../core/redact.ts'

/** An error for a person: one sentence, one hint. */
export function errorText(error: K1Error, style: ChalkInstance): string {
  const sentence = `${style.red('error:')} ${redact(printable(error.message))}\n`
  return error.hint ? `${sentence}${style.cyan('hint:')} ${redact(printable(error.hint))}\n` : sentence
}

/** The same error as data: the stable shape of a failure under `--json`. */
export function errorJson(error: K1Error): string {
  const { kind, message, hint, facts } = error
  const body = { error: { kind, message, hint: hint ?? null, exitCode: exitCodeOf(kind), ...facts } }
  return `${redact(JSON.stringify(body, null, 2))}\n`
}
