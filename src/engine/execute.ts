import type { Change, Taken } from '../core/change.ts'
import { asK1Error, hadNoEffect } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { type Ending, endOf, sentenceOf } from './end-of.ts'
import { endWithoutChange, type Joint } from './end-without-change.ts'
import type { ExecuteOptions } from './execute-options.ts'
import { goalResultOf } from './goal-result.ts'
import { type Look, lookAt } from './look.ts'
import { dueIn, mostRounds } from './rounds.ts'
import { inOrder } from './schedule.ts'
import { settle } from './settle.ts'
import { takeRound } from './take-round.ts'
import { inDoubtIn, withDoubt, withUnshown } from './told-before.ts'
import type { GoalResult } from './verdict.ts'

/**
 * Brings goals about: look; if it does not hold, write the intent, take each thing, write the outcome, look until it
 * shows, write the proof. Every entry is on disk before the next change is sent, and before anything is said of it; looking
 * does not wait for the disk. Systems run side by side, goals of one system in turn; a failure stops only what depends on it.
 */
export async function execute(goals: readonly Goal[], options: ExecuteOptions): Promise<GoalResult[]> {
  const held = new Map([...(options.unmet ?? [])].map((id): [string, Held] => [id, 'not-seen']))
  const joint: Joint = { goals, begun: new Set() }
  const told: Promise<void>[] = []
  try {
    return await inOrder(
      goals,
      goal => ({
        id: goal.id,
        lane: `${goal.tenant}/${goal.system}`,
        behind: [...goal.after, ...(goal.behind ?? [])],
        past: goal.past ?? [],
      }),
      options.concurrency,
      async (goal, pass) => {
        const { result, written, isSeen } = await bringToHold(goal, held, joint, options, pass)
        const holds = result.end === 'changed' || result.end === 'already'
        held.set(goal.id, holds ? 'holds' : isSeen ? 'open' : 'not-seen')
        const telling = written.then(() => options.onEvent?.({ type: 'end', goal, result }))
        // A failure is heard below, and at the next intent.
        telling.catch(() => undefined)
        told.push(telling)
        return result
      },
    )
  } finally {
    await Promise.all(told)
  }
}

/** How a goal ended; `written` resolves when that is on disk, and with it all that was handed over before. */
interface Ended {
  result: GoalResult
  written: Promise<unknown>
  /** Whether it was looked at, so that what did not hold then is known. */
  isSeen: boolean
}

/** What is known of a goal that others wait for. */
type Held = 'holds' | 'open' | 'not-seen'

function isSeen({ end, reading }: Ending, before: Look | undefined): boolean {
  return end !== 'unknown' && (before?.state === 'not-yet' || reading !== undefined)
}

type Close = (ending: Ending, before?: Look) => Ended

/** What a goal that is being brought about tells. */
interface Teller {
  close: Close
  /** The same, of what nothing was sent for. */
  closeUnsent: Close
  /** It was asked for: what only has to be asked for after it need not wait until it shows. */
  pass(): void
}

async function bringToHold(
  goal: Goal,
  held: ReadonlyMap<string, Held>,
  joint: Joint,
  options: ExecuteOptions,
  pass: () => void,
): Promise<Ended> {
  const { ledger, clock } = options
  const close: Close = (ending, before) => {
    const result = goalResultOf(goal, ending, clock, before)
    const written = ledger.append(result.proved ? 'proof' : 'outcome', result, goal.id)
    return { result, written, isSeen: isSeen(ending, before) }
  }
  /** Nothing was sent: what was in doubt before still is, unless it is seen to be done. */
  const closeUnsent: Close = (ending, before) => {
    if (!options.inDoubt?.has(goal.id) || ending.end === 'changed' || ending.end === 'already') {
      return close(ending, before)
    }
    const result = goalResultOf(goal, ending, clock, before)
    return {
      result,
      written: ledger.append('outcome', { ...result, stillInDoubt: true }, goal.id),
      isSeen: isSeen(ending, before),
    }
  }

  if (options.signal?.aborted) return closeUnsent({ end: 'pending', why: 'Cancelled before it began.' })
  const missing = goal.after.find(id => (held.get(id) ?? 'holds') !== 'holds')
  if (missing !== undefined)
    return closeUnsent({
      end: 'pending',
      why: `Waits for ${missing}${held.get(missing) === 'open' ? ', which does not hold.' : '; whether that holds, nobody has seen.'}`,
      ...waitingHint(goal, missing, ledger.run),
    })

  let before: Look
  try {
    // What another system was to bring about here shows in no reading of before.
    if (goal.follows) goal.moment.forget(goal.needs)
    before = withUnshown(goal, await lookAt(goal), options)
  } catch (error) {
    return closeUnsent({ end: 'pending', ...sentenceOf(asK1Error(error)) })
  }
  const early = endWithoutChange(goal, before, joint, options)
  return early ? closeUnsent(early, before) : bringAbout(goal, before, { close, closeUnsent, pass }, joint, options)
}

