import type { Goal } from '../core/goal.ts'
import { type Ending, waitingText } from './end-of.ts'
import type { ExecuteOptions } from './execute-options.ts'
import type { Look } from './look.ts'

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
  if (goal.queued && before.state === 'not-yet' && options.sentBefore?.has(goal.id) && !thingsLeftOf(goal, options)) {
    return { end: 'pending', reading: before.reading, why: `Asked for already. ${waitingText(goal, before)}` }
  }
  const unclear = before.state === 'unobservable' || before.state === 'unseen' || goal.queued === true
  if (doubtful && unclear && !goal.repeatable && !options.resend) {
    const because = before.state === 'not-yet' ? goal.later : before.why
    return {
      end: 'unknown',
      why: `It was sent once and nobody can read back whether it was taken: ${because}`,
      hint: 'Check in the console. `runs resume --resend` sends it again.',
    }
  }
  return undefined
}

/** Ids of the things of a queued goal that are still to be asked for; undefined where all or none of it is. */
export function thingsLeftOf(
  goal: Goal,
  { resend, refusedBefore }: ExecuteOptions,
): ReadonlySet<string> | 'all' | undefined {
  if (resend) return 'all'
  const left = goal.queued ? refusedBefore?.get(goal.id) : undefined
  return left === undefined || left.size === 0 ? undefined : left
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
