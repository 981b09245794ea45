import type { Account } from '../core/account.ts'
import type { LedgerEntry } from '../core/ports.ts'
import type { RunHeader } from '../engine/run-record.ts'
import type { GoalResult } from '../engine/verdict.ts'
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
export interface PersonEntry extends Unit {
  name: string
  accounts: { system: string; account: Account }[]
  /** `was`: what was there when the plan was made; absent where it held already. */
  goals: (RunHeader['goals'][number] & { was?: unknown })[]
  unreached: RunHeader['unreached']
  residual: PersonPlan['residual']
  notConnected: string[]
  refused?: string
}

export function planEntry(plan: PersonPlan): PersonEntry {
  const { person, tenant, name, reason, ticket, successor, residual, notConnected, refusal } = plan
  return {
    person,
    tenant,
    name,
    ...(reason === undefined ? {} : { reason }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(successor === undefined ? {} : { successor }),
    accounts: plan.accounts.map(({ system, account }) => ({ system, account })),
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
    ...(refusal ? { refused: refusal.why } : {}),
  }
}

export function isOffboarding(header: RunHeader): header is OffboardHeader {
  return header.kind === 'offboarding'
}

/** What a ledger tells of each person of a run, the last plan of each counting, in the order of the first. */
export interface PersonRecord extends Unit {
  entry: PersonEntry
  /** How each goal ended, where it ended. */
  results: GoalResult[]
  /** Goals with an intent and no certain end. */
  open: Set<string>
  /** By goal: what was there before the change, as the intent says, or the first plan where another system made it. */
  before: Map<string, unknown>
  /** By goal: when its request was last accepted, ISO. */
  sentAt: Map<string, string>
}

export function peopleOf(entries: readonly LedgerEntry[]): PersonRecord[] {
  const people = new Map<string, PersonRecord>()
  const owner = new Map<string, PersonRecord>()
  const ends = new Map<string, GoalResult>()
  const planned = new Map<string, unknown>()
  for (const { type, goal, data, at } of entries) {
    if (type === 'plan' && isPersonEntry(data)) {
      const key = `${data.tenant}\n${data.person}`
      const record = people.get(key) ?? {
        ...unitOf(data),
        entry: data,
        results: [],
        open: new Set(),
        before: new Map(),
        sentAt: new Map(),
      }
      record.entry = withKnown(data, record.entry)
      people.set(key, record)
      for (const g of data.goals) {
        owner.set(g.id, record)
        if (g.was !== undefined && !planned.has(g.id)) planned.set(g.id, g.was)
      }
    } else if (goal !== undefined) {
      const record = owner.get(goal)
      if (!record) continue
      noteGoal(record, ends, goal, type, data)
      if (type === 'outcome' && isSent(data)) record.sentAt.set(goal, at)
    }
  }
  for (const record of people.values()) {
    record.results = record.entry.goals.flatMap(g => ends.get(g.id) ?? [])
    for (const { id } of record.entry.goals) {
      if (record.before.get(id) == null && planned.has(id)) record.before.set(id, planned.get(id))
    }
  }
  return [...people.values()]
}

function noteGoal(
  record: PersonRecord,
  ends: Map<string, GoalResult>,
  goal: string,
  type: string,
  data: unknown,
): void {
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

/** When requests of a run were last accepted, ISO, by goal. */
export function sentAtOf(entries: readonly LedgerEntry[]): Map<string, string> {
  return new Map(
    entries.flatMap(({ type, goal, data, at }) =>
      type === 'outcome' && goal !== undefined && isSent(data) ? [[goal, at] as const] : [],
    ),
  )
}

/** A later plan may miss what an earlier one found: an account that is gone by now, a goal of a system that is down. */
function withKnown(now: PersonEntry, before: PersonEntry): PersonEntry {
  const accounts = new Map([...before.accounts, ...now.accounts].map(a => [`${a.system}\n${a.account.id}`, a]))
  const goals = new Map([...before.goals, ...now.goals].map(g => [g.id, g]))
  return { ...now, name: now.name || before.name, accounts: [...accounts.values()], goals: [...goals.values()] }
}

function unitOf({ person, tenant }: Unit): Unit {
  return { person, tenant }
}

function isPersonEntry(data: unknown): data is PersonEntry {
  return typeof data === 'object' && data !== null && 'person' in data && 'accounts' in data
}

function isSent(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'sent' in data && data.sent === true
}

function isResult(data: unknown): data is GoalResult {
  return typeof data === 'object' && data !== null && 'end' in data
}
