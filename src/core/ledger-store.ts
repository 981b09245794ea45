/** The ledger of runs, what only one of them at a time may work on, and what has a date. `store` provides them. */

import type { PeopleRow } from './stores.ts'

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
  /** Who signed it, where a team has keys: part of what is hashed. */
  key?: string
  /** Ed25519 over the hash, base64. */
  sig?: string
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
 * something does not fit the entry before, or was never written by k1ctl; `missing` says how many are left out there,
 * where the others are as they were written. `emptied`: the file is there and holds nothing, which no crash leaves: a
 * run's file appears together with its first entry.
 */
export type LedgerChain = { state: 'intact' | 'torn' | 'emptied' } | { state: 'altered'; seq: number; missing?: number }

export interface LedgerReading {
  run: string
  entries: LedgerEntry[]
  /** `ledger-check.ts` says it in words, and refuses what cannot be relied on. */
  chain: LedgerChain
}

/**
 * What a list of runs shows of one: all entries (`isWhole`), each line checked; or both ends. Then `chain` tells of these
 * ends alone, and what they say is no proof.
 */
export interface LedgerGlance extends LedgerReading {
  isWhole: boolean
}

/** Which runs. */
export interface RunFilter {
  tenant?: string
  /** As the run was told who. */
  person?: string
  /** From, and before; whole seconds count. */
  since?: Date
  until?: Date
  limit?: number
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
  /** By the whole id. A run that was cut off before its first entry is none: nothing was sent in it. @throws K1Error `storage` */
  has(run: string): Promise<boolean>
  /** Run ids, newest first. Of whom and where, only a store with an index knows: others leave none out for that. */
  list(filter?: RunFilter): Promise<string[]>
  /**
   * Many whole ones, by their ids and in that order, in few calls; by the store's sums of their lines, where these fit.
   * Absent where each is a file of its own.
   */
  readEach?(runs: readonly string[]): AsyncIterable<LedgerReading>
  /** Runs that are not as they were written, by the store's own sums; absent where there are none. */
  doubtful?(): Promise<string[]>
  /** Takes over a whole run of another store, line by line, with its people: all of it or nothing. Absent where nothing is taken over. */
  adopt?(run: string, entries: readonly LedgerEntry[], people?: AsyncIterable<PeopleRow>): Promise<void>
}

/** What only one run at a time may work on. */
export interface Subject {
  kind: 'module' | 'person' | 'account' | 'dated' | 'file'
  /** Empty where it is about several. */
  tenant: string
  /** The system's id, the word a person was given by, a system and the account's id in it, an entry of the diary, or a path; case makes no difference. */
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
   * Runs `work` while holding the subject, or all of several, taken in their order. A holder that died loses it to the
   * next. `still` throws K1Error `busy` once a subject was lost to another process (this one was stopped for long, in
   * another container): call it right before each write. What is held by way of `beside`, and given back before this,
   * costs little.
   * @throws K1Error `busy` when somebody else holds one: says who, where, in which run and since when
   */
  hold<T>(
    subject: Subject | readonly Subject[],
    by: LockBy,
    work: (still: () => void, beside: Locks) => Promise<T>,
  ): Promise<T>
}

/** What is to be done at a time, an entry each. Whoever changes one holds it (`Locks`, kind `dated`). */
export interface Diary {
  /** Ids in the order of their making. */
  list(): Promise<string[]>
  /** By an id, the beginning of one, or `last`. @throws K1Error `usage` with the nearest */
  find(text: string): Promise<string>
  /** All that were due in a time, or done in a run that began in it, and those of which nobody can tell; perhaps others, too. */
  between(since: Date, until: Date): Promise<{ id: string; value: unknown }[]>
  /** JSON as it was written; undefined when it is gone or no JSON. @throws K1Error `storage` */
  read(id: string): Promise<unknown>
  /** A new one, under an id of its own unless it has one; on disk when it resolves. @throws K1Error `storage` */
  add(value: object, id?: string): Promise<string>
  /** Whole or not at all; `still` may throw right before. @throws K1Error `storage` */
  write(id: string, value: object, still?: () => void): Promise<void>
  /**
   * Out of the list for ever: one that is not as k1ctl wrote it. What is kept of it stays beside, with who put it away and
   * when; answers where. @throws K1Error `storage`
   */
  putAway(id: string, by: { at: string; operator: string }, still?: () => void): Promise<string>
}
