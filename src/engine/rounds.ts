import { type Change, differencesOf, type Taken } from '../core/change.ts'
import { hadNoEffect } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { changesIn, type Look } from './look.ts'
import { inDoubtIn, type ToldBefore, thingsLeft } from './told-before.ts'

/** A goal is taken in so many rounds: what is due, then what was due only after that, and once more. */
export const mostRounds = 3

/** In their order: what has to be written down by itself, and what stands side by side and goes together. */
export function portionsOf(due: readonly Change[]): (readonly Change[])[] {
  const portions: Change[][] = []
  for (const change of due) {
    const last = portions.at(-1)
    if (last === undefined || change.alone || last.some(one => one.alone)) portions.push([change])
    else last.push(change)
  }
  return portions.length === 0 ? [[]] : portions
}

/**
 * What is to be taken in this round: nothing twice, nothing that is in doubt, and what waits only once nobody waits for
 * it any longer.
 */
export function dueIn(
  goal: Goal,
  look: Look,
  round: number,
  before: readonly Change[],
  options: ToldBefore,
): readonly Change[] {
  const doubtful = inDoubtIn(goal, look, options)
  return thingsLeft(goal, changesIn(look), options).filter(
    one =>
      !before.some(({ id }) => id === one.id) &&
      !doubtful.includes(one) &&
      (one.waits === undefined || (one.waits === 'until-over' && round > 1)),
  )
}

/** What is queued, or blind, may show nowhere: so its things are named, for a later process. */
function isNamed({ queued, unshown }: Goal): boolean {
  return queued === true || unshown !== undefined
}

/** Things are named before they are sent, round by round, and portion by portion. */
export function intentOf(
  goal: Goal,
  look: Look,
  due: readonly Change[],
  { round, part }: { round: number; part: number },
) {
  const { summary } = goal
  const { differences, state, reading } = look
  const isWhole = part === 1 && !due.some(one => one.alone)
  return {
    summary,
    differences: isWhole ? differences : differencesOf(due),
    // Of parts the first one says how it was.
    before: state === 'not-yet' && part === 1 ? reading : null,
    ...(isNamed(goal) && state !== 'unseen'
      ? { round, ...(part > 1 ? { part } : {}), things: due.map(({ id }) => id) }
      : {}),
  }
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
