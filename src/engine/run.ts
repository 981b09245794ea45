import { K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { openMoment } from '../core/moment.ts'
import type { Clock, LedgerStore } from '../core/ports.ts'
import { type ExecuteEvent, execute, resultOf } from './execute.ts'
import { inLanes } from './lanes.ts'
import { lookAt } from './look.ts'
import type { Plan, Planned } from './plan.ts'
import { type RunHeader, type RunRecord, recordOf } from './run-record.ts'
import { createTurns } from './turns.ts'
import { type GoalResult, type Verdict, verdictOf } from './verdict.ts'

export interface Report {
  /** Null when there was nothing to bring about, and so no run. */
  run: string | null
  command: string
  operator: string
  /** ISO times. */
  startedAt: string
  endedAt: string
  verdict: Verdict
  results: GoalResult[]
  unreached: { tenant: string; system: string; why: string }[]
}

export interface RunOptions {
  ledger: LedgerStore
  clock: Clock
  concurrency: number
  command: string
  operator: string
  /** How consent was given: `--yes`, at a terminal, or not needed because k1ctl changes nothing itself. */
  consent: 'flag' | 'terminal' | 'not-needed'
  signal?: AbortSignal
  onEvent?: (event: ExecuteEvent) => void
  /** Told the run's id before anything is changed. */
  onStart?: (run: string) => void
}

/** Executes a plan that was agreed to, in a new run. */
export async function run(plan: Plan, options: RunOptions): Promise<Report> {
  const writer = await options.ledger.create()
  options.onStart?.(writer.run)
  try {
    const goals = plan.planned.map(p => p.goal)
    const unreached = unreachedOf(plan)
    const header: RunHeader = {
      command: options.command,
      operator: options.operator,
      goals: goals.map(({ id, tenant, system, summary, spec }) => ({ id, tenant, system, summary, spec })),
      unreached,
    }
    // Handed over together, they go to the disk in one write.
    const [first] = await Promise.all([
      writer.append('plan', header),
      writer.append('consent', { by: options.operator, how: options.consent }),
    ])
    const results = await execute(goals, { ...options, ledger: writer, turns: createTurns() })
    const verdict = verdictOf(results, unreached.length)
    const last = await writer.append('report', { verdict })
    return {
      run: writer.run,
      command: header.command,
      operator: header.operator,
      startedAt: first.at,
      endedAt: last.at,
      verdict,
      results,
      unreached,
    }
  } finally {
    await writer.close()
  }
}

/** The report on a plan that leaves nothing to bring about: each goal holds already or is refused. No run is written. */
export function reportWithoutRun(
  plan: Plan,
  { clock, command, operator }: Pick<RunOptions, 'clock' | 'command' | 'operator'>,
): Report {
  const at = clock.now().toISOString()
  const unreached = unreachedOf(plan)
  const results = plan.planned.map(({ goal, standing }: Planned) =>
    standing.state === 'holds'
      ? resultOf(goal, { end: 'already', proved: true, reading: standing.reading }, clock, standing)
      : resultOf(goal, { end: 'refused', ...goal.refusal }, clock, standing),
  )
  return {
    run: null,
    command,
    operator,
    startedAt: at,
    endedAt: at,
    verdict: verdictOf(results, unreached.length),
    results,
    unreached,
  }
}

function unreachedOf(plan: Plan): Report['unreached'] {
  return plan.unreached.map(({ tenant, system, error }) => ({ tenant, system, why: error.message }))
}

/** Builds a goal again from what the ledger kept of it. */
export type Rebuild = (goal: RunHeader['goals'][number]) => Promise<Goal>

export interface ResumeOptions extends Omit<RunOptions, 'command' | 'consent' | 'onStart'> {
  rebuild: Rebuild
  resend?: boolean
}

/**
 * Finishes a run: goals that ended for certain stay as they are (what was refused, nobody agreed to), the others go the
 * same path again, looking first.
 * @throws K1Error `refused` when no consent is on record, `storage` when the ledger was altered or is in use
 */
export async function resume(id: string, options: ResumeOptions): Promise<Report> {
  const writer = await options.ledger.open(id)
  try {
    const reading = await options.ledger.read(writer.run)
    const record = recordOf(reading)
    if (!reading.entries.some(e => e.type === 'consent')) {
      throw new K1Error('refused', `Run ${writer.run} was cut off before the consent to it was written down.`, {
        hint: `Nothing was sent in it. Give the command again: ${record.header.command}`,
      })
    }
    const settled = record.results.filter(r => ['changed', 'already', 'refused'].includes(r.end))
    const unsettled = record.header.goals.filter(g => !settled.some(r => r.goal === g.id))
    const goals = await Promise.all(
      unsettled.map(kept => options.rebuild(kept).catch(error => outOfReach(kept, error))),
    )
    const results = await execute(goals, { ...options, ledger: writer, turns: createTurns(), inDoubt: record.open })
    const all = record.header.goals.flatMap(g => [...settled, ...results].find(r => r.goal === g.id) ?? [])
    const verdict = verdictOf(all, record.header.unreached.length)
    const last = await writer.append('report', { verdict, resumedBy: options.operator })
    const { command, operator, unreached } = record.header
    return {
      run: writer.run,
      command,
      operator,
      startedAt: record.startedAt,
      endedAt: last.at,
      verdict,
      results: all,
      unreached,
    }
  } finally {
    await writer.close()
  }
}

/** A goal that could not be built again; looking at it says why. */
function outOfReach(kept: RunHeader['goals'][number], error: unknown): Goal {
  const fail = async () => {
    throw error
  }
  return {
    ...kept,
    reach: 'by-hand',
    effect: 'reversible',
    repeatable: false,
    after: [],
    needs: [],
    moment: openMoment({ now: () => Date.now() }),
    read: fail,
    holds: () => false,
    changes: () => [],
    take: fail,
  }
}

/** Looks again at every goal of a past run, and writes nothing. */
export async function verify(record: RunRecord, rebuild: Rebuild, concurrency: number, clock: Clock) {
  return inLanes(
    record.header.goals,
    g => `${g.tenant}/${g.system}`,
    concurrency,
    async kept => {
      const base = { goal: kept.id, tenant: kept.tenant, system: kept.system, summary: kept.summary }
      try {
        const look = await lookAt(await rebuild(kept))
        const at = clock.now().toISOString()
        if (look.state === 'unseen') return { ...base, state: 'unreachable' as const, why: look.why, at }
        const { state, reading } = look
        return {
          ...base,
          state,
          ...(state === 'unobservable' ? { why: look.why } : { reading }),
          ...(state === 'not-yet' && look.waitsFor ? { waitsFor: look.waitsFor } : {}),
          at,
        }
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        return { ...base, state: 'unreachable' as const, why, at: clock.now().toISOString() }
      }
    },
  )
}
