import type { Reach } from './features.ts'
import type { Difference, Standing } from './goal.ts'

/** What an offboarding wants to hold for one account, in the order in which it is brought about. */
export const accountGoalKinds = [
  'admin-roles-dropped',
  'sign-in-blocked',
  'sessions-ended',
  'credentials-revoked',
  'groups-left',
  'access-freed',
  'data-handed-over',
  'devices-released',
  'deleted',
] as const

export type AccountGoalKind = (typeof accountGoalKinds)[number]

/** The four moves of an offboarding over all systems: nothing is taken away before the person is kept out everywhere. */
export const phases = ['keep out', 'take away', 'devices', 'delete'] as const

export type Phase = (typeof phases)[number]

const keepingOut: ReadonlySet<AccountGoalKind> = new Set([
  'admin-roles-dropped',
  'sign-in-blocked',
  'sessions-ended',
  'credentials-revoked',
])

export function phaseOf(kind: AccountGoalKind | undefined): Phase {
  if (kind === undefined || keepingOut.has(kind)) return 'keep out'
  if (kind === 'deleted') return 'delete'
  return kind === 'devices-released' ? 'devices' : 'take away'
}

/** What happens to the devices of a leaver: `--devices`. */
export const deviceFates = ['release', 'lock', 'erase'] as const

export type DeviceFate = (typeof deviceFates)[number]

/** The four steps of an offboarding; a system belongs to one. */
export const offboardingSteps = ['directory', 'infrastructure', 'applications', 'devices'] as const

export type OffboardingStep = (typeof offboardingSteps)[number]

/** What a system can do about one goal of an offboarding: data, readable without credentials. */
export interface AccountGoalAbout {
  kind: AccountGoalKind
  /**
   * `reached`: k1ctl brings it about and reads it back. `unobservable`: brought about, and nobody can read it back.
   * `by-hand`: a person does it. `not-here`: this system has no such thing, or no API for it.
   */
  how: 'reached' | 'unobservable' | 'by-hand' | 'not-here'
  /** What access may remain, or why it cannot be done; a sentence. */
  note?: string
}

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
  /** When the request of a goal was accepted earlier in this run, ISO, by kind: what is queued is not sent twice. */
  sentAt?: Readonly<Partial<Record<AccountGoalKind, string>>>
  /** Systems in which this person has an account, or a part by hand: only those can be followed. */
  present: ReadonlySet<string>
}

/** One goal for one account, as the system's own folder knows how to look at it and bring it about. */
export interface AccountGoal {
  kind: AccountGoalKind
  reach: Reach
  /** "Graphus: sign-in is blocked" without the system's name: "Sign-in is blocked". */
  summary: string
  effect: 'reversible' | 'irreversible'
  repeatable: boolean
  /** Kinds of the same account that must hold first. */
  after: readonly AccountGoalKind[]
  /** Kinds of the same account that must have ended first, however they ended. */
  behind?: readonly AccountGoalKind[]
  /**
   * Why it may come to hold only some time after it was asked for ("the agent has not called in since"): then it is
   * `pending`, not failed, and asking again is not how to get it.
   */
  later?: string
  /** What access remains whatever is done here, found on this account: sentences for the report. */
  residual?: readonly string[]
  /**
   * Set when another system is expected to bring it about (automatic deprovisioning): `bring` then only waits. The
   * goal begins after that system's own goals, and one that does not come in time is `pending`, not failed.
   */
  follows?: { system: string; why: string }
  differences: readonly Difference[]
  warnings: readonly string[]
  /** Steps for a person; such a goal has no `bring`. */
  byHand?: readonly string[]
  look(): Promise<Standing>
  /** `nothing`: nobody can read it back, and there was a reason not to send it (the account was blocked already). */
  bring?(): Promise<unknown>
  /** Gives back what `before` (a reading of `look` before the change) shows. Absent where it cannot be undone. */
  undo?(before: unknown): AccountGoal
}

/** People of one system, for one tenant. */
export interface PeopleAccess {
  /**
   * Every account that matches exactly: e-mail, alias or log-in, ignoring case. None is no error; several are for the
   * caller to refuse.
   */
  find(word: string): Promise<Account[]>
  /** The account by its own id, also when it is inactive; null when there is none any more. */
  account(id: string): Promise<Account | null>
  /**
   * All goals that this system can reach for the account, also those that already hold. The account's id is all that
   * is needed to build them again in another process.
   */
  goals(account: Account, options: AccountGoalOptions): Promise<AccountGoal[]>
  /** Every account, for orphans. */
  list(): AsyncIterable<Account>
  /** How many accounts there are, where the system says so cheaply; null otherwise. */
  count(): Promise<number | null>
}
