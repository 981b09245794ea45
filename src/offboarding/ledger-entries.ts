import type { Account } from '../core/account.ts'
import type { LedgerEntry } from '../core/ledger-store.ts'
import { foldUnits } from '../engine/fold-units.ts'
import type { RunHeader, UnitEntry, UnitRecord } from '../engine/run-record.ts'
import type { OffboardOptions } from './options.ts'
import type { PersonPlan, Unit } from './unit.ts'

/** The first entry of a run over people. */
export interface OffboardHeader extends RunHeader {
  kind: 'offboarding'
  options: OffboardOptions
  /** Tenants of the call, by name. */
  tenants: string[]
}

/** The plan of one person, as the ledger keeps it. */
export interface PersonEntry extends UnitEntry, Unit {
  person: string
  tenant: string
  name: string
  accounts: { system: string; account: Account }[]
  residual: PersonPlan['residual']
  notConnected: string[]
  /** Where they were looked for, how, and how many accounts were found; absent in ledgers of earlier versions. */
  searched?: PersonPlan['searched']
}

export type PersonRecord = UnitRecord<PersonEntry>

export function planEntry(plan: PersonPlan): PersonEntry {
  const { person, tenant, name, reason, ticket, successor, residual, notConnected, refusal, searched } = plan
  return {
    person,
    tenant,
    name,
    ...(reason === undefined ? {} : { reason }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(successor === undefined ? {} : { successor }),
    accounts: plan.accounts.map(({ system, account }) => ({ system, account })),
    searched,
    goals: plan.planned.map(({ goal, standing }) => ({
      id: goal.id,
      tenant,
      person,
      system: goal.system,
      ...(goal.kind ? { kind: goal.kind } : {}),
      reach: goal.reach,
      summary: goal.summary,
      spec: goal.spec,
      ...(standing.state === 'not-yet' ? { was: standing.reading } : {}),
    })),
    unreached: plan.unreached.map(u => ({ tenant, system: u.system, why: u.error.message })),
    residual,
    notConnected,
    ...(refusal ? { refused: refusal.why, ...(refusal.busy ? { busy: true } : {}) } : {}),
  }
}

export function isOffboarding(header: RunHeader): header is OffboardHeader {
  return header.kind === 'offboarding'
}

/** What a ledger tells of each person of a run, the last plan of each counting, in the order of the first. */
export function peopleOf(entries: readonly LedgerEntry[]): PersonRecord[] {
  return foldUnits(entries).filter(isPersonRecord)
}

export function isPersonRecord(record: UnitRecord): record is PersonRecord {
  return record.entry.person !== undefined && 'accounts' in record.entry
}
