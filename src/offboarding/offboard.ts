import { asK1Error } from '../core/errors.ts'
import type { Clock, LedgerWriter, TenantRecord } from '../core/ports.ts'
import { type ExecuteEvent, execute } from '../engine/execute.ts'
import type { Turns } from '../engine/turns.ts'
import type { GoalResult, Verdict } from '../engine/verdict.ts'
import { unmetIn, waitingFor } from './account-goals.ts'
import type { ProtectedPerson, Refusal } from './guard.ts'
import { planEntry } from './ledger-entries.ts'
import type { OffboardOptions } from './options.ts'
import { type PlanPersonFacts, planPerson } from './plan-person.ts'
import { reportPerson, verdictOfPeople } from './report-person.ts'
import { tenantsNamed, tenantsOf } from './tenants-of.ts'
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
  clock: Clock
}

export type OffboardEvent =
  | { type: 'plan'; plan: PersonPlan }
  | (ExecuteEvent & { unit: Unit })
  | { type: 'person'; report: PersonReport }

export interface OffboardRun extends Ground {
  ledger: LedgerWriter
  turns: Turns
  /** People at once. */
  concurrency: number
  signal?: AbortSignal
  onEvent?: (event: OffboardEvent) => void
  /** Why a plan is not the one that was agreed to, where one was shown before; undefined when it is. */
  differsFromAgreed?: (plan: PersonPlan) => string | undefined
}

/** What an earlier process left of one person, from the ledger. */
export interface Unfinished {
  unit: Unit
  known: NonNullable<PlanPersonFacts['known']>
  settled: readonly GoalResult[]
  inDoubt: ReadonlySet<string>
  /** Goals that did not hold when the run first planned them. */
  notYet: ReadonlySet<string>
  /** When the request of a goal was accepted, ISO, by goal. */
  sentAt: ReadonlyMap<string, string>
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
  // Left in the middle, it would keep its file open.
  await iterator.return?.()
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
  const units = unitsOf(work, run.tenants)
  if (!Array.isArray(units)) {
    const { plan } = units
    await run.ledger.append('plan', planEntry(plan))
    run.onEvent?.({ type: 'plan', plan })
    yield reportPerson(plan, [])
    return
  }
  for (const unit of units) {
    if (run.signal?.aborted) return
    yield await offboardUnit(unit, run)
  }
}

/** The tenants that a row is about; a row that could not be read, or that belongs to none, is refused. */
export function unitsOf(row: Row, tenants: readonly TenantRecord[]): Unit[] | { plan: PersonPlan } {
  const refused = (tenant: string, refusal: Refusal) => ({ plan: refusedPlan(row, tenant, refusal) })
  if (row.problem !== undefined) return refused(row.tenant ?? '', { why: row.problem })
  try {
    const among = tenantsNamed(row.tenant, tenants)
    return tenantsOf(row.person, among).map(t => ({ ...saidOf(row), person: row.person, tenant: t.name }))
  } catch (thrown) {
    const { message: why, hint } = asK1Error(thrown)
    const [only] = tenants
    const tenant = row.tenant ?? (tenants.length === 1 ? (only?.name ?? '') : '')
    return refused(tenant, { why, ...(hint ? { hint } : {}) })
  }
}

/** Nothing will be done, and nothing was looked up. */
function refusedPlan(row: Row, tenant: string, refusal: Refusal): PersonPlan {
  const nothing = { accounts: [], planned: [], unreached: [], residual: [], notConnected: [] }
  return { ...saidOf(row), person: row.person || `line ${row.line}`, tenant, name: '', ...nothing, refusal }
}

/** What a list says of one person. */
export function saidOf({ reason, ticket, successor }: Pick<Unit, 'reason' | 'ticket' | 'successor'>) {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(successor === undefined ? {} : { successor }),
  }
}

export async function planUnit(
  unit: Unit,
  ground: Ground,
  before?: Pick<Unfinished, 'known' | 'sentAt'>,
): Promise<PersonPlan> {
  const reachables = await ground.reachables(unit.tenant)
  return planPerson({
    unit,
    reachables,
    options: { ...ground.options, successor: unit.successor ?? ground.options.successor },
    protectedPeople: ground.protectedFor(unit.tenant),
    clock: ground.clock,
    ...(before ? { known: before.known, sentAt: before.sentAt } : {}),
  })
}

async function offboardUnit(unit: Unit, run: OffboardRun, before?: Unfinished): Promise<PersonReport> {
  const made = await planUnit(unit, run, before)
  const plan = agreedOnly(made, run.differsFromAgreed?.(made))
  await run.ledger.append('plan', planEntry(plan))
  run.onEvent?.({ type: 'plan', plan })
  const settled = new Map((before?.settled ?? []).map(result => [result.goal, result]))
  const unmet = unmetIn(
    unit,
    plan.unreached.map(u => u.system),
  )
  const goals = waitingFor(
    unmet,
    plan.planned.map(p => p.goal).filter(goal => !settled.has(goal.id)),
  )
  const results = await execute(goals, {
    ledger: run.ledger,
    clock: run.clock,
    concurrency: goalsAtOnce,
    turns: run.turns,
    unmet,
    notYet: new Set([
      ...plan.planned.filter(p => p.standing.state === 'not-yet').map(p => p.goal.id),
      ...(before?.notYet ?? []),
    ]),
    onEvent: event => run.onEvent?.({ ...event, unit }),
    ...(run.signal ? { signal: run.signal } : {}),
    ...(before
      ? {
          inDoubt: before.inDoubt,
          sentBefore: new Set(before.sentAt.keys()),
          attested: before.attested,
          resend: before.resend,
        }
      : {}),
  })
  return reportPerson(plan, [...settled.values(), ...results])
}

/** Nothing is done beyond what somebody agreed to: what has changed since is refused. */
function agreedOnly(plan: PersonPlan, difference: string | undefined): PersonPlan {
  if (difference === undefined || plan.refusal) return plan
  const why = `It is no longer as it was when you agreed: ${difference}.`
  return { ...plan, planned: [], refusal: { why, hint: 'Look again: give the command once more.' } }
}
