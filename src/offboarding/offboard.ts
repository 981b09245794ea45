import { asK1Error } from '../core/errors.ts'
import type { Refusal } from '../core/goal.ts'
import type { Clock } from '../core/ports.ts'
import type { ProtectedPerson, TenantRecord } from '../core/stores.ts'
import type { Earlier, Job } from '../engine/unit.ts'
import type { WorkEvent } from '../engine/work.ts'
import { onlyAsShown, onlyWhatWasShown, type Shown } from './agreed.ts'
import type { Beside } from './beside.ts'
import { isPersonRecord, planEntry } from './ledger-entries.ts'
import type { OffboardOptions } from './options.ts'
import { planPerson } from './plan-person.ts'
import { reportPerson } from './report-person.ts'
import type { Asking } from './search-person.ts'
import { tenantsNamed, tenantsOf } from './tenants-of.ts'
import { type PersonPlan, type PersonReport, type Reachable, saidOf, type Unit } from './unit.ts'

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

export interface OffboardingGround {
  /** The tenants of this call. */
  tenants: readonly TenantRecord[]
  /** The systems of a tenant that the options let in. */
  reachables(tenant: string): Promise<readonly Reachable[]>
  /** Asked for each person anew: somebody may be protected while a run goes on. */
  protectedFor(tenant: string): Promise<readonly ProtectedPerson[]>
  /** The systems of a tenant that are connected, and that the options leave out. */
  beside?(tenant: string): Promise<Beside>
  options: OffboardOptions
  clock: Clock
  asking?: Asking
}

/** One person of one tenant, as a run works on them; or a row that names nobody, and why. */
export type Leaver = { unit: Unit; earlier?: Earlier } | { refused: PersonPlan }

export type OffboardEvent = WorkEvent<Leaver, PersonPlan, PersonReport>

/**
 * Offboarding as a job of the engine.
 * @param shown what was shown of each person before somebody agreed; absent where it was agreed to whatever is found
 */
export function offboardingJob(ground: OffboardingGround, shown?: Shown): Job<Leaver, PersonPlan, PersonReport> {
  return {
    subjectOf: leaver =>
      'refused' in leaver ? null : { kind: 'person', tenant: leaver.unit.tenant, name: leaver.unit.person },
    earlierOf: leaver => ('unit' in leaver ? leaver.earlier : undefined),
    async plan(leaver) {
      if ('refused' in leaver) return leaver.refused
      const made = await planUnit(leaver.unit, ground, leaver.earlier)
      if (!shown) return made
      return leaver.earlier ? onlyWhatWasShown(made, shown) : onlyAsShown(made, shown)
    },
    refused: (leaver, refusal) =>
      'refused' in leaver ? leaver.refused : { ...nothingFor(leaver.unit, leaver.unit.tenant), refusal },
    entryOf: planEntry,
    report: reportPerson,
  }
}

/** The people of rows, each tenant of theirs by itself. */
export async function* leaversOf(rows: AsyncIterable<Row>, tenants: readonly TenantRecord[]): AsyncGenerator<Leaver> {
  for await (const row of rows) {
    const units = unitsOf(row, tenants)
    if (Array.isArray(units)) for (const unit of units) yield { unit }
    else yield { refused: units.plan }
  }
}

/** The tenants that a row is about; a row that could not be read, or that belongs to none, is refused. */
export function unitsOf(row: Row, tenants: readonly TenantRecord[]): Unit[] | { plan: PersonPlan } {
  const refused = (tenant: string, refusal: Refusal) => ({ plan: { ...nothingFor(row, tenant), refusal } })
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
function nothingFor(row: Omit<Row, 'line'> & { line?: number }, tenant: string): PersonPlan {
  const nothing = { accounts: [], planned: [], unreached: [], residual: [], notConnected: [], searched: [] }
  return { ...saidOf(row), person: row.person || `line ${row.line}`, tenant, name: '', ...nothing }
}

export async function planUnit(unit: Unit, ground: OffboardingGround, earlier?: Earlier): Promise<PersonPlan> {
  const reachables = await ground.reachables(unit.tenant)
  const known = earlier && isPersonRecord(earlier.record) ? earlier.record.entry.accounts : undefined
  return planPerson({
    unit,
    reachables,
    options: { ...ground.options, successor: unit.successor ?? ground.options.successor },
    protectedPeople: () => ground.protectedFor(unit.tenant),
    ...(ground.beside ? { beside: await ground.beside(unit.tenant) } : {}),
    clock: ground.clock,
    ...(ground.asking ? { asking: ground.asking } : {}),
    ...(known?.length ? { known } : {}),
    ...(earlier ? { earlier: earlier.record } : {}),
  })
}
