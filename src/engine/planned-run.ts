import { K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import type { Subject } from '../core/ledger-store.ts'
import { canaryGate } from './canary.ts'
import type { Look } from './look.ts'
import type { Plan } from './plan.ts'
import { type Again, leftAsItIs, planAgain, planAsItIs } from './plan-again.ts'
import type { Report } from './report.ts'
import { type Consent, type Ended, type RunDeps, resumeRun, startRun } from './run.ts'
import type { KeptGoal, RunKind, UnitEntry, UnitRecord } from './run-record.ts'
import type { Earlier, Job, UnitPlan, UnitReport } from './unit.ts'
import { type Verdict, verdictOf } from './verdict.ts'
import { isSettled } from './work.ts'

/** A unit of a run whose whole plan was made, shown and agreed to before: settings of a module, a way back. */
export interface PlannedUnit {
  subject: Subject
  plan: UnitPlan
  earlier?: Earlier
  /** What is planned only once it is its turn: what an earlier process left. */
  make?: () => Promise<UnitPlan>
}

interface SubjectPlan extends UnitPlan {
  subject: Subject
  /** Written down already, before anybody agreed to it. */
  isKept: boolean
}

export interface PlannedReport extends UnitReport {
  subject: Subject
  unreached: { tenant: string; system: string; why: string }[]
}

export type PlannedDeps = RunDeps<PlannedUnit, SubjectPlan, PlannedReport>

const job: Job<PlannedUnit, SubjectPlan, PlannedReport> = {
  subjectOf: unit => unit.subject,
  earlierOf: unit => unit.earlier,
  tellsAll: true,
  plan: async ({ subject, plan, make }) => ({ ...(make ? await make() : plan), subject, isKept: make === undefined }),
  async refused({ subject, plan, earlier }, { why, hint }) {
    const busy = new K1Error('busy', why, hint === undefined ? {} : { hint })
    if (earlier) return { subject, isKept: false, ...(await leftAsItIs(earlier.record, busy)) }
    const kept = plan.planned.map(({ goal, standing }) => keptFrom(subject, goal, standing))
    return { subject, isKept: true, planned: await planAsItIs(kept, busy), unreached: plan.unreached }
  },
  entryOf: plan => (plan.isKept ? null : entryFor(plan)),
  report({ subject, unreached }, results) {
    const silent = unreached.map(({ tenant, system, error }) => ({ tenant, system, why: error.message }))
    return { subject, results: [...results], unreached: silent, verdict: verdictOf(results, silent.length) }
  },
}

/** Carries out a plan that was agreed to, in a new run. */
export async function startPlanned(
  header: { kind: Exclude<RunKind, 'offboarding'>; command: string } & Record<string, unknown>,
  plan: Plan,
  consent: Consent,
  deps: PlannedDeps & { onStart?: (run: string) => Promise<void>; canary?: string },
): Promise<Report> {
  const reports: PlannedReport[] = []
  const gate = canaryGate(deps.canary)
  const tenants = new Set([...plan.planned.map(p => p.goal.tenant), ...plan.unreached.map(u => u.tenant)])
  const ended = await startRun(
    header,
    [...tenants],
    async run => {
      await deps.onStart?.(run)
      // A person may have thought for a while: what was read before that is read again.
      if (consent.how === 'terminal') for (const { goal } of plan.planned) goal.moment.forget()
      const units = unitsOf(plan)
      return { consent, units: gate.behind(units), entries: units.map(unit => entryFor({ ...unit.plan, ...unit })) }
    },
    job,
    collecting(reports, deps, gate.note),
  )
  const order = plan.planned.map(p => p.goal.id)
  return reportOf(header.command, deps.operator, ended, reports, order)
}

/** Finishes a run over what was planned as a whole; what could not be reached is asked again. */
export async function resumePlanned(run: string, again: Again, resend: boolean, deps: PlannedDeps): Promise<Report> {
  const reports: PlannedReport[] = []
  let order: string[] = []
  let header = { command: '', operator: '' }
  const ended = await resumeRun(
    run,
    async state => {
      header = state.header
      order = state.units.flatMap(unit => unit.entry.goals.map(goal => goal.id))
      const isDone = (record: UnitRecord) =>
        record.entry.unreached.length === 0 &&
        record.results.length === record.entry.goals.length &&
        record.results.every(r => isSettled(r) || r.end === 'refused')
      const finished = new Map<Verdict, number>()
      for (const { subject, results } of state.units.filter(isDone)) {
        const verdict = verdictOf(results, 0)
        finished.set(verdict, (finished.get(verdict) ?? 0) + 1)
        reports.push({ subject, results, unreached: [], verdict })
      }
      const { attested } = state
      const units = state.units
        .filter(record => !isDone(record))
        .map(
          (record): PlannedUnit => ({
            subject: record.subject,
            plan: { planned: [], unreached: [] },
            earlier: { record, attested, resend },
            make: () => planAgain(record, again),
          }),
        )
      return { units: iterate(units), finished }
    },
    job,
    collecting(reports, deps),
  )
  return reportOf(header.command, header.operator, ended, reports, order)
}

function collecting(reports: PlannedReport[], deps: PlannedDeps, note?: (report: PlannedReport) => void): PlannedDeps {
  return {
    ...deps,
    onEvent(event) {
      if (event.type === 'report') reports.push(event.report)
      deps.onEvent?.(event)
      if (event.type === 'report') note?.(event.report)
    },
  }
}

function reportOf(
  command: string,
  operator: string,
  { run, startedAt, endedAt, verdict }: Ended,
  reports: readonly PlannedReport[],
  order: readonly string[],
): Report {
  const place = new Map(order.map((id, at) => [id, at]))
  const results = reports
    .flatMap(one => one.results)
    .sort((one, other) => (place.get(one.goal) ?? order.length) - (place.get(other.goal) ?? order.length))
  return {
    run,
    command,
    operator,
    startedAt,
    endedAt,
    verdict,
    results,
    unreached: reports.flatMap(one => one.unreached),
  }
}

function entryFor({ subject, planned, unreached, refusal }: Omit<SubjectPlan, 'isKept'>): UnitEntry {
  const { kind, tenant, name } = subject
  return {
    tenant,
    ...(kind === 'person' ? { person: name } : { module: name }),
    goals: planned.map(({ goal, standing }) => keptFrom({ tenant }, goal, standing)),
    unreached: unreached.map(({ system, error, asks }) => ({
      tenant,
      system,
      why: error.message,
      ...(asks === undefined ? {} : { asks }),
    })),
    ...(refusal ? { refused: refusal.why } : {}),
  }
}

function keptFrom({ tenant }: Pick<Subject, 'tenant'>, goal: Goal, standing: Look): KeptGoal {
  return {
    id: goal.id,
    tenant,
    system: goal.system,
    ...(goal.person === undefined ? {} : { person: goal.person }),
    ...(goal.kind === undefined ? {} : { kind: goal.kind }),
    reach: goal.reach,
    summary: goal.summary,
    spec: goal.spec,
    ...(standing.state === 'not-yet' ? { was: standing.reading } : {}),
  }
}

/** One unit for each person, or each module. */
function unitsOf({ planned, unreached }: Plan): PlannedUnit[] {
  const units = new Map<string, PlannedUnit>()
  const unitOf = (place: { tenant: string; system: string; person?: string }) => {
    const { tenant, system, person } = place
    const subject: Subject =
      person === undefined ? { kind: 'module', tenant, name: system } : { kind: 'person', tenant, name: person }
    const key = `${subject.kind}\n${tenant}\n${subject.name}`
    const unit = units.get(key) ?? { subject, plan: { planned: [], unreached: [] } }
    units.set(key, unit)
    return unit
  }
  for (const one of planned) unitOf(one.goal).plan.planned.push(one)
  for (const one of unreached) unitOf(one).plan.unreached.push(one)
  return [...units.values()]
}

async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
