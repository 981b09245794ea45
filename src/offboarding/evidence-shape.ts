import type { AccountGoalKind, OffboardingStep } from '../core/account-kinds.ts'
import type { Difference } from '../core/change.ts'
import type { Reach } from '../core/features.ts'
import type { LedgerReading } from '../core/ledger-store.ts'
import type { End, Verdict } from '../engine/verdict.ts'
import type { State } from './states.ts'

/** What a run leaves for an auditor: told from its ledger alone, so that the same ledger always tells the same. */
export interface Evidence {
  run: string
  /** `change`: of the features of modules, or a way back. */
  kind: 'offboarding' | 'change'
  command: string
  operator: string
  /** ISO times of the first and the last entry. */
  started: string
  ended: string
  /** `interrupted`: k1ctl ended before it was through. */
  verdict: Verdict | 'interrupted'
  reason: string | null
  ticket: string | null
  /** Who said yes, and how: `flag` (--yes), `terminal`, `not-needed`. */
  consents: { at: string; by: string; how: string }[]
  ledger: {
    /** `altered`: entries from `alteredFrom` on do not fit, and nothing of them is told here. */
    state: LedgerReading['chain']['state']
    alteredFrom: number | null
    entries: number
    /** SHA-256 of the last entry, in hex; it depends on every entry before it. Null when there is none. */
    hash: string | null
    /** Where a team has keys, and its signatures are wrong: how, so that nothing told here may be relied on. */
    doubt: string | null
  }
  people: EvidencePerson[]
  /** Goals that are about no person: the features of a module. */
  settings: EvidenceGoal[]
  /** Systems that could not be asked, where it is not said for a person. */
  unreached: EvidenceUnreached[]
  /** Of a run that gave back what another took: what nobody could give back. */
  lost: { goal: string; system: string; title: string; summary: string; why: string }[]
}

export interface EvidencePerson {
  /** As the operator named them. */
  person: string
  /** As the systems know them; empty when they were found nowhere. */
  name: string
  tenant: string
  verdict: Verdict | 'interrupted' | 'refused'
  reason: string | null
  ticket: string | null
  /** Why nothing was done for this person. */
  refused: string | null
  accounts: { system: string; title: string; id: string; login: string; email: string; name: string }[]
  /** All four, in their order, also those without a goal. */
  steps: { step: OffboardingStep; goals: EvidenceGoal[] }[]
  unreached: EvidenceUnreached[]
  /** Systems that could hold an account and are not connected: nobody looked there. */
  notConnected: { system: string; title: string }[]
  /** Access that may remain, on purpose or because nobody can end it there. */
  residual: { system: string; title: string; note: string }[]
  /** Where they were looked for, and how; null in a ledger of before that was written down. */
  searched: EvidenceSearched[] | null
  /** What did not come to hold, and needs somebody to act. */
  leftToAPerson: EvidenceOpen[]
  /** What comes by itself, or is to be looked at again (a device, a system that follows), or was not begun. */
  waiting: EvidenceOpen[]
  attestations: EvidenceAttestation[]
}

export interface EvidenceOpen {
  goal: string
  title: string
  summary: string
  why: string | null
  hint: string | null
  steps: string[]
  /** Whether anything was sent for it, in this run or a resumption. */
  asked: boolean
}

export interface EvidenceSearched {
  system: string
  title: string
  /** "e-mail, alias or log-in"; "id" where an earlier process had found the account. */
  by: string
  words: readonly string[]
  /** Company, domain or tenant, as the system calls it. */
  within: string | null
  /** "the list of all 2500 people was read". */
  steps: readonly string[]
  accounts: number
  /** Why it proves nothing that nobody was found. */
  blind: string | null
  note: string | null
}

export interface EvidenceGoal {
  goal: string
  tenant: string
  system: string
  /** The system as people know it. */
  title: string
  kind: AccountGoalKind | null
  summary: string
  reach: Reach
  /** `not-finished`: begun, and nobody knows how it ended. `not-begun`: k1ctl ended before it. */
  end: End | 'not-finished' | 'not-begun'
  /** Read back, and found to hold. */
  proved: boolean
  /** ISO time of the reading that proved it, or of the end; null when there is none. */
  at: string | null
  /** ISO time at which the change was last sent; null when k1ctl sent nothing. */
  sentAt: string | null
  /** How often a change was begun; more than once after an interruption. */
  sent: number
  /** The reading that proved it, as a line: "active: no, login: amy@x.example". */
  proof: string | null
  /** What was read before the change and at the end, as it is in the ledger; null where nothing was read. */
  before: unknown
  after: unknown
  /** The same, a thing a line: nothing is left out. */
  states: State[]
  why: string | null
  hint: string | null
  /** Steps for a person. */
  steps: string[]
  differences: Difference[]
}

export interface EvidenceUnreached {
  system: string
  title: string
  why: string
}

export interface EvidenceAttestation {
  goal: string
  title: string
  summary: string
  at: string
  by: string
  note: string
}
