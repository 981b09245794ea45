import type { AccountGoalKind, DeviceFate } from './account-kinds.ts'
import type { Change } from './change.ts'
import type { GoalSpec } from './goal.ts'

/** Somebody's account in one system. */
export interface Account {
  /** The system's own immutable id. */
  id: string
  /** The log-in name. */
  login: string
  email: string
  /** As a person would recognise them: "Amy O'Brien". */
  name: string
  active: boolean
  /** In a list of people: whether it is active was not shown; then it counts as active. */
  activeUnseen?: true
  /** Names of roles; administrators' roles are marked. */
  roles: { name: string; admin: boolean }[]
  /** Why this account may not be touched: "the last administrator", "the Root Admin". */
  untouchable?: string
  /** Id of the system that this account is synced from, and that has to be changed instead: `active-directory`. */
  masteredIn?: string
  /**
   * What the system's folder wants to remember of the moment when it was found (when the password was last changed).
   * Kept in the run's ledger, so that a resumed run compares with the same; never a secret.
   */
  asFound?: Readonly<Record<string, string>>
  /** ISO time of the last sign-in, in a list of people, where the system tells it along. */
  lastSignIn?: string
  /** True when the system cannot look anybody up, so that nobody knows whether there is such an account. */
  assumed?: true
}

export interface AccountGoalOptions {
  /** Also delete, at the end. */
  delete: boolean
  /** E-mail of whoever gets the data. */
  successor?: string
  /** How long to wait for what takes its time (a system that follows another, a transfer), in milliseconds. */
  waitMs: number
  /** `release`: taken from the person. `lock`, `erase`: that, and also locked or erased. */
  devices: DeviceFate
  /** Meetings that they organised are called off; nobody can take that back. */
  cancelMeetings?: true
  /** When the request of a goal was accepted earlier in this run, ISO, by kind: what is queued is not sent twice. */
  sentAt?: Readonly<Partial<Record<AccountGoalKind, string>>>
  /** Of those, by kind, ids of the things that were taken then. Absent where nobody noted them: all but the refused. */
  takenThen?: Readonly<Partial<Record<AccountGoalKind, readonly string[]>>>
  /** When each was last taken, ISO, by kind and by id. */
  takenAt?: Readonly<Partial<Record<AccountGoalKind, Readonly<Record<string, string>>>>>
  /** Of those, by kind, what was noted of things that were taken, by id. */
  notes?: Readonly<Partial<Record<AccountGoalKind, Readonly<Record<string, string>>>>>
  /** Of those, by kind, ids of the things that were refused then. */
  refusedThen?: Readonly<Partial<Record<AccountGoalKind, readonly string[]>>>
  /** Systems in which this person has an account, or a part by hand: only those can be followed. */
  present: ReadonlySet<string>
}

/** One goal for one account, as the system's own folder knows how to look at it and bring it about. */
export interface AccountGoal<R = unknown, C extends Change = Change> extends GoalSpec<R, C> {
  kind: AccountGoalKind
  /** Kinds of the same account that must hold first. */
  after: readonly AccountGoalKind[]
  /** Kinds of the same account that must have ended first, however they ended. */
  behind?: readonly AccountGoalKind[]
  /**
   * Set when another system is expected to bring it about (automatic deprovisioning): then nothing is sent, only looked
   * at until `settlesWithin`. The goal begins after that system's own goals, and one that does not come in time is
   * `pending`, not failed.
   */
  follows?: { system: string; why: string }
}

/** Notes what finding an account has read already, by the names that its goals use, so that no plan asks twice. */
export type NoteReading = (accountId: string, name: string, value: unknown) => void

/** Notes how somebody was looked for, a clause a step, for the report: "the list of all 2500 people was read". */
export type NoteSearch = (step: string) => void

/** People of one system, for one tenant. */
export interface PeopleAccess {
  /**
   * Every account that matches exactly: e-mail, alias or log-in, ignoring case. None is no error; several are for the
   * caller to refuse. None is said only of a list that is whole.
   * @throws K1Error `contract` where nobody was found in a list that may be cut off
   */
  find(word: string, note?: NoteReading, told?: NoteSearch): Promise<Account[]>
  /** The account by its own id, also when it is inactive; null when there is none any more. */
  account(id: string): Promise<Account | null>
  /**
   * All goals that this system can reach for the account, also those that already hold. Nothing of the account is read
   * for it: its id is all that is needed to build them again in another process.
   */
  goals(account: Account, options: AccountGoalOptions): Promise<AccountGoal[]>
  /** Whom the system names as their manager; null: nobody. Absent where it knows of none. */
  manager?(id: string): Promise<Account | null>
  /** Every account, for orphans. */
  list(): AsyncIterable<Account>
  /** How many accounts there are, where the system says so cheaply; null otherwise. */
  count(): Promise<number | null>
}
