import type { Change, Taken } from '../core/change.ts'
import { asK1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { quoted } from '../core/shell.ts'
import { type Ending, endOf, sentenceOf } from './end-of.ts'
import { endWithoutChange, type Joint, withUnshown } from './end-without-change.ts'
import type { ExecuteOptions } from './execute-options.ts'
import { goalResultOf } from './goal-result.ts'
import { type Look, lookAt } from './look.ts'
import { changesIn, dueIn, intentOf, mostRounds, sentOf } from './rounds.ts'
import { inOrder } from './schedule.ts'
import { settle } from './settle.ts'
import type { GoalResult } from './verdict.ts'

/**
 * Brings goals about: look; if it does not hold, write the intent, take each thing, write the outcome, look until it
 * shows, write the proof. Every entry is on disk before the next change is sent, and before anything is said of it; looking
 * does not wait for the disk. Systems run side by side, goals of one system in turn; a failure stops only what depends on it.
 */
export async function execute(goals: readonly Goal[], options: ExecuteOptions): Promise<GoalResult[]> {
  const held = new Map([...(options.unmet ?? [])].map(id => [id, false]))
  const joint: Joint = { goals, begun: new Set() }
  const told: Promise<void>[] = []
  try {
    return await inOrder(
      goals,
      goal => ({ id: goal.id, lane: `${goal.tenant}/${goal.system}`, behind: [...goal.after, ...(goal.behind ?? [])] }),
      options.concurrency,
      async goal => {
        const { result, written } = await bringToHold(goal, held, joint, options)
        held.set(goal.id, result.end === 'changed' || result.end === 'already')
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
}

type Close = (ending: Ending, before?: Look) => Ended

async function bringToHold(
  goal: Goal,
  held: ReadonlyMap<string, boolean>,
  joint: Joint,
  options: ExecuteOptions,
): Promise<Ended> {
  const { ledger, clock } = options
  const close: Close = (ending, before) => {
    const result = goalResultOf(goal, ending, clock, before)
    return { result, written: ledger.append(result.proved ? 'proof' : 'outcome', result, goal.id) }
  }

  if (options.signal?.aborted) return close({ end: 'pending', why: 'Cancelled before it began.' })
  const missing = goal.after.find(id => held.get(id) === false)
  if (missing !== undefined)
    return close({
      end: 'pending',
      why: `Waits for ${missing}, which does not hold.`,
      ...waitingHint(goal, missing, ledger.run),
    })

  let before: Look
  try {
    // What another system was to bring about here shows in no reading of before.
    if (goal.follows) goal.moment.forget(goal.needs)
    before = withUnshown(goal, await lookAt(goal), options)
  } catch (error) {
    return close({ end: 'pending', ...sentenceOf(asK1Error(error)) })
  }
  const early = endWithoutChange(goal, before, joint, options)
  return early ? close(early, before) : bringAbout(goal, before, close, joint, options)
}

/** Keeping somebody out comes first: what is taken away waits for it. */
function waitingHint({ kind, person, tenant }: Goal, missing: string, run: string): { hint?: string } {
  if (kind === undefined || kind === 'deleted' || !missing.endsWith('/sign-in-blocked')) return {}
  const first = `First keep the person out there, which this tries again: k1ctl runs resume ${run}`
  if (person === undefined) return { hint: first }
  const anyway = `k1ctl offboard ${quoted(person)} --tenant ${quoted(tenant)} --rest-anyway`
  return { hint: `${first}. Without waiting for it: ${anyway}` }
}

async function bringAbout(
  goal: Goal,
  before: Look,
  close: Close,
  joint: Joint,
  options: ExecuteOptions,
): Promise<Ended> {
  const guard =
    before.state === 'not-yet' || before.state === 'unobservable'
      ? goal.guard?.(before.value)
      : before.state === 'unseen'
        ? goal.guard?.(undefined)
        : undefined
  if (guard === undefined) return takeAndProve(goal, before, close, joint, options)
  return options.turns.inTurn({ tenant: goal.tenant, system: goal.system }, async () => {
    let why: string | undefined
    try {
      why = await guard()
    } catch (error) {
      const why = asK1Error(error)
      return close({ end: why.kind === 'refused' ? 'refused' : 'failed', ...sentenceOf(why) }, before)
    }
    return why === undefined
      ? takeAndProve(goal, before, close, joint, options)
      : close({ end: 'refused', why }, before)
  })
}

async function takeAndProve(
  goal: Goal,
  before: Look,
  close: Close,
  joint: Joint,
  options: ExecuteOptions,
): Promise<Ended> {
  const { ledger, still } = options
  still?.()
  options.onEvent?.({ type: 'intent', goal })
  const taken: Taken[] = []
  const changes: Change[] = []
  let along: readonly Goal[] = []
  let look = before
  // Things may show, or be due, only once others are gone (a step before, a list that was cut): they are taken, too.
  for (let round = 1; round <= mostRounds; round++) {
    const due = dueIn(goal, look, round, changes, options)
    if (round > 1 && due.length === 0) break
    if (round === 1 || goal.queued) {
      if (round > 1) still?.()
      await ledger.append('intent', intentOf(goal, look, due, round), goal.id)
    }
    if (round === 1) along = await intentsAlong(goal, joint, options)
    changes.push(...due)
    still?.()
    let answers: readonly Taken[] = []
    const isEarly = due.length === 0 && changesIn(look).length > 0
    try {
      if (!isEarly) answers = await take(goal, look, due, along)
    } catch (thrown) {
      const error = asK1Error(thrown)
      if (error.kind !== 'cancelled') throw error
      // Some of it may have been sent.
      const isSafe = goal.later !== undefined && goal.repeatable
      return close({ end: isSafe ? 'pending' : 'unknown', ...sentenceOf(error) }, before)
    }
    taken.push(...answers)
    if (taken.length > 0 && taken.every(one => one.skipped)) break
    const isAccepted = !isEarly && (answers.length === 0 || answers.some(one => !one.error && !one.skipped))
    const writing = isAccepted ? ledger.append('outcome', sentOf(goal, due, answers, round), goal.id) : undefined
    ;[look] = await Promise.all([lookAfter(goal, taken, changes, options), writing])
  }
  return close(endOf(goal, changes, taken, look), before)
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

/** What goes in the same request is written down before it, each as an intent of its own. */
async function intentsAlong(goal: Goal, { goals, begun }: Joint, { ledger }: ExecuteOptions): Promise<Goal[]> {
  if (goal.joint === undefined) return []
  const later = goals
    .slice(goals.indexOf(goal) + 1)
    .filter(one => one.joint === goal.joint && !one.refusal && !one.byHand)
  const along: Goal[] = []
  for (const one of later) {
    const { state, differences, reading } = await lookAt(one)
    if (state !== 'not-yet') continue
    await ledger.append('intent', { summary: one.summary, differences, before: reading }, one.id)
    begun.add(one.id)
    along.push(one)
  }
  return along
}

/** A failure of the whole is one of each thing. */
async function take(
  goal: Goal,
  look: Look,
  changes: readonly Change[],
  along: readonly Goal[],
): Promise<readonly Taken[]> {
  if (look.state === 'holds' || goal.follows) return []
  const ids = changes.length === 0 ? ['all'] : changes.map(({ id }) => id)
  try {
    if (look.state === 'unseen') return (await goal.anyway?.()) ?? []
    return await goal.take(changes, look.value, along)
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (error.kind === 'cancelled') throw error
    return ids.map(id => ({ id, error }))
  }
}
