import type { AccountGoalKind } from '../core/account-kinds.ts'
import { K1Error } from '../core/errors.ts'
import type { Reach } from '../core/features.ts'
import type { LedgerEntry, LedgerReading } from '../core/ports.ts'
import type { GoalResult, Verdict } from './verdict.ts'

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
  const latest = new Map(plans.map(plan => [subjectOf(plan), plan]))
  return { ...first, goals: [...goals.values()], unreached: [...latest.values()].flatMap(plan => plan.unreached) }
}

/** Whom a plan entry is about: a system that did not answer the first time may have answered the next. */
function subjectOf(plan: object): string {
  return 'person' in plan && 'tenant' in plan ? `${plan.tenant}\n${plan.person}` : ''
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
