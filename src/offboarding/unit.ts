import type { Account } from '../core/account.ts'
import type { Session, SystemAbout } from '../core/system.ts'
import type { UnitPlan, UnitReport } from '../engine/unit.ts'

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

/** What a list says of one person. */
export function saidOf({ reason, ticket, successor }: Pick<Unit, 'reason' | 'ticket' | 'successor'>) {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(successor === undefined ? {} : { successor }),
  }
}

export interface FoundAccount {
  system: string
  title: string
  account: Account
}

/** Where somebody was looked for, how, and how many accounts were found there. */
export interface Searched {
  system: string
  /** "e-mail, alias or log-in"; "id" where an earlier process had found the account. */
  by: string
  accounts: number
  /** What was asked for: the word that was given, and e-mails that were found elsewhere. */
  words?: readonly string[]
  /** What the credential is for: a company, a domain, a tenant, as the system calls it. */
  within?: string
  /** What else is known of how it was searched: "the list of all 2500 people was read". */
  steps?: readonly string[]
  /** Why it proves nothing that nobody was found: a person is not proved by this silence. */
  blind?: string
  /** Whose word it is that there is nobody. */
  note?: string
}

export interface PersonPlan extends Unit, UnitPlan {
  /** As the systems know them; empty when they were found nowhere. */
  name: string
  accounts: FoundAccount[]
  /** What access remains whatever is done: sentences by system. */
  residual: { system: string; note: string }[]
  /** Systems that could hold an account and are not connected. */
  notConnected: string[]
  searched: Searched[]
}

/** How it ended for one person. */
export interface PersonReport extends Unit, UnitReport {
  name: string
  unreached: { system: string; why: string }[]
  why?: string
  hint?: string
  /** Nothing was done because another run was at them. */
  busy?: boolean
  /** Of the goals that held already: those that did not yet when it was planned (a block ends sessions by itself). */
  sincePlan?: number
  residual: { system: string; note: string }[]
  notConnected: string[]
  searched: Searched[]
}
