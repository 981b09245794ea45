import { asK1Error, hadNoEffect, type K1Error } from '../core/errors.ts'
import type { Goal, Standing } from '../core/goal.ts'
import type { Clock, LedgerWriter } from '../core/ports.ts'
import { inOrder } from './schedule.ts'
import type { End, GoalResult } from './verdict.ts'

export type ExecuteEvent = { type: 'intent'; goal: Goal } | { type: 'end'; goal: Goal; result: GoalResult }

export interface ExecuteOptions {
  ledger: LedgerWriter
  clock: Clock
  concurrency: number
  /** Aborted by Ctrl-C: what has begun is finished or recorded as unknown, nothing new begins. */
  signal?: AbortSignal
  onEvent?: (event: ExecuteEvent) => void
  /** Goals with an intent of an earlier process and no outcome: nobody knows whether it arrived. */
  inDoubt?: ReadonlySet<string>
  /** Goals that did not hold when the plan was made: one that does now, and follows another system, has followed. */
  notYet?: ReadonlySet<string>
  /** What persons said they did, by goal: counts as done where nobody can read it back. */
  attested?: ReadonlyMap<string, string>
  /** Ids that goals may wait for and that do not hold: nobody could even look. */
  unmet?: ReadonlySet<string>
  /** Goals whose request was accepted in an earlier process. */
  sentBefore?: ReadonlySet<string>
  /** Send again what is in doubt and neither observable nor repeatable. */
  resend?: boolean
}

/**
 * Brings goals about: look; if it does not hold, write the intent, bring, write the outcome, look again, write the
 * proof. Each entry is on disk before the next move. Systems run side by side, goals of one system in turn; a failure
 * stops only what depends on it.
 */
export async function execute(goals: readonly Goal[], options: ExecuteOptions): Promise<GoalResult[]> {
  const held = new Map([...(options.unmet ?? [])].map(id => [id, false]))
  return inOrder(
    goals,
    goal => ({ id: goal.id, lane: `${goal.tenant}/${goal.system}`, behind: [...goal.after, ...(goal.behind ?? [])] }),
    options.concurrency,
    async goal => {
      const result = await settle(goal, held, options)
      held.set(goal.id, result.end === 'changed' || result.end === 'already')
      options.onEvent?.({ type: 'end', goal, result })
      return result
    },
  )
}

async function settle(goal: Goal, held: ReadonlyMap<string, boolean>, options: ExecuteOptions): Promise<GoalResult> {
  const { ledger, clock } = options
  const close = async (end: End, rest: Partial<GoalResult> = {}): Promise<GoalResult> => {
    const result = resultOf(goal, end, clock, rest)
    await ledger.append(result.proved ? 'proof' : 'outcome', result, goal.id)
    return result
  }

  if (options.signal?.aborted) return close('pending', { why: 'Cancelled before it began.' })
  const missing = goal.after.find(id => held.get(id) === false)
  if (missing !== undefined) return close('pending', { why: `Waits for ${missing}, which does not hold.` })

  let before: Standing
  try {
    before = await goal.look()
  } catch (error) {
    return close('failed', sentenceOf(asK1Error(error)))
  }
  const doubtful = options.inDoubt?.has(goal.id) === true
  const attested = options.attested?.get(goal.id)
  if (before.state === 'holds') {
    const followed = goal.later !== undefined && options.notYet?.has(goal.id) === true
    const why = attested ?? (doubtful ? foundDone(goal) : followed ? 'It followed, as expected.' : undefined)
    return close(why ? 'changed' : 'already', { proved: true, reading: before.reading, ...(why ? { why } : {}) })
  }
  if (goal.refusal) return close('refused', goal.refusal)
  if (attested !== undefined && before.state === 'unobservable') return close('changed', { why: attested })
  if (goal.byHand) {
    const why = attested === undefined ? 'A person has to do it.' : `${attested} (but what was read does not show it)`
    return close('by-hand', { steps: goal.byHand, why })
  }
  if (goal.queued && before.state === 'not-yet' && options.sentBefore?.has(goal.id) && !options.resend) {
    return close('pending', { reading: before.reading, why: `Asked for already. ${waitingText(goal, before)}` })
  }
  const unclear = before.state === 'unobservable' || goal.queued === true
  if (doubtful && unclear && !goal.repeatable && !options.resend) {
    const because = before.state === 'unobservable' ? before.why : goal.later
    return close('unknown', {
      why: `It was sent once and nobody can read back whether it was taken: ${because}`,
      hint: 'Check in the console. `runs resume --resend` sends it again.',
    })
  }
  return bringAbout(goal, before, close, options)
}

