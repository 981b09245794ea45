import type { LedgerEntry, TenantRecord } from '../core/ports.ts'
import { verdictOf } from '../engine/verdict.ts'
import { type PersonRecord, peopleOf } from './ledger-entries.ts'
import { type Row, saidOf, type Unfinished, unitsOf } from './offboard.ts'
import type { PersonReport } from './unit.ts'

export interface ResumeFacts {
  entries: readonly LedgerEntry[]
  /** The people of the run as they were given; null where the list is gone, and then only what was begun is finished. */
  rows: AsyncIterable<Row> | null
  tenants: readonly TenantRecord[]
  resend: boolean
}

/** What is left of a run: people whose goals did not all end for certain, and people that it never came to. */
export async function* leftOf({ entries, rows, tenants, resend }: ResumeFacts): AsyncGenerator<Row | Unfinished> {
  const people = peopleOf(entries)
  const attested = attestationsOf(entries)
  for (const record of people) {
    if (isFinished(record)) continue
    yield {
      unit: { ...saidOf(record.entry), person: record.person, tenant: record.tenant },
      known: record.entry.accounts,
      settled: record.results.filter(r => r.end === 'changed' || r.end === 'already'),
      inDoubt: record.open,
      notYet: new Set([...record.before].filter(([, was]) => was != null).map(([goal]) => goal)),
      sentAt: record.sentAt,
      attested,
      resend,
    }
  }
  if (!rows) return
  const begun = new Set(people.map(keyOf))
  for await (const row of rows) {
    const units = unitsOf(row, tenants)
    if (!Array.isArray(units)) {
      if (!begun.has(keyOf(units.plan))) yield row
      continue
    }
    // Of somebody in several tenants, only those that the run never came to.
    for (const unit of units) if (!begun.has(keyOf(unit))) yield { ...row, tenant: unit.tenant }
  }
}

/** People that a resume leaves as they are, with the verdict that they have. */
export function finishedPeople(entries: readonly LedgerEntry[]): PersonReport[] {
  return peopleOf(entries).filter(isFinished).map(reportOf)
}

/** The report on one person from the ledger alone. */
export function reportOf({ person, tenant, entry, results }: PersonRecord): PersonReport {
  const { name, residual, notConnected, refused } = entry
  const unreached = entry.unreached.map(({ system, why }) => ({ system, why }))
  const base = { person, tenant, name, results, residual, notConnected, unreached }
  if (refused !== undefined) return { ...base, verdict: 'incomplete', why: refused }
  if (entry.goals.length === 0 && unreached.length === 0) {
    return { ...base, verdict: 'unknown-person', why: 'Found in no system that is connected.' }
  }
  const unfinished = entry.goals.length - results.length
  return { ...base, verdict: verdictOf(results, unreached.length + unfinished) }
}

/** What persons said they did, by goal, as a sentence. The last word on a goal counts. */
export function attestationsOf(entries: readonly LedgerEntry[]): Map<string, string> {
  const attested = new Map<string, string>()
  for (const { type, goal, at, data } of entries) {
    if (type !== 'attestation' || goal === undefined) continue
    const { by, note } = data as { by: string; note: string }
    attested.set(goal, `Attested by ${by} at ${at}: ${note}`)
  }
  return attested
}

/** A refusal is final (nobody agreed to more); so is a person who was found nowhere: ask again with a new run. */
function isFinished({ entry, results, open }: PersonRecord): boolean {
  if (entry.refused !== undefined) return true
  if (entry.unreached.length > 0 || open.size > 0 || results.length < entry.goals.length) return false
  return results.every(r => r.end === 'changed' || r.end === 'already')
}

function keyOf({ person, tenant }: { person: string; tenant: string }): string {
  return `${tenant}\n${person}`.toLowerCase()
}
