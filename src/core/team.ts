/** The operators of a team: their keys, and what each of them may do. `store` provides them where a team shares a store. */

import type { LedgerReading } from './ledger-store.ts'
import type { AskPassphrase } from './ports.ts'
import type { SecretAddress } from './stores.ts'

/** Who is an `owner` may all that the others may. */
export const roles = ['viewer', 'operator', 'approver', 'owner'] as const
export type TeamRole = (typeof roles)[number]

export interface TeamOperator {
  /** The first 32 hex digits of the SHA-256 of the public key (SPKI). */
  key: string
  name: string
  /** SPKI in base64. */
  public: string
  /** ISO times. */
  registered: string
  revoked: string | null
  /** `tenant` null: in all of them. */
  roles: { tenant: string | null; roles: TeamRole[] }[]
}

/** What somebody signed, and with which key. */
export interface Signed {
  key: string
  /** Ed25519, base64. */
  sig: string
}

/** A text with the signature of whoever agreed to it, or approved it, as the run keeps it. */
export interface SignedText extends Signed {
  what: 'agreement' | 'approval'
  text: string
}

export interface KeyOptions {
  ask: AskPassphrase | undefined
  /** Only there; absent: the best place that works. */
  keep?: SecretAddress['place'] | undefined
}

export interface Team {
  /** All that ever registered, in that order. @throws K1Error `storage` when their list was altered, or is not the one that this machine saw */
  operators(): Promise<TeamOperator[]>
  /** Who this machine works as; undefined where it has no key, or one that is not registered. */
  me(): Promise<TeamOperator | undefined>
  /** Makes a key, keeps it on this machine, registers it: without a role, but for the first one of a team. @throws K1Error `usage` */
  register(name: string, options: KeyOptions): Promise<TeamOperator>
  /**
   * The same for another machine. The first registration cannot be taken back: the private key (PKCS #8, PEM) is kept
   * by `keep` before anybody is told of it.
   */
  registerFor(name: string, keep: (pem: string) => Promise<void>): Promise<TeamOperator>
  /** Instead of what they have there. @throws K1Error `forbidden`, `usage` */
  setRoles(key: string, tenant: string | null, roles: readonly TeamRole[], options: KeyOptions): Promise<void>
  /** What they sign from now on is told as signed by nobody. @throws K1Error `forbidden`, `usage` */
  revoke(key: string, options: KeyOptions): Promise<void>
  /**
   * Before anything is written or sent. Lets everybody pass while nobody is registered.
   * @param tenants empty: in all of them
   * @throws K1Error `not-set-up` without a key, `forbidden` without the role
   */
  require(role: TeamRole, tenants: readonly string[]): Promise<void>
  /** Has the private key at hand, so that nobody is asked for a passphrase later on. */
  unlock(ask: AskPassphrase | undefined): Promise<void>
  /** Undefined while nobody is registered. @param what tells signatures of different things apart: `agreement` */
  sign(what: string, text: string): Promise<Signed | undefined>
  /** Who signed it, when they have the role there now. @throws K1Error `forbidden` with what is wrong */
  signerOf(signed: Signed | undefined, what: string, text: string, need: Need): Promise<TeamOperator | undefined>
  /** Who signed the entries of a run, or what is wrong with that. */
  signatures(reading: LedgerReading): Promise<SignatureFinding>
}

export interface Need {
  role: TeamRole
  tenants: readonly string[]
}

/** Of a run's entries. `seq` is the first of which it is so. */
export type SignatureFinding =
  | {
      state: 'signed'
      by: { key: string; name: string; entries: number }[]
      /** For whom a worker acted. */
      mandate: { what: SignedText['what']; key: string; name: string }[]
    }
  /** Of before the team had keys. */
  | { state: 'unsigned' }
  /** It says so, and the store has it only since then (ISO times): brought there, or made since. */
  | { state: 'unsigned-since'; since: string; recorded: string }
  | { state: 'missing'; seq: number; since: string }
  | { state: 'wrong'; seq: number; key: string; name: string }
  | { state: 'unknown'; seq: number; key: string }
  | { state: 'revoked'; seq: number; key: string; name: string; revoked: string }
  | { state: 'no-role'; seq: number; key: string; name: string }
  /** In the consent: what somebody else agreed to, or approved. */
  | { state: 'mandate'; seq: number; why: string }

/** In words that go into a line; `isGood` when nothing is wrong with it. */
export function signatureWords(finding: SignatureFinding): { isGood: boolean; words: string } {
  switch (finding.state) {
    case 'signed': {
      const by = finding.by.map(({ name, key, entries }) => `${name} (${key.slice(0, 8)}, ${entries} entries)`)
      const mandate = finding.mandate.map(({ what, name, key }) => `; ${what} by ${name} (${key.slice(0, 8)})`)
      return { isGood: true, words: `signed by ${by.join(', ')}${mandate.join('')}` }
    }
    case 'unsigned':
      return { isGood: true, words: 'not signed: of before the team had keys' }
    case 'unsigned-since':
      return {
        isGood: false,
        words: `NOT SIGNED: it says that it is of before the team had keys (${finding.since}), and the store has it only since ${finding.recorded}: brought with k1ctl store copy, or made since`,
      }
    case 'missing':
      return {
        isGood: false,
        words: `NOT SIGNED from entry ${finding.seq} on, though this team signs since ${finding.since}`,
      }
    case 'wrong':
      return {
        isGood: false,
        words: `FORGED: entry ${finding.seq} has not the signature of ${finding.name} (${finding.key.slice(0, 8)}); somebody made the chain anew`,
      }
    case 'unknown':
      return {
        isGood: false,
        words: `UNKNOWN KEY: entry ${finding.seq} is signed with ${finding.key.slice(0, 8)}, which nobody registered`,
      }
    case 'revoked':
      return {
        isGood: false,
        words: `REVOKED KEY: entry ${finding.seq} is signed by ${finding.name}, whose key was revoked before that, ${finding.revoked}`,
      }
    case 'mandate':
      return { isGood: false, words: `FORGED: entry ${finding.seq}: ${finding.why}` }
    case 'no-role':
      return {
        isGood: false,
        words: `NO ROLE: entry ${finding.seq} is signed by ${finding.name} (${finding.key.slice(0, 8)}), who was no operator then`,
      }
  }
}

/** Whether somebody has a role in each of these tenants; without any: in all there are. */
export function hasRole(operator: Pick<TeamOperator, 'roles'>, role: TeamRole, tenants: readonly string[]): boolean {
  const given = (tenant: string | null) =>
    operator.roles.some(
      one =>
        (one.tenant === null || one.tenant.toLowerCase() === tenant?.toLowerCase()) &&
        (one.roles.includes(role) || one.roles.includes('owner')),
    )
  return tenants.length === 0 ? given(null) : tenants.every(given)
}