async function bringAbout(
  goal: Goal,
  before: Standing,
  close: (end: End, rest?: Partial<GoalResult>) => Promise<GoalResult>,
  options: ExecuteOptions,
): Promise<GoalResult> {
  options.onEvent?.({ type: 'intent', goal })
  const { summary, differences } = goal
  const was = before.state === 'not-yet' ? before.reading : null
  await options.ledger.append('intent', { summary, differences, before: was }, goal.id)
  let sent: unknown
  try {
    sent = await goal.bring()
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (!hadNoEffect(error)) return close('unknown', sentenceOf(error))
    // Nothing was to be sent: only the waiting was cut short.
    if (error.kind === 'cancelled' && goal.later !== undefined) return close('pending', sentenceOf(error))
    return close(error.kind === 'refused' || error.kind === 'conflict' ? 'refused' : 'failed', sentenceOf(error))
  }
  if (sent === 'nothing' && before.state === 'unobservable') {
    return close('already', { why: `Nothing was sent, and nobody can read it back: ${before.why}` })
  }
  await options.ledger.append('outcome', { sent: true }, goal.id)
  let after: Standing
  try {
    after = await goal.look()
  } catch (error) {
    const { why, hint } = sentenceOf(asK1Error(error))
    return close('unknown', {
      why: `Sent and accepted, but it could not be read back. ${why}`,
      ...(hint ? { hint } : {}),
    })
  }
  if (after.state === 'holds') return close('changed', { proved: true, reading: after.reading })
  if (after.state === 'unobservable') return close('changed', { why: `Nobody can read it back: ${after.why}` })
  if (goal.later !== undefined)
    return close('pending', { reading: after.reading, why: `Not yet. ${waitingText(goal, after)}` })
  return close('failed', {
    reading: after.reading,
    why: 'The system accepted the change, but reading it back shows that it does not hold.',
  })
}

function waitingText({ later }: Goal, standing: Standing): string {
  const what = standing.state === 'not-yet' && standing.waitsFor ? ` Waits for ${standing.waitsFor}.` : ''
  return `${later ?? ''}${what}`
}

/** Of a goal that an earlier process began. One that follows another system sent nothing of its own. */
function foundDone({ later }: Goal): string {
  return later === undefined ? 'Found done: the earlier request had taken effect.' : 'It followed, as expected.'
}

/** How a goal ended, with what is known of the goal itself. */
export function resultOf(goal: Goal, end: End, clock: Clock, rest: Partial<GoalResult>): GoalResult {
  return {
    goal: goal.id,
    tenant: goal.tenant,
    system: goal.system,
    ...(goal.feature ? { feature: goal.feature } : {}),
    ...(goal.person === undefined ? {} : { person: goal.person }),
    ...(goal.kind === undefined ? {} : { kind: goal.kind }),
    reach: goal.reach,
    summary: goal.summary,
    end,
    proved: false,
    at: clock.now().toISOString(),
    differences: goal.differences,
    ...rest,
  }
}

function sentenceOf(error: K1Error): { why: string; hint?: string } {
  return error.hint ? { why: error.message, hint: error.hint } : { why: error.message }
}
