import type { Change, Taken } from '../core/change.ts'
import { asK1Error, hadNoEffect, K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import type { LedgerWriter } from '../core/ledger-store.ts'
import type { Joint } from './end-without-change.ts'
import type { ExecuteOptions } from './execute-options.ts'
import { changesIn, type Look, lookAt } from './look.ts'
import { intentOf, portionsOf, sentOf } from './rounds.ts'

/** What came of a round. */
interface Round {
  answers: readonly Taken[]
  /** It was broken off; in the middle of something (`midway`), which may have been sent, or between two portions. */
  cancelled?: { error: K1Error; midway: boolean }
  /** Resolves when the answers are on disk. */
  written: Promise<unknown>
}

/**
 * Takes what is due, in portions: the intent of each is on disk before it is sent, and with it what was answered to the
 * one before. `along`: goals that the first request of all brings about together with this one.
 */
export async function takeRound(
  goal: Goal,
  look: Look,
  due: readonly Change[],
  round: number,
  { joint, along }: { joint: Joint; along: Goal[] },
  { ledger, still, signal }: ExecuteOptions,
): Promise<Round> {
  const all: Taken[] = []
  let written: Promise<unknown> = Promise.resolve()
  for (const [at, portion] of portionsOf(due).entries()) {
    if (at > 0 && signal?.aborted) {
      const error = new K1Error('cancelled', 'Cancelled before all of it was sent.')
      return { answers: all, cancelled: { error, midway: false }, written }
    }
    const isFirst = round === 1 && at === 0
    if (!isFirst) still?.()
    if (round === 1 || goal.queued) {
      const intent = intentOf(goal, look, portion, { round, part: at + 1 })
      await Promise.all([written, ledger.append('intent', intent, goal.id)])
    }
    if (isFirst) along.push(...(await intentsAlong(goal, joint, ledger)))
    still?.()
    const isEarly = portion.length === 0 && changesIn(look).length > 0
    let answers: readonly Taken[] = []
    try {
      if (!isEarly) answers = await take(goal, look, portion, along)
    } catch (thrown) {
      const error = asK1Error(thrown)
      if (error.kind !== 'cancelled') throw error
      return { answers: all, cancelled: { error, midway: true }, written }
    }
    all.push(...answers)
    if (!isEarly && isTold(portion, answers)) {
      written = ledger.append('outcome', sentOf(goal, portion, answers, round), goal.id)
      // Heard where it is waited for.
      written.catch(() => undefined)
    }
  }
  return { answers: all, written }
}

/** Something was accepted; or it was written down by itself, and was refused for certain: then it is in doubt no more. */
function isTold(portion: readonly Change[], answers: readonly Taken[]): boolean {
  if (answers.length === 0 || answers.some(one => !one.error && !one.skipped)) return true
  return portion.some(one => one.alone) && answers.every(({ error }) => error !== undefined && hadNoEffect(error))
}

/** What goes in the same request is written down before it, each as an intent of its own. */
async function intentsAlong(goal: Goal, { goals, begun }: Joint, ledger: LedgerWriter): Promise<Goal[]> {
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
