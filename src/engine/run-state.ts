import { K1Error } from '../core/errors.ts'
import { requireSound } from '../core/ledger-check.ts'
import { requireShape } from '../core/ledger-shape.ts'
import type { LedgerEntry, LedgerReading } from '../core/ledger-store.ts'
import { foldUnits } from './fold-units.ts'
import { lostIn, type RunHeader, type RunState } from './run-record.ts'
import type { Verdict } from './verdict.ts'

/** Reads a run back from its ledger. This is the only reader: what is shown, resumed, verified, undone is this. */
export function foldRun(reading: LedgerReading): RunState {
  const { run, entries, chain } = reading
  const first = firstOf(reading)
  requireShape(reading)
  const header = first.data as RunHeader
  const last = entries.at(-1) ?? first
  const report = entries.findLast(e => e.type === 'report')
  const ended = report !== undefined && last.type !== 'intent' && entries.indexOf(report) >= lastWorkOf(entries)
  const verdict = ended ? (report.data as { verdict: Verdict }).verdict : 'interrupted'
  return {
    run,
    kind: header.kind ?? 'posture',
    header,
    startedAt: first.at,
    endedAt: last.at,
    // However well the rest went: what nobody can give back is not given back.
    verdict: verdict === 'proved' && lostIn(header).length > 0 ? 'incomplete' : verdict,
    units: foldUnits(entries),
    consent: entries.find(e => e.type === 'consent') ?? null,
    attested: attestationsIn(entries),
    chain,
  }
}

function firstOf(reading: LedgerReading): LedgerEntry {
  const { run, entries, chain } = reading
  const [first] = entries
  if (chain.state === 'emptied') requireSound(reading)
  if (!first && chain.state === 'altered') {
    throw new K1Error('storage', `The ledger of run ${run} was altered from its first entry on.`, {
      hint: 'Nothing that it says can be relied on. Look in the modules: k1ctl status',
      facts: { run },
    })
  }
  if (!first) {
    throw new K1Error('storage', `The ledger of run ${run} has no plan; it was cut off before the run began.`, {
      hint: 'Nothing was changed in that run.',
    })
  }
  return first
}

/** What a person attests after the report opens no run again. */
function lastWorkOf(entries: readonly LedgerEntry[]): number {
  return entries.findLastIndex(e => e.type !== 'report' && e.type !== 'attestation')
}

function attestationsIn(entries: readonly LedgerEntry[]): Map<string, string> {
  const attested = new Map<string, string>()
  for (const { type, goal, at, data } of entries) {
    if (type !== 'attestation' || goal === undefined) continue
    const { by, note } = data as { by: string; note: string }
    attested.set(goal, `Attested by ${by} at ${at}: ${note}`)
  }
  return attested
}
