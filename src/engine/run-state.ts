import type { AccountGoalKind } from '../core/account-kinds.ts'
import { K1Error } from '../core/errors.ts'
import type { Reach } from '../core/features.ts'
import type { LedgerEntry, LedgerReading, Subject } from '../core/ledger-store.ts'
import type { GoalResult, Verdict } from './verdict.ts'

/** A goal as a ledger keeps it: all that is needed to build it again. */
export interface KeptGoal {
  id: string
  tenant: string
  system: string
  summary: string
  spec: unknown
  person?: string
  kind?: AccountGoalKind
  reach?: Reach
  /** What was there when the plan was made; absent where it held already. */
  was?: unknown
}

/** What runs do. Ledgers of before `kind` was written down for all have none on a run over modules. */
export type RunKind = 'offboarding' | 'posture' | 'undo'

/** What the first ledger entry of a run says: who, what, and, where it was written before units were, all its goals. */
export interface RunHeader {
  kind?: RunKind
  command: string
  operator: string
  goals: KeptGoal[]
  unreached: KeptUnreached[]
  /** Of an undo: what the other run took and nobody can give back. Ledgers of earlier versions have none. */
  lost?: Lost[]
}

export interface Lost {
  goal: string
  system: string
  summary: string
  why: string
}

export interface KeptUnreached {
  tenant: string
  system: string
  why: string
  /** What was asked for, to ask again: plain JSON. */
  asks?: unknown
}

/** What a plan entry says of one unit of a run: a person, or a module. */
export interface UnitEntry {
  tenant: string
  person?: string
  module?: string
  goals: KeptGoal[]
  unreached: KeptUnreached[]
  refused?: string
}

/** What a ledger tells of one unit, the last plan counting. */
export interface UnitRecord<E extends UnitEntry = UnitEntry> {
  subject: Subject
  entry: E
  /** How each goal ended, where it ended, in the order of the plan. */
  results: GoalResult[]
  /** Goals with an intent and no certain end. */
  open: Set<string>
  /** By goal: what was there before the change, as the intent says, or the first plan where another system made it. */
  before: Map<string, unknown>
  /** By goal: when its request was last accepted, ISO. */
  sentAt: Map<string, string>
  /** By goal of which something was accepted: ids of its things that were refused, and not taken since. */
  refusedThings: Map<string, Set<string>>
}

/** All that a ledger tells of a run. */
export interface RunState {
  run: string
  kind: RunKind
  header: RunHeader
  startedAt: string
  endedAt: string
  /** `interrupted` when the process died before a report was written. */
  verdict: Verdict | 'interrupted'
  units: UnitRecord[]
  /** Null when it was cut off before anybody's consent was written down. */
  consent: LedgerEntry | null
  /** What persons said they did, by goal, as a sentence. The last word on a goal counts. */
  attested: Map<string, string>
  chain: LedgerReading['chain']
}

/** What an undo could not even try to give back. */
export function lostIn({ lost }: RunHeader): Lost[] {
  return Array.isArray(lost) ? lost : []
}

