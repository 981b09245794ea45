import type { LedgerReading } from './ledger-store.ts'

/** Whose signature a packet has. Only `good` says that somebody of the list signed exactly this ledger. */
export type Signature =
  | { state: 'good'; key: string; by: string }
  /** It fits; whose key it is nobody said. */
  | { state: 'nobody vouches'; key: string }
  | { state: 'not a signer'; key: string; why: string }
  | { state: 'wrong'; why: string }
  | { state: 'none' }

/** When somebody else saw it, by their signed word (RFC 3161). Only `good` was checked against their authority. */
export type TimeStamp =
  | { state: 'good'; at: string }
  | { state: 'nobody vouches'; at: string }
  | { state: 'wrong'; why: string }
  | { state: 'none' }

/** A run's ledger in a folder of its own, with what proves it to whoever has no k1ctl. */
export interface Packets {
  /**
   * Makes the folder: the ledger byte for byte, its signature, and its time stamp where `stamp` gets one.
   * @param stamp answers the reply of a time-stamping authority to a query
   * @throws K1Error `usage` when the folder is there already, or the key does not sign; and then leaves no piece of it
   */
  write(folder: string, reading: LedgerReading, key: string, stamp?: (query: Buffer) => Promise<Buffer>): Promise<void>
  /** @throws K1Error `usage` when that is no packet */
  read(folder: string): Promise<LedgerReading>
  signature(folder: string, signers: string | undefined): Promise<Signature>
  /** @param authority path of a PEM file with the certificate of whoever stamped */
  timeStamp(folder: string, authority: string | undefined): Promise<TimeStamp>
}
