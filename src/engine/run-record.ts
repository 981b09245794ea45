import type { AccountGoalKind } from '../core/account-kinds.ts'
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
  /** It was refused because another run was at it: going on asks again. Absent where it is refused for good. */
  busy?: boolean
}

/** What a ledger tells of one unit, the last plan counting. */
export interface UnitRecord<E extends UnitEntry = UnitEntry> {
  subject: Subject
  entry: E
  /** How each goal ended, where it ended, in the order of the plan. */
  results: GoalResult[]
  /** Goals with an intent. */
  begun: Set<string>
  /** Of those, the ones without a certain end. */
  open: Set<string>
  /** Of those, by goal, ids of what was about to be sent, and of which nothing more is known; absent: maybe all. */
  doubtful: Map<string, Set<string>>
  /** By goal: what was there before the change, as the intent says, or the first plan where another system made it. */
  before: Map<string, unknown>
  /** By goal: when its request was last accepted, ISO. */
  sentAt: Map<string, string>
  /** By goal: ids of its things that were taken. Absent where the ledger does not name them: all but the refused. */
  takenThings: Map<string, Set<string>>
  /** By goal: when things were last taken, ISO, by id. */
  takenAt: Map<string, Readonly<Record<string, string>>>
  /** By goal: what was noted of things that were taken, by id. */
  notes: Map<string, Readonly<Record<string, string>>>
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
