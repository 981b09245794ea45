import { isK1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import type { LedgerWriter, Locks } from '../core/ledger-store.ts'
import type { Clock } from '../core/ports.ts'
import { execute } from './execute.ts'
import type { ExecuteEvent } from './execute-options.ts'
import { holdThings } from './hold-things.ts'
import type { Look } from './look.ts'
import { createTurns, type Turns } from './turns.ts'
import type { Job, UnitPlan, UnitReport } from './unit.ts'
import type { Verdict } from './verdict.ts'

export type WorkEvent<U, P, R> =
  | { type: 'plan'; unit: U; plan: P }
  | (ExecuteEvent & { unit: U })
  | { type: 'report'; report: R }

export interface WorkOptions<U, P, R> {
  ledger: LedgerWriter
  clock: Clock
  locks: Locks
  turns: Turns
  operator: string
  /** Units at once. */
  concurrency: number
  signal?: AbortSignal
  onEvent?: (event: WorkEvent<U, P, R>) => void
}

/** Goals of one unit at once, over all systems. */
const goalsAtOnce = 8

/** Works on units as they come, some at once, each with a verdict of its own. Memory does not grow with their number. */
export async function workOn<U, P extends UnitPlan, R extends UnitReport>(
  units: AsyncIterable<U>,
  job: Job<U, P, R>,
  options: WorkOptions<U, P, R>,
): Promise<Map<Verdict, number>> {
  const verdicts = new Map<Verdict, number>()
  const iterator = units[Symbol.asyncIterator]()
  /** Two words for one person may stand in one list. */
  const things = createTurns()
  let failure: { error: unknown } | undefined
  let breakOff: () => void = () => undefined
  /** Some wait for units that come only once others have ended, and those never will. */
  const brokenOff = new Promise<{ done: true; value: undefined }>(resolve => {
    breakOff = () => resolve({ done: true, value: undefined })
  })
  const worker = async () => {
    while (!failure && (job.tellsAll || !options.signal?.aborted)) {
      try {
        const { done, value } = await Promise.race([iterator.next(), brokenOff])
        if (done) return
        const report = await workOnOne(value, job, options, things)
        verdicts.set(report.verdict, (verdicts.get(report.verdict) ?? 0) + 1)
        options.onEvent?.({ type: 'report', report })
      } catch (error) {
        failure ??= { error }
        breakOff()
      }
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, worker))
  // Left in the middle, it would keep its file open; and one that waits for what failed never comes to its end.
  const left = iterator.return?.()
  left?.catch(() => undefined)
  if (!failure) await left
  if (failure) throw (failure as { error: unknown }).error
  return verdicts
}

/** Only a failure of the ledger itself leaves this function: everything else is a verdict on the unit. */
async function workOnOne<U, P extends UnitPlan, R extends UnitReport>(
  unit: U,
  job: Job<U, P, R>,
  options: WorkOptions<U, P, R>,
  turns: Turns,
): Promise<R> {
  const { ledger, locks, operator } = options
  const subject = job.subjectOf(unit)
  if (subject === null) return carryOut(unit, await job.plan(unit), () => {}, job, options)
  try {
    const by = { run: ledger.run, operator }
    return await locks.hold(subject, by, async (still, beside) => {
      const plan = await job.plan(unit)
      const things = plan.refusal ? [] : plan.planned.flatMap(({ goal }) => goal.account ?? [])
      return holdThings(things, by, { locks: beside, turns }, stillAll => {
        const both = () => {
          still()
          stillAll()
        }
        return carryOut(unit, plan, both, job, options)
      })
    })
  } catch (error) {
    if (!isK1Error(error) || error.kind !== 'busy') throw error
    const refusal = { why: error.message, busy: true, ...(error.hint === undefined ? {} : { hint: error.hint }) }
    return carryOut(unit, await job.refused(unit, refusal), () => {}, job, options)
  }
}

async function carryOut<U, P extends UnitPlan, R extends UnitReport>(
  unit: U,
  plan: P,
  still: () => void,
  job: Job<U, P, R>,
  options: WorkOptions<U, P, R>,
): Promise<R> {
  const { ledger, clock, turns, signal, onEvent } = options
  const earlier = job.earlierOf(unit)
  const entry = job.entryOf(plan)
  if (entry) await ledger.append('plan', entry)
  onEvent?.({ type: 'plan', unit, plan })
  const settled = (earlier?.record.results ?? []).filter(isSettled)
  const goals = plan.refusal ? [] : leftOf(plan, new Set(settled.map(({ goal }) => goal)))
  const results = await execute(goals, {
    ledger,
    clock,
    turns,
    still,
    concurrency: goalsAtOnce,
    ...(plan.unmet ? { unmet: plan.unmet } : {}),
    notYet: new Set([
      ...plan.planned.filter(p => p.standing.state === 'not-yet').map(p => p.goal.id),
      ...[...(earlier?.record.before ?? [])].filter(([, was]) => was != null).map(([goal]) => goal),
    ]),
    onEvent: event => onEvent?.({ ...event, unit }),
    ...(signal ? { signal } : {}),
    ...(earlier
      ? {
          begunBefore: earlier.record.begun,
          inDoubt: earlier.record.open,
          doubtful: earlier.record.doubtful,
          sentBefore: new Set(earlier.record.sentAt.keys()),
          takenBefore: earlier.record.takenThings,
          refusedBefore: earlier.record.refusedThings,
          attested: earlier.attested,
          resend: earlier.resend,
        }
      : {}),
  })
  const ids = new Set(results.map(r => r.goal))
  return job.report(plan, [...settled.filter(r => !ids.has(r.goal)), ...results])
}

/** Of what an earlier process proved: it holds no more, or nobody sees now whether it does. */
const isOpen = (state: Look['state']) => state === 'not-yet' || state === 'unseen'

/** What is left to do, and what that waits for, where it held and holds no more (somebody was let in again). */
function leftOf({ planned }: Pick<UnitPlan, 'planned'>, settled: ReadonlySet<string>): Goal[] {
  const awaited = new Set(planned.flatMap(({ goal }) => (settled.has(goal.id) ? [] : goal.after)))
  return planned
    .filter(({ goal, standing }) => !settled.has(goal.id) || (awaited.has(goal.id) && isOpen(standing.state)))
    .map(({ goal }) => goal)
}

/** What is settled is not done again; what was refused, nobody agreed to. */
export function isSettled({ end }: { end: string }): boolean {
  return end === 'changed' || end === 'already'
}
