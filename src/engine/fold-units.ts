import type { LedgerEntry, Subject } from '../core/ledger-store.ts'
import type { RunHeader, UnitEntry, UnitRecord } from './run-record.ts'
import type { GoalResult } from './verdict.ts'

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
    begun: new Set(),
    open: new Set(),
    doubtful: new Map(),
    before: new Map(),
    sentAt: new Map(),
    takenThings: new Map(),
    takenAt: new Map(),
    notes: new Map(),
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
    const { before, things } = data as { before?: unknown; things?: string[] }
    noteDoubt(record, goal, things)
    record.begun.add(goal)
    record.open.add(goal)
    ends.delete(goal)
    if (!record.before.has(goal)) record.before.set(goal, before ?? null)
  } else if (isResult(data)) {
    ends.set(goal, data)
    if (data.end === 'unknown' || ('stillInDoubt' in data && data.stillInDoubt === true)) return
    record.open.delete(goal)
    record.doubtful.delete(goal)
  }
}

/** Once nobody knows which things it was about, naming some later does not make the others certain. */
function noteDoubt({ open, doubtful }: UnitRecord, goal: string, things: readonly string[] | undefined): void {
  const known = doubtful.get(goal)
  if (things === undefined) doubtful.delete(goal)
  else if (known || !open.has(goal)) doubtful.set(goal, new Set([...(known ?? []), ...things]))
}

interface Sent {
  sent: true
  /** Absent in ledgers of before what was taken was named, all of it. */
  round?: number
  taken?: string[]
  notes?: Record<string, string>
  refused?: { id: string; unsure?: true }[]
}

function isSent(data: unknown): data is Sent {
  return typeof data === 'object' && data !== null && 'sent' in data && data.sent === true
}

function noteSent(
  record: UnitRecord,
  goal: string,
  at: string,
  { round, taken = [], notes, refused = [] }: Sent,
): void {
  const named = record.sentAt.has(goal) ? record.takenThings.get(goal) : new Set<string>()
  if (round === undefined) record.takenThings.delete(goal)
  else if (named) record.takenThings.set(goal, new Set([...named, ...taken]))
  record.takenAt.set(goal, { ...record.takenAt.get(goal), ...Object.fromEntries(taken.map(id => [id, at])) })
  if (notes) record.notes.set(goal, { ...record.notes.get(goal), ...notes })
  const certain = [...taken, ...refused.filter(one => !one.unsure).map(({ id }) => id)]
  for (const id of certain) record.doubtful.get(goal)?.delete(id)
  record.sentAt.set(goal, at)
  const open = new Set([...(record.refusedThings.get(goal) ?? []), ...refused.map(({ id }) => id)])
  for (const id of taken) open.delete(id)
  record.refusedThings.set(goal, open)
}

function isResult(data: unknown): data is GoalResult {
  return typeof data === 'object' && data !== null && 'end' in data
}
