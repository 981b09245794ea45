import { type Change, didHarm, type Taken } from '../core/change.ts'
import { type ErrorKind, hadNoEffect, type K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import type { Look } from './look.ts'
import type { End, GoalResult } from './verdict.ts'

export type Ending = Pick<GoalResult, 'end'> & Partial<GoalResult>

interface Refused {
  change: Change | undefined
  error: K1Error
}

/** How a goal ended, from what was answered to each thing and what was read afterwards: the reading decides. */
export function endOf(goal: Goal, changes: readonly Change[], taken: readonly Taken[], after: Look): Ending {
  const refused = taken.flatMap(({ id, error }): Refused[] =>
    error ? [{ change: changes.find(one => one.id === id), error }] : [],
  )
  const nothingSent = taken.length > 0 && taken.every(one => one.skipped)
  const things = new Set(changes.map(({ id, of = id }) => of)).size
  switch (after.state) {
    case 'holds': {
      const lost = refused.filter(({ change, error }) => change?.blind || didHarm(error))
      if (lost.length === 0) return { end: 'changed', proved: true, reading: after.reading }
      const { why, hint } = refusalText(lost, things)
      return {
        end: lost.every(isCertain) ? 'failed' : 'unknown',
        reading: after.reading,
        why: `What can be read holds; but ${lowerFirst(why)}`,
        ...hintOf(hint),
      }
    }
    case 'unobservable':
      if (refused.length > 0) return refusedEnding(refused, things)
      if (nothingSent) return { end: 'already', why: `Nothing was sent, and nobody can read it back: ${after.why}` }
      return { end: 'changed', why: `Nobody can read it back: ${after.why}` }
    case 'unseen':
      if (refused.length > 0 && refused.length === taken.length) return refusedEnding(refused, things)
      // A system that shows it to nobody any more (a tombstone without the right to see it) took it all the same.
      if (after.cause === 'not-shown' && refused.length === 0) {
        return { end: 'changed', why: `Nobody can read it back: ${after.why}` }
      }
      if (after.kind === 'cancelled' && goal.later !== undefined) return { end: 'pending', why: after.why }
      if (nothingSent) return { end: 'pending', why: `Nothing was sent. ${after.why}`, ...hintOf(after.hint) }
      return {
        end: 'unknown',
        why: `Sent and accepted, but it could not be read back. ${after.why}`,
        ...hintOf(after.hint),
      }
    case 'not-yet': {
      const { reading } = after
      // What was refused and holds all the same (left already, gone meanwhile) is done, whoever did it.
      const open = new Set(after.changes.map(({ id }) => id))
      const still = refused.filter(
        ({ change, error }) => change === undefined || change.blind || didHarm(error) || open.has(change.id),
      )
      if (still.length > 0) return { ...refusedEnding(still, things), reading }
      const claimed = taken.find(one => one.doneNow)?.doneNow
      if (claimed) return { end: 'failed', reading, ...sentenceOf(claimed) }
      if (goal.later !== undefined) return { end: 'pending', reading, why: `Not yet. ${waitingText(goal, after)}` }
      return {
        end: 'failed',
        reading,
        why: nothingSent
          ? `Nothing was sent, and it does not hold.${waitsForText(after)}`
          : `The system accepted the change, but reading it back shows that it does not hold.${waitsForText(after)}`,
      }
    }
  }
}

/** Where it waits for nobody any more, what it would wait for is why. */
function waitsForText(look: Look): string {
  return look.state === 'not-yet' && look.waitsFor ? ` ${look.waitsFor}` : ''
}

export function waitingText({ later }: Goal, look: Look): string {
  const what = look.state === 'not-yet' && look.waitsFor ? ` Waits for ${look.waitsFor}.` : ''
  return `${later ?? ''}${what}`
}

export function sentenceOf(error: K1Error): { why: string; hint?: string } {
  return { why: error.message, ...hintOf(error.hint) }
}

function refusedEnding(refused: readonly Refused[], of: number): Ending {
  return { end: endOfRefusals(refused), ...refusalText(refused, of) }
}

function endOfRefusals(refused: readonly Refused[]): End {
  if (!refused.every(isCertain)) return 'unknown'
  return refused.every(({ error }) => error.kind === 'refused' || error.kind === 'conflict') ? 'refused' : 'failed'
}

function isCertain({ error }: Refused): boolean {
  return hadNoEffect(error) || error.facts.harm === true
}

/** One refusal speaks for itself; several are told each with the thing that it was about. */
function refusalText(refused: readonly Refused[], of: number): { why: string; hint?: string } {
  const messages = new Set(refused.map(({ error }) => error.message))
  const [first] = refused
  const why =
    messages.size === 1 && (refused.length === of || of <= 1)
      ? (first?.error.message ?? '')
      : `${refused.length} of ${of} ${howText(refused)}: ${refused.map(({ change, error }) => `${changeName(change)}: ${error.message}`).join(' ')}`
  return { why, ...hintOf(refused.find(({ error }) => error.hint)?.error.hint) }
}

/** Refused is only what was answered so: an answer that was lost, or that makes no sense, tells of none. */
function howText(refused: readonly Refused[]): string {
  const isOne = refused.length === 1
  if (!refused.every(isCertain)) return isOne ? 'has no certain answer' : 'have no certain answer'
  const verb = isOne ? 'was' : 'were'
  return refused.every(({ error }) => noes.has(error.kind)) ? `${verb} refused` : `${verb} not done`
}

const noes: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['refused', 'conflict', 'forbidden', 'rejected'])

/** "SSH key APKA…", or with its name: what it was before, where that names it. */
export function changeName(change: Change | undefined): string {
  if (change === undefined) return 'one'
  const { what, before, name = before } = change
  return name === '' || name === 'none' ? what : `${what} (${name})`
}

function hintOf(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint }
}

function lowerFirst(text: string): string {
  return /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)
}