/** Reads a run back from its ledger. This is the only reader: what is shown, resumed, verified, undone is this. */
export function foldRun(reading: LedgerReading): RunState {
  const { run, entries, chain } = reading
  const first = firstOf(reading)
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

function firstOf({ run, entries, chain }: LedgerReading): LedgerEntry {
  const [first] = entries
  if (!first && chain.state === 'altered') {
    throw new K1Error('storage', `The ledger of run ${run} was altered from its first entry on.`, {
      hint: 'Nothing that it says can be relied on. Look in the modules: k1ctl status',
      facts: { run },
    })
  }
  if (first?.type !== 'plan') {
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

/** Units in the order of their first plan. A later plan may miss what an earlier one found: then both count. */
export function foldUnits(entries: readonly LedgerEntry[]): UnitRecord[] {
  const units = new Map<string, UnitRecord>()
  const owner = new Map<string, UnitRecord>()
  const ends = new Map<string, GoalResult>()
  const planned = new Map<string, unknown>()
  for (const { type, goal, data, at } of entries) {
    if (type === 'plan') {
      for (const entry of unitEntriesIn(data)) {
        const record = noteUnit(units, entry)
        for (const { id, was } of entry.goals) {
          owner.set(id, record)
          if (was !== undefined && !planned.has(id)) planned.set(id, was)
        }
      }
    } else if (goal !== undefined) {
      const record = owner.get(goal)
      if (!record) continue
      noteGoal(record, ends, goal, type, data)
      if (type === 'outcome' && isSent(data)) noteSent(record, goal, at, data)
    }
  }
  for (const record of units.values()) {
    record.results = record.entry.goals.flatMap(({ id }) => ends.get(id) ?? [])
    for (const { id } of record.entry.goals) {
      if (record.before.get(id) == null && planned.has(id)) record.before.set(id, planned.get(id))
    }
  }
  return [...units.values()]
}

/** The head of a run is no unit, unless it was written when a run over modules had one plan for all. */
function unitEntriesIn(data: unknown): UnitEntry[] {
  if (isUnitEntry(data)) return [data]
  const { goals = [], unreached = [] } = data as Partial<RunHeader>
  const places = new Map(
    [...goals, ...unreached].map(({ tenant, system }) => [`${tenant}\n${system}`, { tenant, system }]),
  )
  return [...places.values()].map(({ tenant, system }) => {
    const here = (one: { tenant: string; system: string }) => one.tenant === tenant && one.system === system
    return { tenant, module: system, goals: goals.filter(here), unreached: unreached.filter(here) }
  })
}

function isUnitEntry(data: unknown): data is UnitEntry {
  return typeof data === 'object' && data !== null && 'tenant' in data && ('person' in data || 'module' in data)
}

function noteUnit(units: Map<string, UnitRecord>, entry: UnitEntry): UnitRecord {
  const subject = subjectOf(entry)
  const key = `${subject.kind}\n${subject.tenant}\n${subject.name}`
  const known = units.get(key)
  const record: UnitRecord = known ?? {
    subject,
    entry,
    results: [],
    open: new Set(),
    before: new Map(),
    sentAt: new Map(),
    refusedThings: new Map(),
  }
  if (known) record.entry = merged(entry, known.entry)
  units.set(key, record)
  return record
}

function subjectOf({ tenant, person, module: name = '' }: UnitEntry): Subject {
  return person === undefined ? { kind: 'module', tenant, name } : { kind: 'person', tenant, name: person }
}

function merged(now: UnitEntry, before: UnitEntry): UnitEntry {
  const goals = new Map([...before.goals, ...now.goals].map(g => [g.id, g]))
  const [found, foundBefore] = [now, before].map(accountsIn)
  const accounts = [...(foundBefore ?? []), ...(found ?? [])]
  const byId = new Map(accounts.map(a => [`${a.system}\n${a.account.id}`, a]))
  return {
    ...now,
    goals: [...goals.values()],
    ...(accounts.length > 0 ? { accounts: [...byId.values()] } : {}),
    ...('name' in now && 'name' in before ? { name: now.name || before.name } : {}),
  }
}

function accountsIn(entry: UnitEntry): { system: string; account: { id: string } }[] {
  return 'accounts' in entry && Array.isArray(entry.accounts) ? entry.accounts : []
}

function noteGoal(record: UnitRecord, ends: Map<string, GoalResult>, goal: string, type: string, data: unknown): void {
  if (type === 'intent') {
    record.open.add(goal)
    ends.delete(goal)
    const before = (data as { before?: unknown }).before
    if (!record.before.has(goal)) record.before.set(goal, before ?? null)
  } else if (isResult(data)) {
    ends.set(goal, data)
    if (data.end !== 'unknown') record.open.delete(goal)
  }
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

interface Sent {
  sent: true
  taken?: string[]
  refused?: { id: string }[]
}

function isSent(data: unknown): data is Sent {
  return typeof data === 'object' && data !== null && 'sent' in data && data.sent === true
}

function noteSent(record: UnitRecord, goal: string, at: string, { taken = [], refused = [] }: Sent): void {
  record.sentAt.set(goal, at)
  const open = new Set([...(record.refusedThings.get(goal) ?? []), ...refused.map(({ id }) => id)])
  for (const id of taken) open.delete(id)
  record.refusedThings.set(goal, open)
}

function isResult(data: unknown): data is GoalResult {
  return typeof data === 'object' && data !== null && 'end' in data
}
