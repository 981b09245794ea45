import { K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import type { LedgerStore, LedgerWriter, Locks } from '../core/ledger-store.ts'
import { openMoment } from '../core/moment.ts'
import type { Clock } from '../core/ports.ts'
import type { SignedText } from '../core/team.ts'
import { tellingCutOff } from './cut-off.ts'
import { inLanes } from './lanes.ts'
import { type Look, lookAt } from './look.ts'
import type { KeptGoal, RunHeader, RunState, UnitEntry } from './run-record.ts'
import { foldRun } from './run-state.ts'
import { createTurns } from './turns.ts'
import { type Job, type UnitPlan, type UnitReport, worstOf } from './unit.ts'
import type { Verdict } from './verdict.ts'
import { type WorkEvent, workOn } from './work.ts'

export interface RunDeps<U, P, R> {
  ledger: LedgerStore
  locks: Locks
  clock: Clock
  operator: string
  /** Before anything is written or sent: whether whoever works here may. @throws K1Error `not-set-up`, `forbidden` */
  permit: (tenants: readonly string[]) => Promise<void>
  /** Units at once. */
  concurrency: number
  signal?: AbortSignal
  onEvent?: (event: WorkEvent<U, P, R>) => void
}

/** Who agreed, and how: `--yes`, at a terminal, or not needed because k1ctl changes nothing itself. */
export interface Consent {
  how: 'flag' | 'terminal' | 'not-needed'
  /** What was agreed to, besides what the plans say: counts and hashes. */
  agreed?: unknown
  /** Where a worker acts: what those for whom it does signed. */
  mandate?: readonly SignedText[]
}

export interface Ended {
  run: string
  verdict: Verdict
  verdicts: Map<Verdict, number>
  /** ISO times. */
  startedAt: string
  endedAt: string
}

/**
 * Starts a run: what it is, who agreed, then each unit with its plan, its changes and their proof.
 * @param prepare what has to be on disk before anything is agreed to (a list of people, whole plans), and then the
 * units; it may refuse, and there is no run then
 */
export async function startRun<U, P extends UnitPlan, R extends UnitReport>(
  header: Omit<RunHeader, 'goals' | 'unreached' | 'operator'> & object,
  tenants: readonly string[],
  prepare: (run: string) => Promise<{ consent: Consent; units: AsyncIterable<U>; entries?: readonly UnitEntry[] }>,
  job: Job<U, P, R>,
  deps: RunDeps<U, P, R>,
): Promise<Ended> {
  await deps.permit(tenants)
  const writer = await deps.ledger.create()
  try {
    const { consent, units, entries = [] } = await prepare(writer.run)
    const { how, agreed, mandate } = consent
    // Handed over together, they go to the disk in one write.
    const [first] = await Promise.all([
      writer.append('plan', { ...header, operator: deps.operator, goals: [], unreached: [] }),
      ...entries.map(entry => writer.append('plan', entry)),
      writer.append('consent', {
        by: deps.operator,
        how,
        ...(agreed === undefined ? {} : { agreed }),
        ...(mandate?.length ? { mandate } : {}),
      }),
    ])
    return await finish(writer, first.at, units, new Map(), job, deps)
  } finally {
    await writer.close()
  }
}

/**
 * Finishes a run: what ended for certain stays as it is, the rest goes the same path again, looking first; what could
 * not be reached is asked again.
 * @param left the units that are left, from what the ledger tells; `finished`: how many ended with which verdict
 * @throws K1Error `refused` when no consent is on record, `storage` when the ledger was altered or is in use
 */
export async function resumeRun<U, P extends UnitPlan, R extends UnitReport>(
  run: string,
  left: (state: RunState) => Promise<{ units: AsyncIterable<U>; finished: ReadonlyMap<Verdict, number> }>,
  job: Job<U, P, R>,
  deps: RunDeps<U, P, R>,
): Promise<Ended> {
  const writer = await deps.ledger.open(run)
  try {
    const state = foldRun(await deps.ledger.read(writer.run))
    await deps.permit(tenantsIn(state))
    refuseWithoutConsent(state)
    const { units, finished } = await left(state)
    return await finish(writer, state.startedAt, units, finished, job, deps, { resumedBy: deps.operator })
  } finally {
    await writer.close()
  }
}

/** Written down that a person did something. @throws K1Error `usage` when nothing in the run waits for a person there */
export async function noteAttestation(
  run: string,
  goal: string,
  note: string,
  { ledger, operator, permit }: Pick<RunDeps<never, never, never>, 'ledger' | 'operator' | 'permit'>,
): Promise<{ run: string }> {
  const writer = await ledger.open(run)
  try {
    const state = foldRun(await ledger.read(writer.run))
    await permit(tenantsIn(state))
    const { units } = state
    const byHand = units.flatMap(({ results }) => results.filter(r => r.end === 'by-hand').map(r => r.goal))
    if (!byHand.includes(goal)) {
      throw new K1Error('usage', `Nothing waits for a person in run ${writer.run} under ${goal}.`, {
        hint: byHand.length > 0 ? `By hand there: ${byHand.slice(0, 5).join(', ')}` : 'Nothing in that run is by hand.',
        facts: { goals: byHand },
      })
    }
    await writer.append('attestation', { by: operator, note }, goal)
    return { run: writer.run }
  } finally {
    await writer.close()
  }
}

/** Builds a goal again from what the ledger kept of it. */
export type Rebuild = (goal: KeptGoal) => Promise<Goal>

export interface Verified extends Pick<KeptGoal, 'tenant' | 'system' | 'summary'> {
  goal: string
  state: Exclude<Look['state'], 'unseen'> | 'unreachable'
  why?: string
  reading?: unknown
  waitsFor?: string
  /** ISO. */
  at: string
}

/** Looks again at every goal of a past run, and writes nothing. Goals of one account share what is read. */
export async function verifyRun(
  { units }: RunState,
  rebuild: Rebuild,
  concurrency: number,
  clock: Clock,
): Promise<Verified[]> {
  return inLanes(
    units.flatMap(unit => unit.entry.goals),
    g => `${g.tenant}/${g.system}`,
    concurrency,
    async ({ id, tenant, system, summary, ...rest }): Promise<Verified> => {
      const base = { goal: id, tenant, system, summary }
      const at = clock.now().toISOString()
      try {
        const look = await lookAt(await rebuild({ id, tenant, system, summary, ...rest }))
        if (look.state === 'unseen') return { ...base, state: 'unreachable', why: look.why, at }
        if (look.state === 'unobservable') return { ...base, state: look.state, why: look.why, at }
        const waitsFor = look.state === 'not-yet' && look.waitsFor ? { waitsFor: look.waitsFor } : {}
        return { ...base, state: look.state, reading: look.reading, ...waitsFor, at }
      } catch (error) {
        return { ...base, state: 'unreachable', why: error instanceof Error ? error.message : String(error), at }
      }
    },
  )
}

/** A goal that could not be built again; looking at it says why. */
export function outOfReach(kept: KeptGoal, error: unknown): Goal {
  const fail = async () => {
    throw error
  }
  return {
    ...kept,
    reach: kept.reach ?? 'by-hand',
    effect: 'reversible',
    repeatable: false,
    after: [],
    needs: [],
    moment: openMoment({ now: () => 0 }),
    read: fail,
    holds: () => false,
    changes: () => [],
    take: fail,
  }
}

async function finish<U, P extends UnitPlan, R extends UnitReport>(
  writer: LedgerWriter,
  startedAt: string,
  units: AsyncIterable<U>,
  before: ReadonlyMap<Verdict, number>,
  job: Job<U, P, R>,
  deps: RunDeps<U, P, R>,
  more: object = {},
): Promise<Ended> {
  return tellingCutOff(writer, async ledger => {
    const verdicts = await workOn(units, job, { ...deps, ledger, turns: createTurns() })
    for (const [verdict, count] of before) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + count)
    const verdict: Verdict = deps.signal?.aborted ? 'incomplete' : worstOf(verdicts.keys())
    const last = await ledger.append('report', { verdict, units: Object.fromEntries(verdicts), ...more })
    return { run: writer.run, verdict, verdicts, startedAt, endedAt: last.at }
  })
}

/** Those that the run is about, and those of which nothing was planned yet. */
function tenantsIn({ header, units }: RunState): string[] {
  const named = 'tenants' in header && Array.isArray(header.tenants) ? header.tenants : []
  return [...new Set<string>([...named, ...units.map(({ entry }) => entry.tenant)])]
}

function refuseWithoutConsent({ run, consent, header }: RunState): void {
  if (consent) return
  throw new K1Error('refused', `Run ${run} was cut off before the consent to it was written down.`, {
    hint: `Nothing was sent in it. Give the command again: ${header.command}`,
  })
}
