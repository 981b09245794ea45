import { type Change, differencesOf } from '../core/change.ts'
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
  if (before.state === 'not-yet' && isAskedFor(goal, before.changes, options)) {
    return { end: 'pending', reading: before.reading, why: `Asked for already. ${waitingText(goal, before)}` }
  }
  const unclear = before.state === 'unobservable' || before.state === 'unseen' || goal.queued === true
  if (doubtful && unclear && !goal.repeatable && !options.resend && mayBeTwice(goal, before, options)) {
    const because = before.state === 'not-yet' ? goal.later : before.why
    return {
      end: 'unknown',
      why: `It was sent once and nobody can read back whether it was taken: ${because}`,
      hint: `Check in the console. To send it again: k1ctl runs resume ${options.ledger.run} --resend`,
    }
  }
  return undefined
}

/** What is known of requests of an earlier process. */
export type TakenBefore = Pick<ExecuteOptions, 'resend' | 'takenBefore' | 'refusedBefore'>

/**
 * What holds by a step that shows, and lacks those that show nowhere: no process of this run had them taken, as far as
 * the ledger tells. A look that holds proves only what it shows.
 */
export function withUnshown({ id: goal }: Goal, look: Look, options: ExecuteOptions): Look {
  if (look.state !== 'holds' || look.unshown === undefined || !options.begunBefore?.has(goal)) return look
  const { unshown, ...rest } = look
  const taken = options.takenBefore?.get(goal)
  const refused = options.refusedBefore?.get(goal)
  const all = options.sentBefore?.has(goal) === true && taken === undefined
  const changes = unshown.changes.filter(({ id }) => (all ? refused?.has(id) : !taken?.has(id)))
  if (changes.length === 0) return look
  return { ...rest, state: 'not-yet', value: unshown.value, changes, differences: differencesOf(changes) }
}

/** Whatever of it was to be sent was accepted by an earlier process. */
function isAskedFor(goal: Goal, changes: readonly Change[], options: ExecuteOptions): boolean {
  if (!goal.queued || options.resend || !options.sentBefore?.has(goal.id)) return false
  if (options.takenBefore?.has(goal.id)) return thingsLeft(goal, changes, options).length === 0
  return (options.refusedBefore?.get(goal.id)?.size ?? 0) === 0
}

/** What is still to be asked for: of a queued goal nothing that an earlier process had taken. */
export function thingsLeft(
  { id: goal, queued }: Goal,
  changes: readonly Change[],
  { resend, takenBefore, refusedBefore }: TakenBefore,
): readonly Change[] {
  const taken = takenBefore?.get(goal)
  const refused = refusedBefore?.get(goal)
  if (!queued || resend) return changes
  // What was taken and does not show may be sent again, where that does no harm.
  if (taken) return changes.filter(({ id, again }) => again || !taken.has(id))
  return refused?.size ? changes.filter(({ id, of = id }) => refused.has(id) || refused.has(of)) : changes
}

/** Would something be sent of which nobody knows whether it was sent before? */
function mayBeTwice({ id: goal }: Goal, before: Look, { doubtful }: ExecuteOptions): boolean {
  const things = doubtful?.get(goal)
  if (things === undefined) return true
  return before.state === 'not-yet' ? before.changes.some(({ id, again }) => things.has(id) && !again) : things.size > 0
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
