import type { ChalkInstance } from 'chalk'
import type { K1Error } from '../core/errors.ts'
import { exitCodeOf } from '../core/exit.ts'
import { jsonText } from '../core/json.ts'
import { layout } from './layout.ts'

/** An error for a person: one sentence, one hint, and how the command is called where the call was off. */
export function errorText(error: K1Error, style: ChalkInstance): string {
  const word = error.kind === 'cancelled' ? style.yellow('cancelled:') : style.red('error:')
  const sentence = layout`${word} ${error.message}\n`
  const hint = error.hint ? layout`${style.cyan('hint:')} ${error.hint}\n` : ''
  const { usage } = error.facts
  return `${sentence}${hint}${typeof usage === 'string' ? layout`${style.cyan('usage:')} ${usage}\n` : ''}`
}

/** The same error as data: the stable shape of a failure under `--json`. */
export function errorJson(error: K1Error, indent = 2): string {
  const { kind, message, hint, facts } = error
  const own = { kind, message, hint: hint ?? null, exitCode: exitCodeOf(kind) }
  // A fact may be called `message` (the system's own words): it does not take the place of ours.
  return `${jsonText({ error: { ...own, ...facts, ...own } }, indent)}\n`
}
