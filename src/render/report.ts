import type { ChalkInstance } from 'chalk'
import type { End, GoalResult, Verdict } from '../engine/verdict.ts'
import { layout } from './layout.ts'
import { stepsText, titleIn } from './plan.ts'

export const endWords: Record<End, string> = {
  changed: 'changed',
  already: 'already',
  refused: 'refused',
  'by-hand': 'by hand',
  pending: 'pending',
  failed: 'failed',
  unknown: 'unknown',
}

/** How one goal ended, with its proof or its reason. */
export function resultText(result: GoalResult, titles: Readonly<Record<string, string>>, style: ChalkInstance): string {
  const where = `${result.tenant} · ${titleIn(titles, result.system)}`
  const proof = result.proved ? style.dim(` (read back ${result.at})`) : ''
  const first = layout`  ${markOf(result, style)} ${where}: ${result.summary} ${style.dim('·')} ${endWords[result.end]}${proof}\n`
  const why = result.why ? layout`      ${result.why}\n` : ''
  const hint = result.hint ? layout`      ${style.cyan('→')} ${result.hint}\n` : ''
  return `${first}${why}${hint}${result.steps ? stepsText(result.steps) : ''}`
}

/** Systems that could not be asked, and why. */
export function unreachedText(
  unreached: readonly { tenant: string; system: string; why: string }[],
  titles: Readonly<Record<string, string>>,
  style: ChalkInstance,
): string {
  return unreached.map(u => layout`  ${style.red('!')} ${u.tenant} · ${titleIn(titles, u.system)}: ${u.why}\n`).join('')
}

/** Somebody or something still has to act, or it did not come to be. */
export function isOpenEnd({ end }: GoalResult): boolean {
  return end !== 'changed' && end !== 'already'
}

export function markOf({ end, proved }: GoalResult, style: ChalkInstance): string {
  if (end === 'already') return style.green('=')
  if (end === 'changed') return proved ? style.green('✓') : style.yellow('✓')
  if (end === 'by-hand' || end === 'pending') return style.yellow('?')
  return style.red(end === 'unknown' ? '!' : 'x')
}

const verdictWords: Record<Verdict, string> = {
  proved: 'proved: every change was read back',
  unproved: 'unproved: done, but nobody can read it back',
  pending: 'pending: a person or a device still has to act',
  incomplete: 'incomplete: not everything holds',
  'unknown-person': 'unknown person: found nowhere',
}

/** Of an undo: what could be given back may be there again, and yet not all of it. */
export function lostText(lost: number, style: ChalkInstance): string {
  return style.yellow(`incomplete: ${lost === 1 ? '1 thing' : `${lost} things`} cannot be given back`)
}

/** Whatever a ledger says that was altered: its verdict is not told as one. */
export function unsoundText(style: ChalkInstance): string {
  return style.red('not to be relied on: its ledger is not as k1ctl wrote it')
}

export function verdictText(verdict: Verdict | 'interrupted', style: ChalkInstance): string {
  if (verdict === 'interrupted') return style.red('interrupted: k1ctl ended before it was through, or is still at it')
  return verdict === 'proved' ? style.green(verdictWords.proved) : style.yellow(verdictWords[verdict])
}
