/** Tenants, connections, secrets and people as they are kept, as small interfaces. `store` provides them. */

export interface TenantRecord {
  name: string
  /** Mail domains that belong to the tenant, lower case. */
  domains: string[]
  /** In which dates are meant there, as IANA names it; absent: that of whoever asks. */
  zone?: string
  /** What needs the approval of somebody else than who asks for it; absent: nothing does. */
  approval?: ApprovalRule
}

export interface ApprovalRule {
  /** Accounts are deleted. */
  delete?: true
  /** Devices are erased. */
  erase?: true
  /** More people at once than that. */
  people?: number
  /** Require Log In, and its exceptions, are changed. */
  requireLogIn?: true
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

/** An account of somebody protected, as it was found. */
export interface ProtectedAccount {
  tenant: string
  system: string
  id: string
  /** E-mail and log-in. */
  words: string[]
}

/** Somebody whom nothing may touch: break-glass, sync and service accounts. */
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
export type TenantChange = TenantValues | ((tenant: TenantRecord) => TenantValues)

/** `approval` null: nothing needs one any more; `zone` null: none of its own any more. */
export interface TenantValues {
  name?: string
  domains?: string[]
  approval?: ApprovalRule | null
  zone?: string | null
}

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

/** That the sealed secrets are open for a time. */
export interface Unlocked {
  /** ISO time. */
  until: string
  /** Process id of the agent that keeps the key. */
  agent: number
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
  /**
   * Has the key of the sealed secrets kept in memory for so many milliseconds, for this user, so that nobody is asked.
   * @throws K1Error `not-set-up` where nothing is sealed, `storage` for a wrong passphrase, `refused` where it is not safe
   */
  unlock(ms: number): Promise<Unlocked>
  unlockedUntil(): Promise<Unlocked | undefined>
  /** False when it was not unlocked. */
  lock(): Promise<boolean>
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
