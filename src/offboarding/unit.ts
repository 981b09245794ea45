import type { Account } from '../core/account.ts'
import type { Session, SystemAbout } from '../core/system.ts'
import type { Planned, Unreached } from '../engine/plan.ts'
import type { GoalResult, Verdict } from '../engine/verdict.ts'

/** One system of one tenant, as the offboarding sees it. `open` is absent when nothing is connected. */
export interface Reachable {
  tenant: string
  /** `graphus`, or `scim:zoom` for one of several of a kind. */
  id: string
  title: string
  about: SystemAbout
  open?: () => Promise<Session>
}

/** One leaver in one tenant: what an offboarding plans, executes and reports as a whole. */
export interface Unit {
  /** As it was given: an e-mail or a log-in. */
  person: string
  tenant: string
  /** What the list says of this one person; the options of the call where it says nothing. */
  reason?: string
  ticket?: string
  successor?: string
}

export interface FoundAccount {
  system: string
  title: string
  account: Account
}

export interface PersonPlan extends Unit {
  /** As the systems know them; empty when they were found nowhere. */
  name: string
  accounts: FoundAccount[]
  planned: Planned[]
  unreached: Unreached[]
  /** Why nothing will be done for this person. */
  refusal?: { why: string; hint?: string }
  /** What access remains whatever is done: sentences by system. */
  residual: { system: string; note: string }[]
  /** Systems that could hold an account and are not connected. */
  notConnected: string[]
}

/** How it ended for one person. */
export interface PersonReport extends Unit {
  name: string
  verdict: Verdict
  results: GoalResult[]
  unreached: { system: string; why: string }[]
  why?: string
  hint?: string
  residual: { system: string; note: string }[]
  notConnected: string[]
}
