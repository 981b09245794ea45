import { type AccountGoalKind, accountGoalKinds } from '../core/account-kinds.ts'
import type { Difference } from '../core/change.ts'
import type { Reach } from '../core/features.ts'
import type { LedgerEntry } from '../core/ledger-store.ts'
import type { End } from '../engine/verdict.ts'
import type { Searched } from './unit.ts'

/** What a plan entry of the ledger says, as far as a report needs it; an entry of another version says less. */
export interface PlanEntry {
  /** Null in an entry that is about no person: the head of a run. */
  person: string | null
  tenant: string
  name: string
  reason: string | null
  ticket: string | null
  refused: string | null
  accounts: { system: string; id: string; login: string; email: string; name: string }[]
  goals: PlannedGoal[]
  residual: { system: string; note: string }[]
  unreached: { system: string; why: string }[]
  notConnected: string[]
  /** Null in an entry of before that was written down. */
  searched: Searched[] | null
}

export interface PlannedGoal {
  id: string
  /** Null where it is about no person. */
  person: string | null
  tenant: string
  system: string
  kind: AccountGoalKind | null
  summary: string
  reach: Reach | null
}

export function parsePlanEntry({ data }: LedgerEntry): PlanEntry {
  const refused = member(data, 'refused')
  return {
    person: textOr(member(data, 'person'), null),
    tenant: textOr(member(data, 'tenant'), ''),
    name: textOr(member(data, 'name'), ''),
    reason: textOr(member(data, 'reason') ?? member(member(data, 'options'), 'reason'), null),
    ticket: textOr(member(data, 'ticket') ?? member(member(data, 'options'), 'ticket'), null),
    refused: textOr(member(refused, 'why') ?? refused, null),
    accounts: list(member(data, 'accounts')).map(found => {
      const account = member(found, 'account')
      return {
        system: textOr(member(found, 'system'), ''),
        id: textOr(member(account, 'id'), ''),
        login: textOr(member(account, 'login'), ''),
        email: textOr(member(account, 'email'), ''),
        name: textOr(member(account, 'name'), ''),
      }
    }),
    goals: list(member(data, 'goals')).map(goal => ({
      id: textOr(member(goal, 'id'), ''),
      person: textOr(member(goal, 'person') ?? member(data, 'person'), null),
      tenant: textOr(member(goal, 'tenant'), textOr(member(data, 'tenant'), '')),
      system: textOr(member(goal, 'system'), ''),
      kind: accountGoalKinds.find(kind => kind === member(goal, 'kind')) ?? null,
      summary: textOr(member(goal, 'summary'), ''),
      reach: reaches.find(reach => reach === member(goal, 'reach')) ?? null,
    })),
    residual: list(member(data, 'residual')).map(r => ({
      system: textOr(member(r, 'system'), ''),
      note: textOr(member(r, 'note'), ''),
    })),
    unreached: list(member(data, 'unreached')).map(u => ({
      system: textOr(member(u, 'system'), ''),
      why: textOr(member(u, 'why'), ''),
    })),
    notConnected: texts(member(data, 'notConnected')),
    searched: parseSearched(member(data, 'searched')),
  }
}

function parseSearched(searched: unknown): Searched[] | null {
  if (!Array.isArray(searched)) return null
  return searched.map((one: unknown) => {
    const optional = (name: string) => {
      const text = textOr(member(one, name), null)
      return text === null ? {} : { [name]: text }
    }
    const accounts = member(one, 'accounts')
    return {
      system: textOr(member(one, 'system'), ''),
      by: textOr(member(one, 'by'), ''),
      accounts: typeof accounts === 'number' ? accounts : 0,
      words: texts(member(one, 'words')),
      steps: texts(member(one, 'steps')),
      ...optional('within'),
      ...optional('blind'),
      ...optional('note'),
    }
  })
}

/** How a goal ended, as the entry that closes it says. */
export interface ClosingEntry {
  end: End
  proved: boolean
  at: string
  kind: AccountGoalKind | null
  reach: Reach | null
  summary: string | null
  /** Undefined where nothing was read. */
  reading: unknown
  why: string | null
  hint: string | null
  steps: string[]
  differences: Difference[]
}

/** Null for an entry that closes nothing: "sent", say. */
export function parseClosingEntry({ type, data }: LedgerEntry): ClosingEntry | null {
  const end = ends.find(known => known === member(data, 'end'))
  if ((type !== 'outcome' && type !== 'proof') || end === undefined) return null
  return {
    end,
    proved: member(data, 'proved') === true,
    at: textOr(member(data, 'at'), ''),
    kind: accountGoalKinds.find(kind => kind === member(data, 'kind')) ?? null,
    reach: reaches.find(reach => reach === member(data, 'reach')) ?? null,
    summary: textOr(member(data, 'summary'), null),
    reading: member(data, 'reading'),
    why: textOr(member(data, 'why'), null),
    hint: textOr(member(data, 'hint'), null),
    steps: texts(member(data, 'steps')),
    differences: list(member(data, 'differences')).map(difference => ({
      what: textOr(member(difference, 'what'), ''),
      before: textOr(member(difference, 'before'), ''),
      after: textOr(member(difference, 'after'), ''),
    })),
  }
}

const ends: readonly End[] = ['changed', 'already', 'refused', 'by-hand', 'pending', 'failed', 'unknown']

const reaches: readonly Reach[] = ['api', 'contract', 'by-hand']

export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The text, or what else it should be; an empty text counts as none. */
export function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' && value !== '' ? value : otherwise
}

function texts(value: unknown): string[] {
  return list(value).filter(one => typeof one === 'string')
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
