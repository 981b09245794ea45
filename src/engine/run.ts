import type { AccountGoalKind } from '../core/account.ts'
import { K1Error } from '../core/errors.ts'
import type { Reach } from '../core/features.ts'
import type { Goal } from '../core/goal.ts'
import type { Clock, LedgerEntry, LedgerReading, LedgerStore } from '../core/ports.ts'
import { type ExecuteEvent, execute, resultOf } from './execute.ts'
import { inLanes } from './lanes.ts'
import type { Plan, Planned } from './plan.ts'
import { type GoalResult, type Verdict, verdictOf } from './verdict.ts'

/** What the first ledger entry of a run says: who, what, and all that is needed to build the goals again. */
export interface RunHeader {
  /** Absent on a run over the features of modules. */
  kind?: 'offboarding'
  command: string
  operator: string
  goals: {
    id: string
    tenant: string
    system: string
    summary: string
    spec: unknown
    person?: string
    kind?: AccountGoalKind
    reach?: Reach
  }[]
  unreached: { tenant: string; system: string; why: string }[]
}

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
    const results = await execute(goals, { ...options, ledger: writer })
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
      ? resultOf(goal, 'already', clock, { proved: true, reading: standing.reading })
      : resultOf(goal, 'refused', clock, goal.refusal ?? {}),
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

/** What a ledger tells of a run. */
export interface RunRecord {
  run: string
  header: RunHeader
  startedAt: string
  endedAt: string
  /** `interrupted` when the process died before a report was written. */
  verdict: Verdict | 'interrupted'
  results: GoalResult[]
  /** Goals with an intent and no certain end. */
  open: Set<string>
  chain: LedgerReading['chain']
}

/** Reads a run back from its ledger entries: the last word on each goal counts. */
export function recordOf(reading: LedgerReading): RunRecord {
  const [first] = reading.entries
  const last = reading.entries.at(-1)
  if (!first && reading.chain.state === 'altered') {
    throw new K1Error('storage', `The ledger of run ${reading.run} was altered from its first entry on.`, {
      hint: 'Nothing that it says can be relied on. Look in the modules: k1ctl status',
      facts: { run: reading.run },
    })
  }
  if (!first || !last || first.type !== 'plan') {
    throw new K1Error('storage', `The ledger of run ${reading.run} has no plan; it was cut off before the run began.`, {
      hint: 'Nothing was changed in that run.',
    })
  }
  const header = mergedHeader(reading.entries)
  const report = reading.entries.findLast(e => e.type === 'report')
  const lastWords = new Map(reading.entries.map(entry => [entry.goal, entry]))
  const results = header.goals.flatMap(g => endOf(lastWords.get(g.id)) ?? [])
  const closed = report !== undefined && last.type === 'report'
  return {
    run: reading.run,
    header,
    startedAt: first.at,
    endedAt: last.at,
    verdict: closed ? (report.data as { verdict: Verdict }).verdict : 'interrupted',
    results,
    open: openGoals(reading.entries),
    chain: reading.chain,
  }
}

/** A run over many people has a plan entry for each, after the first one. A later plan of the same goal replaces it. */
function mergedHeader(entries: readonly LedgerEntry[]): RunHeader {
  const plans = entries.filter(e => e.type === 'plan').map(e => e.data as RunHeader)
  const [first] = plans
  if (!first) throw new K1Error('storage', 'The ledger has no plan.')
  const goals = new Map(plans.flatMap(plan => plan.goals).map(goal => [goal.id, goal]))
  return { ...first, goals: [...goals.values()], unreached: plans.flatMap(plan => plan.unreached) }
}

/** How a goal ended, by its last closing entry; nothing when the process died in the middle of it. */
function endOf(last: LedgerEntry | undefined): GoalResult | undefined {
  const data = last?.data as Partial<GoalResult> | undefined
  return data?.end === undefined ? undefined : (data as GoalResult)
}

/** Goals whose last word is an intent, or an outcome that nobody could settle. */
function openGoals(entries: readonly LedgerEntry[]): Set<string> {
  const open = new Set<string>()
  for (const { goal, type, data } of entries) {
    if (goal === undefined) continue
    if (type === 'intent') open.add(goal)
    else if (type === 'proof') open.delete(goal)
    else if (type === 'outcome') {
      const { end } = data as { end?: string }
      if (end !== undefined && end !== 'unknown') open.delete(goal)
    }
  }
  return open
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
    const results = await execute(goals, { ...options, ledger: writer, inDoubt: record.open })
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
    differences: [],
    warnings: [],
    look: fail,
    bring: fail,
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
        const standing = await (await rebuild(kept)).look()
        return { ...base, ...standing, at: clock.now().toISOString() }
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        return { ...base, state: 'unreachable' as const, why, at: clock.now().toISOString() }
      }
    },
  )
}
