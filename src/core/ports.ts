/** What the pure rooms need from the outside world, as small interfaces. `main.ts` and `store`/`http` provide them. */

export interface Clock {
  now(): Date
  /** Resolves after `ms` milliseconds; rejects with K1Error `cancelled` when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** What the one transport is told by the command line. */
export interface HttpOptions {
  /** PEM file with extra certificate authorities. */
  caFile?: string
  /** One deadline for a call with all its retries, in milliseconds. */
  deadlineMs?: number
  /** The environment, for proxy variables only. */
  env: Readonly<Record<string, string | undefined>>
  /** Told of each request with secrets already redacted; for `--debug`. */
  onExchange?: (exchange: Exchange) => void
  signal?: AbortSignal
}

export interface Exchange {
  method: string
  url: string
  /** Absent when no answer came. */
  status?: number
  /** Milliseconds from sending to the end of the answer. */
  ms: number
  attempt: number
}

/** Answers what a sign-in asks for. Each rejects with K1Error `cancelled` when the person cancels. */
export interface SignInPrompt {
  /** A 2FA code (six digits, from an authenticator). `attempt` starts at 1. */
  code(attempt: number): Promise<string>
  /** Shows a spinner while `waiting` runs; the signal aborts when the person cancels with Ctrl-C. */
  push<T>(message: string, waiting: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Several tenants behind one account: a searchable list. */
  tenant(tenants: readonly { id: string; name: string }[]): Promise<string>
}

export interface AskChoice<T> {
  value: T
  name: string
  description?: string
  /** What is so now, or by default: marked in the list, and where it begins. */
  current?: true | 'default' | 'their domain'
}

/** What a question shows when this letter is answered; then it is asked again. */
export interface AskMore {
  key: string
  /** What it is called: "details". */
  what: string
  show(): void | Promise<void>
}

/** What is wrong with a text as a sentence, or true. */
export type Validate = (text: string) => true | string | Promise<true | string>

/** Questions at a terminal. Everything rejects with K1Error `cancelled` on Ctrl-C, and `unattended` with no terminal. */
export interface Prompter {
  confirm(message: string, more?: AskMore): Promise<boolean>
  /** The person must type exactly `expected`. */
  typed(message: string, expected: string, more?: AskMore): Promise<boolean>
  input(message: string, options?: { initial?: string; validate?: Validate }): Promise<string>
  password(message: string, options?: { validate?: Validate }): Promise<string>
  /**
   * A list that can be searched by typing; Esc leaves it. `other` makes a choice of what was typed and is not in the
   * list, or a sentence on why it cannot be one.
   */
  choose<T>(
    message: string,
    choices: readonly AskChoice<T>[],
    options?: { other?: (typed: string) => AskChoice<T> | string },
  ): Promise<T>
}

// ---- stores -------------------------------------------------------------------------------------------------------

export interface TenantRecord {
  name: string
  /** Mail domains that belong to the tenant, lower case. */
  domains: string[]
}

/** Where a secret is kept. `environment` and `command` (a vault's own tool) are never written. */
export type SecretPlace = 'keyring' | 'sealed' | 'plain' | 'environment' | 'command'

export interface ConnectionRecord {
  tenant: string
  system: string
  /** Plain settings by `SettingField.key`. */
  settings: Record<string, string>
  /** Key into the secret store; several connections may share one. Absent when all secrets come from the environment. */
  secretRef?: string
  /** Names of the secret fields that are kept, never values. */
  secretFields: string[]
  place: SecretPlace
  /** With the place `command`: its words. Absent: K1CTL_SECRET_COMMAND has them. */
  command?: string[]
  /** Who we are there, as `Identity.name` said. */
  as: string
  /** Whose it is there, as `Identity.tenant` said: the company, the domain. Absent from what was connected before. */
  at?: string
  /** ISO time. */
  connectedAt: string
}

/** Somebody whom nothing may touch: break-glass, sync and service accounts. */
/** An account of somebody protected, as it was found. */
export interface ProtectedAccount {
  tenant: string
  system: string
  id: string
  /** E-mail and log-in. */
  words: string[]
}

export interface ProtectedRecord {
  /** An e-mail or a log-in, exactly; upper and lower case make no difference. */
  person: string
  /** Absent: in every tenant. */
  tenant?: string
  reason?: string
  /** Who that was found to be; absent where nobody was found. */
  accounts?: ProtectedAccount[]
}

/** Somebody whom nothing may touch in one tenant. */
export interface ProtectedPerson {
  /** As it was typed. */
  person: string
  /** Null where none was given. */
  reason: string | null
  /** All that they are known by there, and their accounts there; absent where nobody was found. */
  words?: readonly string[]
  accounts?: readonly { system: string; id: string }[]
}

/** Where one secret is kept. */
export interface SecretAddress {
  /** Key into the secret store. */
  ref: string
  place: Exclude<SecretPlace, 'environment' | 'command'>
}

/** What the configuration says: tenants, the selection, connections, and whom nothing may touch. */
export interface ConfigReading {
  tenants(): TenantRecord[]
  /** The record of this tenant, matched ignoring case. */
  tenant(name: string): TenantRecord | undefined
  current(): string | undefined
  connections(tenant?: string): ConnectionRecord[]
  connection(tenant: string, system: string): ConnectionRecord | undefined
  /** All that are protected, in the order in which they were added. */
  protectedPeople(): ProtectedRecord[]
  /** Whom nothing may touch in this tenant: those of every tenant, and its own. */
  protectedFor(tenant: string): ProtectedPerson[]
  /** Secrets that no connection uses, and that still have to be removed: a process may have been killed over it. */
  leavingSecrets(): SecretAddress[]
}

/** New values, or what makes them of the tenant as it is at the moment of the change. */
export type TenantChange =
  | { name?: string; domains?: string[] }
  | ((tenant: TenantRecord) => { name?: string; domains?: string[] })

/** The configuration within one change: as it is on the disk at that moment, and under the lock. */
export interface ConfigDraft extends ConfigReading {
  addTenant(tenant: TenantRecord): void
  updateTenant(name: string, change: TenantChange): void
  /** Also removes its connections; their secrets become `leavingSecrets`, when no one else uses them. */
  removeTenant(name: string): void
  use(name: string): void
  /** Adds or replaces. */
  connect(...connections: ConnectionRecord[]): void
  disconnect(tenant: string, system: string): void
  /** Adds, or replaces the reason; accounts that were found before stay. */
  protect(record: ProtectedRecord): void
  /** @throws K1Error `usage` when the person is not protected there; without a tenant: in every tenant. */
  unprotect(person: string, tenant?: string): void
  /** Before a secret is kept: it is one of `leavingSecrets` until a connection uses it. */
  expectSecret(secret: SecretAddress): void
  /** After a leaving secret was removed. */
  forgotSecret(secret: SecretAddress): void
}

/** The configuration. Reading is synchronous, and from a copy; writing takes a lock that other processes respect. */
export interface ConfigStore extends ConfigReading {
  readonly path: string
  /** Reads it anew. @throws K1Error `storage` */
  refresh(): Promise<void>
  /**
   * Several changes as one, computed from what is on the disk at that moment: none is lost, all are kept or none.
   * @throws whatever `work` throws, and then nothing is changed; K1Error `busy`, `storage`
   */
  change<T>(work: (draft: ConfigDraft) => T): Promise<T>
  addTenant(tenant: TenantRecord): Promise<void>
  updateTenant(name: string, change: TenantChange): Promise<void>
  removeTenant(name: string): Promise<void>
  use(name: string): Promise<void>
  connect(...connections: ConnectionRecord[]): Promise<void>
  disconnect(tenant: string, system: string): Promise<void>
  protect(record: ProtectedRecord): Promise<void>
  unprotect(person: string, tenant?: string): Promise<void>
}

export interface SecretStore {
  /**
   * Tries keyring, then sealed file; `plain` only when asked for by name. `before` hears of each place before anything
   * is written there. Answers where it was kept.
   */
  write(
    ref: string,
    values: Record<string, string>,
    place?: SecretPlace,
    before?: (place: SecretAddress['place']) => Promise<void>,
  ): Promise<SecretAddress['place']>
  /** @throws K1Error `not-set-up` when nothing is kept there, `storage` when it cannot be opened. */
  read(ref: string, place: SecretPlace): Promise<Record<string, string>>
  remove(ref: string, place: SecretPlace): Promise<void>
  /** Runs `work` while no other process keeps or removes a secret in this way. @throws K1Error `busy` */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** For `doctor`: which places work here, each with a sentence. Never takes longer than its deadline. */
  probe(): Promise<{ place: SecretPlace; works: boolean; why: string }[]>
}

export type LedgerEntryType = 'plan' | 'consent' | 'intent' | 'outcome' | 'proof' | 'attestation' | 'report'

export interface LedgerEntry {
  /** 0, 1, 2 … within the run. */
  seq: number
  /** ISO time. */
  at: string
  type: LedgerEntryType
  run: string
  /** The goal it speaks of, where it speaks of one. */
  goal?: string
  /** Anything JSON; never a secret. */
  data: unknown
  /** SHA-256 of the entry before (64 hex digits); of nothing for the first. */
  prev: string
  hash: string
}

export interface LedgerWriter {
  readonly run: string
  /** On disk, synced, when it resolves. Calls are queued; entries never interleave. */
  append(type: LedgerEntryType, data: unknown, goal?: string): Promise<LedgerEntry>
  /** Releases the run's lock. */
  close(): Promise<void>
}

/**
 * What a ledger's file is. `torn`: the last line was cut off by a crash (it is left out). `altered`: from entry `seq` on
 * something does not fit the entry before, or was never written by k1ctl. `emptied`: the file is there and holds nothing,
 * which no crash leaves: a run's file appears together with its first entry.
 */
export type LedgerChain = { state: 'intact' | 'torn' | 'emptied' } | { state: 'altered'; seq: number }

export interface LedgerReading {
  run: string
  entries: LedgerEntry[]
  /** `ledger-check.ts` says it in words, and refuses what cannot be relied on. */
  chain: LedgerChain
}

/** What a list of runs shows of one: `isWhole` when all entries are here and were checked, otherwise both ends. */
export interface LedgerGlance extends LedgerReading {
  isWhole: boolean
}

export interface LedgerStore {
  readonly path: string
  /**
   * Starts a new run and holds its lock; its file appears with the first entry. The id, `20261121-201403-4f2a`, is
   * greater than that of each run that is there, whatever the clock says: the order of ids is that of creation.
   */
  create(): Promise<LedgerWriter>
  /** Opens a run to write more. @throws K1Error `busy` when another process holds it, `storage` when the chain is altered. */
  open(run: string): Promise<LedgerWriter>
  /** @throws K1Error `usage` with the nearest ids when there is no such run, `storage` when unreadable. */
  read(run: string): Promise<LedgerReading>
  /** The same for a list, by the whole id: of a long ledger no more than its first and its last entries. */
  glance(run: string): Promise<LedgerGlance>
  /** Run ids, newest first. */
  list(): Promise<string[]>
  /** Takes over a whole run of another store, line by line. Absent where nothing is taken over. */
  adopt?(run: string, entries: readonly LedgerEntry[]): Promise<void>
}

/** What only one run at a time may work on. */
export interface Subject {
  kind: 'module' | 'person' | 'dated'
  /** Empty where it is about several. */
  tenant: string
  /** The system's id, what the person is known by, or an entry of the diary; case makes no difference. */
  name: string
}

/** Who holds a subject, for whoever finds it held. */
export interface LockBy {
  run: string
  /** `user@host`. */
  operator: string
}

export interface Locks {
  /**
   * Runs `work` while holding the subject. A holder that died loses it to the next. `still` throws K1Error `busy` once
   * the subject was lost to another process (this one was stopped for long, in another container): call it right before
   * each write.
   * @throws K1Error `busy` when somebody else holds it: says who, where, in which run and since when
   */
  hold<T>(subject: Subject, by: LockBy, work: (still: () => void) => Promise<T>): Promise<T>
}

/** What is to be done at a time, an entry each. Whoever changes one holds it (`Locks`, kind `dated`). */
export interface Diary {
  /** Ids in the order of their making. */
  list(): Promise<string[]>
  /** By an id, the beginning of one, or `last`. @throws K1Error `usage` with the nearest */
  find(text: string): Promise<string>
  /** JSON as it was written; undefined when it is gone or no JSON. @throws K1Error `storage` */
  read(id: string): Promise<unknown>
  /** A new one, under an id of its own unless it has one; on disk when it resolves. @throws K1Error `storage` */
  add(value: object, id?: string): Promise<string>
  /** Whole or not at all; `still` may throw right before. @throws K1Error `storage` */
  write(id: string, value: object, still?: () => void): Promise<void>
}

/** A person of a list, as somebody gave it. */
export interface PersonRow {
  /** Where in the list, from 1. */
  line: number
  /** An e-mail or a log-in. */
  person: string
  tenant?: string
  reason?: string
  ticket?: string
  /** E-mail of whoever gets the data. */
  successor?: string
}

/** A row that names nobody that could be looked for; the sentence says why. */
export interface ProblemRow {
  line: number
  problem: string
}

export type PeopleRow = PersonRow | ProblemRow

/** What a list of people is known by: how many rows, and SHA-256 of all of its bytes. */
export interface KeptPeople {
  count: number
  problems: number
  sha256: string
}

/** The people of a run, kept beside its ledger, so that a run over a million that was killed can go on. */
export interface PeopleList {
  /**
   * Once a run, before its first change: on disk, synced, whole or not at all.
   * @throws K1Error `storage`, also when the run has its list already; whatever `rows` throws
   */
  writePeople(run: string, rows: AsyncIterable<PeopleRow>): Promise<KeptPeople>
  /**
   * @param kept what the list has to be: compared before the first row is given out
   * @throws K1Error `storage` when there is none, it is not whole, or not the one that was kept
   */
  readPeopleList(run: string, kept?: KeptPeople): AsyncIterable<PeopleRow>
}
