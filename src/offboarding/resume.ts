import * as z from 'zod/mini'
import type { TenantRecord } from '../core/stores.ts'
import type { RunState } from '../engine/run-record.ts'
import { worstOf } from '../engine/unit.ts'
import { isSettled } from '../engine/work.ts'
import { isPersonRecord, type PersonRecord } from './ledger-entries.ts'
import { type Leaver, type Row, unitsOf } from './offboard.ts'
import { personVerdict } from './report-person.ts'
import { type PersonReport, saidOf, type Unit } from './unit.ts'

export interface ResumeFacts {
  state: Pick<RunState, 'units' | 'attested'>
  /** The people of the run as they were given; null where the list is gone, and then only what was begun is finished. */
  rows: AsyncIterable<Row> | null
  tenants: readonly TenantRecord[]
  resend: boolean
}

/** What is left of a run: people whose goals did not all end for certain, and people that it never came to. */
export async function* leftOf({ state, rows, tenants, resend }: ResumeFacts): AsyncGenerator<Leaver> {
  const people = state.units.filter(isPersonRecord)
  for (const record of people) {
    if (isFinished(record)) continue
    const { person, tenant } = record.entry
    yield {
      unit: { ...saidOf(record.entry), person, tenant },
      earlier: { record, attested: state.attested, resend },
    }
  }
  if (!rows) return
  const begun = new Set(people.map(({ entry }) => keyOf(entry)))
  for await (const row of rows) {
    const units = unitsOf(row, tenants)
    if (!Array.isArray(units)) {
      if (!begun.has(keyOf(units.plan))) yield { refused: units.plan }
      continue
    }
    // Of somebody in several tenants, only those that the run never came to.
    for (const unit of units) if (!begun.has(keyOf(unit))) yield { unit }
  }
}

/** Whether going on with the run may settle something of it: people are left, or it never came to all of them. */
export function isOpen({ units, verdict, consent }: Pick<RunState, 'units' | 'verdict' | 'consent'>): boolean {
  const people = units.filter(isPersonRecord)
  if (verdict === 'interrupted' || !people.every(isFinished)) return true
  const { count = 0 } = agreedPeople.safeParse(consent?.data).data?.agreed.people ?? {}
  return people.length < count || worstOf(people.map(record => reportOf(record).verdict)) !== verdict
}

const agreedPeople = z.object({ agreed: z.object({ people: z.object({ count: z.number() }) }) })

/** People that a resume leaves as they are, with the verdict that they have. */
export function finishedPeople({ units }: Pick<RunState, 'units'>): PersonReport[] {
  return units.filter(isPersonRecord).filter(isFinished).map(reportOf)
}

/** The report on one person from the ledger alone. */
export function reportOf({ entry, results }: PersonRecord): PersonReport {
  const { person, tenant, name, residual, notConnected, refused, busy, searched = [] } = entry
  const unreached = entry.unreached.map(({ system, why }) => ({ system, why }))
  const base = { person, tenant, name, results, residual, notConnected, unreached, searched }
  if (refused !== undefined) return { ...base, verdict: 'incomplete', why: refused, ...(busy ? { busy } : {}) }
  if (entry.goals.length === 0 && unreached.length === 0) {
    return { ...base, verdict: 'unknown-person', why: 'Found in no system that is connected.' }
  }
  const unfinished = entry.goals.length - results.length
  return { ...base, ...personVerdict(results, unreached.length + unfinished, searched) }
}

/**
 * A refusal is final (nobody agreed to more), but where another run was at the person; so is a person who was found
 * nowhere: ask again with a new run.
 */
function isFinished({ entry, results, open }: PersonRecord): boolean {
  if (entry.refused !== undefined) return entry.busy !== true
  if (entry.unreached.length > 0 || open.size > 0 || results.length < entry.goals.length) return false
  return results.every(isSettled)
}

function keyOf({ person, tenant }: Pick<Unit, 'person' | 'tenant'>): string {
  return `${tenant}\n${person}`.toLowerCase()
}