/** Keeping somebody out comes first: what is taken away waits for it. */
function waitingHint({ kind, anywayBy }: Goal, missing: string, run: string): { hint?: string } {
  if (kind === undefined || kind === 'deleted' || !missing.endsWith('/sign-in-blocked')) return {}
  const first = `First keep the person out there, which this tries again: k1ctl runs resume ${run}`
  return { hint: anywayBy === undefined ? first : `${first}. Without waiting for it: ${anywayBy}` }
}

async function bringAbout(
  goal: Goal,
  before: Look,
  teller: Teller,
  joint: Joint,
  options: ExecuteOptions,
): Promise<Ended> {
  const { closeUnsent } = teller
  const guard =
    before.state === 'not-yet' || before.state === 'unobservable'
      ? goal.guard?.(before.value)
      : before.state === 'unseen'
        ? goal.guard?.(undefined)
        : undefined
  if (guard === undefined) return takeAndProve(goal, before, teller, joint, options)
  return options.turns.inTurn({ tenant: goal.tenant, system: goal.system }, async () => {
    let why: string | undefined
    try {
      why = await guard()
    } catch (error) {
      const why = asK1Error(error)
      return closeUnsent({ end: why.kind === 'refused' ? 'refused' : 'failed', ...sentenceOf(why) }, before)
    }
    return why === undefined
      ? takeAndProve(goal, before, teller, joint, options)
      : closeUnsent({ end: 'refused', why }, before)
  })
}

async function takeAndProve(
  goal: Goal,
  before: Look,
  { close, pass }: Teller,
  joint: Joint,
  options: ExecuteOptions,
): Promise<Ended> {
  options.still?.()
  options.onEvent?.({ type: 'intent', goal })
  const taken: Taken[] = []
  const changes: Change[] = []
  const along: Goal[] = []
  let look = before
  const isAnyUnclear = () =>
    taken.some(({ error }) => error && !hadNoEffect(error)) || inDoubtIn(goal, before, options).length > 0
  // Things may show, or be due, only once others are gone (a step before, a list that was cut): they are taken, too.
  for (let round = 1; round <= mostRounds; round++) {
    const due = dueIn(goal, look, round, changes, options)
    if (round > 1 && due.length === 0) break
    changes.push(...due)
    const { answers, cancelled, written } = await takeRound(goal, look, due, round, { joint, along }, options)
    taken.push(...answers)
    pass()
    if (cancelled) {
      await written
      const isSafe = (goal.later !== undefined && goal.repeatable) || !(cancelled.midway || isAnyUnclear())
      return close({ end: isSafe ? 'pending' : 'unknown', ...sentenceOf(cancelled.error) }, before)
    }
    if (taken.length > 0 && taken.every(one => one.skipped)) {
      await written
      break
    }
    ;[look] = await Promise.all([lookAfter(goal, taken, changes, options), written])
  }
  const things = inDoubtIn(goal, look.state === 'unseen' ? before : look, options)
  return close(withDoubt(endOf(goal, changes, taken, look), goal, things, options.ledger.run), before)
}

/** Cut short, the look saw nothing; what was answered to the change still counts. */
async function lookAfter(
  goal: Goal,
  taken: readonly Taken[],
  changes: readonly Change[],
  options: ExecuteOptions,
): Promise<Look> {
  try {
    return await settle(goal, taken, changes, options)
  } catch (thrown) {
    const { kind, message: why } = asK1Error(thrown)
    if (kind !== 'cancelled') throw thrown
    const at = options.clock.now().toISOString()
    return {
      state: 'unseen',
      cause: 'unreachable',
      kind,
      why,
      at,
      reading: null,
      differences: [],
      warnings: [],
      residual: [],
    }
  }
}
