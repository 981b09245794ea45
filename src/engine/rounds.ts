import type { Change, Taken } from '../core/change.ts'
import { hadNoEffect } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { type TakenBefore, thingsLeft } from './end-without-change.ts'
import type { Look } from './look.ts'

/** A goal is taken in so many rounds: what is due, then what was due only after that, and once more. */
export const mostRounds = 3

export function changesIn(look: Look): readonly Change[] {
  return look.state === 'not-yet' || look.state === 'unobservable' ? look.changes : []
}

/** What is to be taken in this round: nothing twice, and what waits only once nobody waits for it any longer. */
export function dueIn(
  goal: Goal,
  look: Look,
  round: number,
  before: readonly Change[],
  options: TakenBefore,
): readonly Change[] {
  return thingsLeft(goal, changesIn(look), options).filter(
    ({ id, waits }) =>
      !before.some(one => one.id === id) && (waits === undefined || (waits === 'until-over' && round > 1)),
  )
}

/** What is queued, or blind, may show nowhere: so its things are named, for a later process. */
function isNamed({ queued, unshown }: Goal): boolean {
  return queued === true || unshown !== undefined
}

/** Things are named before they are sent, round by round. */
export function intentOf(goal: Goal, look: Look, due: readonly Change[], round: number) {
  const { summary } = goal
  const { differences, state } = look
  const things = isNamed(goal) && state !== 'unseen' ? { round, things: due.map(({ id }) => id) } : {}
  return { summary, differences, before: state === 'not-yet' ? look.reading : null, ...things }
}

/** What was accepted and what refused; by name, so that a later process asks for the rest alone. */
export function sentOf(goal: Goal, due: readonly Change[], answers: readonly Taken[], round: number) {
  const refused = answers.flatMap(({ id, error }) =>
    // Of an unsure one nobody knows whether it was taken all the same.
    error ? [{ id, why: error.message, ...(hadNoEffect(error) ? {} : { unsure: true as const }) }] : [],
  )
  const not = new Set(answers.filter(one => one.error || one.skipped).map(({ id }) => id))
  // What has no answer of its own was taken.
  const taken = [...new Set([...due, ...answers].map(({ id }) => id))].filter(id => !not.has(id))
  const notes = Object.fromEntries(answers.flatMap(({ id, note }) => (note === undefined ? [] : [[id, note]])))
  const named = { round, taken, ...(Object.keys(notes).length > 0 ? { notes } : {}) }
  return { sent: true, ...(isNamed(goal) ? named : {}), ...(refused.length > 0 ? { refused } : {}) }
}
