import type { Goal } from '../core/goal.ts'
import { type Ending, waitingText } from './end-of.ts'
import type { ExecuteOptions } from './execute-options.ts'
import type { Look } from './look.ts'
import { doubt, inDoubtIn, isAskedFor, thingsLeft } from './told-before.ts'

/** Goals that one request may bring about together: `begun` are those whose intent went with another's. */
export interface Joint {
  goals: readonly Goal[]
  begun: Set<string>
}

/** How it ends where nothing is to be sent; undefined where something is. */
export function endWithoutChange(goal: Goal, before: Look, joint: Joint, options: ExecuteOptions): Ending | undefined {
  const doubtful = options.inDoubt?.has(goal.id) === true
  const attested = options.attested?.get(goal.id)
  if (before.state === 'holds') {
    const followed = goal.later !== undefined && options.notYet?.has(goal.id) === true
    if (joint.begun.has(goal.id)) return { end: 'changed', proved: true, reading: before.reading, at: before.at }
    const why = attested ?? (doubtful ? foundDone(goal) : followed ? 'It followed, as expected.' : undefined)
    const proof = { proved: true, reading: before.reading, at: before.at }
    return { end: why ? 'changed' : 'already', ...proof, ...(why ? { why } : {}) }
  }
  if (goal.refusal) return { end: 'refused', ...goal.refusal }
  if (attested !== undefined && before.state === 'unobservable') return { end: 'changed', why: attested }
  if (goal.byHand) {
    const why = attested === undefined ? 'A person has to do it.' : `${attested} (but what was read does not show it)`
    return { end: 'by-hand', steps: goal.byHand, why }
  }
  if (before.state === 'unseen' && !goal.anyway) return notSeen(before)
  if (before.state === 'not-yet' && isAskedFor(goal, before.changes, options)) {
    return { end: 'pending', reading: before.reading, why: `Asked for already. ${waitingText(goal, before)}` }
  }
  return inDoubt(goal, before, options)
}

/** Where nothing is left to be sent but what may have been sent before. */
function inDoubt(goal: Goal, before: Look, options: ExecuteOptions): Ending | undefined {
  const isUnclear = before.state === 'unobservable' || before.state === 'unseen' || goal.queued === true
  if (!options.inDoubt?.has(goal.id) || !isUnclear || goal.repeatable || options.resend) return undefined
  const named = options.doubtful?.get(goal.id)
  const things = inDoubtIn(goal, before, options)
  if (named === undefined || before.state === 'unobservable' || before.state === 'unseen') {
    return named?.size === 0 ? undefined : doubt(options.ledger.run, 'why' in before ? before.why : goal.later, things)
  }
  const left = before.state === 'not-yet' ? thingsLeft(goal, before.changes, options) : []
  return things.length > 0 && left.every(one => things.includes(one))
    ? doubt(options.ledger.run, goal.later, things)
    : undefined
}

/** What nobody can see is never done, and nothing is sent on the chance. */
function notSeen({ why, hint, cause, kind }: Extract<Look, { state: 'unseen' }>): Ending {
  const end = kind === 'refused' ? 'refused' : cause === 'not-shown' ? 'unknown' : 'failed'
  return { end, why, ...(hint === undefined ? {} : { hint }) }
}

/** Of a goal that an earlier process began. One that follows another system sent nothing of its own. */
function foundDone({ later }: Goal): string {
  return later === undefined ? 'Found done: the earlier request had taken effect.' : 'It followed, as expected.'
}
