import { asK1Error } from '../core/errors.ts'
import type { Clock, LedgerWriter, TenantRecord } from '../core/ports.ts'
import { type ExecuteEvent, execute } from '../engine/execute.ts'
import type { GoalResult, Verdict } from '../engine/verdict.ts'
import type { ProtectedPerson, Refusal } from './guard.ts'
import { planEntry } from './ledger-entries.ts'
import type { OffboardOptions } from './options.ts'
import { type PlanPersonFacts, planPerson } from './plan-person.ts'
import { reportPerson, verdictOfPeople } from './report-person.ts'
import { tenantsOf } from './tenants-of.ts'
import type { PersonPlan, PersonReport, Reachable, Unit } from './unit.ts'

/** A leaver as the input names them; `problem` is set on a row that could not be read. */
export interface Row {
  line: number
  person: string
  tenant?: string
  reason?: string
  ticket?: string
  successor?: string
  problem?: string
}

export interface Ground {
  /** The tenants of this call. */
  tenants: readonly TenantRecord[]
  /** The systems of a tenant that the options let in. */
  reachables(tenant: string): Promise<readonly Reachable[]>
  protectedFor(tenant: string): readonly ProtectedPerson[]
  options: OffboardOptions
}

export type OffboardEvent =
  | { type: 'plan'; plan: PersonPlan }
  | (ExecuteEvent & { unit: Unit })
  | { type: 'person'; report: PersonReport }

export interface OffboardRun extends Ground {
  ledger: LedgerWriter
  clock: Clock
  /** People at once. */
  concurrency: number
  signal?: AbortSignal
  onEvent?: (event: OffboardEvent) => void
}

/** What an earlier process left of one person, from the ledger. */
export interface Unfinished {
  unit: Unit
  known: NonNullable<PlanPersonFacts['known']>
  settled: readonly GoalResult[]
  inDoubt: ReadonlySet<string>
  attested: ReadonlyMap<string, string>
  resend: boolean
}

/** Goals of one person at once, over all systems. */
const goalsAtOnce = 8

/** Offboards people as they come, some at once, each with a verdict of their own. Memory does not grow with their number. */
export async function offboardAll(
  work: AsyncIterable<Row | Unfinished>,
  run: OffboardRun,
): Promise<Map<Verdict, number>> {
  const verdicts = new Map<Verdict, number>()
  const iterator = work[Symbol.asyncIterator]()
  const tell = (report: PersonReport) => {
    verdicts.set(report.verdict, (verdicts.get(report.verdict) ?? 0) + 1)
    run.onEvent?.({ type: 'person', report })
  }
  let failure: { error: unknown } | undefined
  const worker = async () => {
    while (!failure && !run.signal?.aborted) {
      const { done, value } = await iterator.next()
      if (done) return
      try {
        for await (const report of offboardOne(value, run)) tell(report)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: run.concurrency }, worker))
  if (failure) throw (failure as { error: unknown }).error
  return verdicts
}

export function verdictOfRun(verdicts: ReadonlyMap<Verdict, number>): Verdict {
  return verdictOfPeople(verdicts.keys())
}

/** Only a failure of the ledger itself leaves this function: everything else is a verdict on the person. */
async function* offboardOne(work: Row | Unfinished, run: OffboardRun): AsyncGenerator<PersonReport> {
  if ('unit' in work) {
    yield await offboardUnit(work.unit, run, work)
    return
  }
  if (work.problem !== undefined) {
    const plan = refusedPlan(work.person || `line ${work.line}`, work.tenant ?? '', { why: work.problem })
    await run.ledger.append('plan', planEntry(plan))
    yield reportPerson(plan, [])
    return
  }
  const units = unitsOf(work, run.tenants)
  if (!Array.isArray(units)) {
    await run.ledger.append('plan', planEntry(units.plan))
    yield reportPerson(units.plan, [])
    return
  }
  for (const unit of units) yield await offboardUnit(unit, run)
}

/** The tenants that a row is about; a row that belongs to none is refused. */
export function unitsOf(row: Row, tenants: readonly TenantRecord[]): Unit[] | { plan: PersonPlan } {
  const among = row.tenant === undefined ? tenants : tenants.filter(t => same(t.name, row.tenant ?? ''))
  try {
    return tenantsOf(row.person, among).map(t => ({ ...saidOf(row), person: row.person, tenant: t.name }))
  } catch (thrown) {
    const { message: why, hint } = asK1Error(thrown)
    const [only] = among
    const tenant = row.tenant ?? (among.length === 1 ? (only?.name ?? '') : '')
    return { plan: refusedPlan(row.person, tenant, { why, ...(hint ? { hint } : {}) }) }
  }
}

/** Nothing will be done, and nothing was looked up. */
function refusedPlan(person: string, tenant: string, refusal: Refusal): PersonPlan {
  const nothing = { accounts: [], planned: [], unreached: [], residual: [], notConnected: [] }
  return { person, tenant, name: '', ...nothing, refusal }
}

/** What a list says of one person. */
export function saidOf({ reason, ticket, successor }: Pick<Unit, 'reason' | 'ticket' | 'successor'>) {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(successor === undefined ? {} : { successor }),
  }
}

export async function planUnit(unit: Unit, ground: Ground, known?: Unfinished['known']): Promise<PersonPlan> {
  const reachables = await ground.reachables(unit.tenant)
  return planPerson({
    unit,
    reachables,
    options: { ...ground.options, successor: unit.successor ?? ground.options.successor },
    protectedPeople: ground.protectedFor(unit.tenant),
    ...(known ? { known } : {}),
  })
}

async function offboardUnit(unit: Unit, run: OffboardRun, before?: Unfinished): Promise<PersonReport> {
  const plan = await planUnit(unit, run, before?.known)
  await run.ledger.append('plan', planEntry(plan))
  run.onEvent?.({ type: 'plan', plan })
  const settled = new Map((before?.settled ?? []).map(result => [result.goal, result]))
  const goals = plan.planned.map(p => p.goal).filter(goal => !settled.has(goal.id))
  const results = await execute(goals, {
    ledger: run.ledger,
    clock: run.clock,
    concurrency: goalsAtOnce,
    notYet: new Set(plan.planned.filter(p => p.standing.state === 'not-yet').map(p => p.goal.id)),
    onEvent: event => run.onEvent?.({ ...event, unit }),
    ...(run.signal ? { signal: run.signal } : {}),
    ...(before ? { inDoubt: before.inDoubt, attested: before.attested, resend: before.resend } : {}),
  })
  return reportPerson(plan, [...settled.values(), ...results])
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
