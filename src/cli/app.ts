import type { Readable } from 'node:stream'
import type { AttestationStore } from '../core/attestation.ts'
import type { FeatureKey } from '../core/features.ts'
import type { Diary, LedgerStore, Locks } from '../core/ledger-store.ts'
import type { Packets } from '../core/packet.ts'
import type { PastChecks } from '../core/past-checks.ts'
import type { AskPassphrase, Clock, HttpOptions, Prompter } from '../core/ports.ts'
import type { PreferenceStore } from '../core/preferences.ts'
import type { SharedLimits } from '../core/shared-limits.ts'
import type { ConfigStore, PeopleList, SecretStore } from '../core/stores.ts'
import type { System, SystemAbout } from '../core/system.ts'
import type { Team } from '../core/team.ts'
import type { TeamWork } from '../core/team-work.ts'
import type { Screen } from './screen.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** What the sandbox answers once it runs. */
export interface RunningSandbox {
  systems: Record<string, { url: string; control: string; credentials: Record<string, string> }>
  /** People who sign in to administer, where people do. */
  operators: readonly {
    systems: readonly string[]
    username: string
    company: string
    password: string
    challenge: 'none' | 'two-factor' | 'push'
    code?: string
    role: string
  }[]
  tenants: readonly {
    name: string
    domains: readonly string[]
    connections: Record<string, { settings: Record<string, string>; secrets: Record<string, string> }>
  }[]
  close(): Promise<void>
}

/** A module with Unified Login that k1ctl knows only from its help pages. */
export interface ConsoleModule {
  id: string
  title: string
  /** Where its console keeps the settings; absent where no help page says. */
  place?: string
  /** Features that its help pages show. */
  seen: Readonly<Partial<Record<FeatureKey, object>>>
}

/** Of one system. */
export interface SandboxQuirks {
  system: string
  quirks: readonly { name: string; source: string; what: string }[]
}

/** Everything that a command may touch. Built once, by `main.ts` or by a test; costly things are functions. */
export interface App {
  version: string
  /** The Node version that runs it: `22.9.0`. */
  runtime: string
  env: Env
  stdin: Readable & { isTTY?: boolean }
  stdout: Screen
  stderr: Screen
  /** Where it goes that something is waited for, say: to `stderr`, until a worker's log takes it. */
  notices: { tell(line: string): void }
  clock: Clock
  /** Aborts on Ctrl-C. */
  signal: AbortSignal
  /** Aborts what is in flight, where that is given time to end. */
  callSignal?: AbortSignal
  /** Who is at the keyboard, for the ledger: `user@host`. */
  operator: string
  /** What the operator likes. Asked for first: `env` then has what it stands for. */
  preferences(): Promise<PreferenceStore & { given: Env }>
  config(): Promise<ConfigStore>
  /** `askPassphrase` is absent when nobody can be asked. */
  secrets(askPassphrase?: AskPassphrase): Promise<SecretStore>
  ledger(): Promise<LedgerStore>
  peopleList(): Promise<PeopleList>
  /** What is to be done at a time. */
  diary(): Promise<Diary>
  /** What persons said of features that nobody can read. */
  attestations(): Promise<AttestationStore>
  /** What posture checks found, day by day. */
  pastChecks(): Promise<PastChecks>
  /** What only one run at a time may work on. */
  locks(): Promise<Locks>
  /** Limits of the systems that a team keeps together; undefined where everything lies in files. */
  limits(): Promise<SharedLimits | undefined>
  /** Who works here, and what they may do; undefined where one person keeps all in files. */
  team(): Promise<Team | undefined>
  /** @throws K1Error `busy` when this process may not go on with what it is at: another machine may be at it */
  still(): void
  /** Workers of a team, and what they take their work from; undefined where everything lies in files. */
  teamWork(): Promise<TeamWork | undefined>
  /** Where all of this is kept: files of this user, or a team's PostgreSQL. */
  stores(): Promise<Stores>
  /** A file that the operator names. @throws K1Error `usage` */
  readText(path: string): Promise<string>
  /** SHA-256 of such a file, as 64 hex digits. @throws K1Error `usage` */
  hashFile(path: string): Promise<string>
  /** Whole or not at all; for this user alone where it is new, or a secret. @throws K1Error `usage`, `storage` */
  writeText(path: string, text: string, how?: { isSecret: boolean }): Promise<void>
  /** Reads such a file, and writes what `change` makes of it, while no other k1ctl does. @throws K1Error `usage`, `busy`, `storage` */
  changeText(path: string, change: (text: string) => Promise<string>): Promise<void>
  /** With those above it, for this user alone where they are new. @throws K1Error `storage` */
  makeFolder(path: string): Promise<void>
  prompter(): Promise<Prompter>
  /** Shows a finished text in the person's pager; false where there is none, and nothing was shown. */
  page(text: string): Promise<boolean>
  /** Posts one JSON document to an address that the operator gave, which is hidden like a secret. */
  post(address: string, json: unknown, http: HttpOptions): Promise<void>
  /** The same with bytes, for an answer that is signed by whoever gives it. */
  postBytes(address: string, bytes: Buffer, type: string, http: HttpOptions): Promise<Buffer>
  /** Ledgers in folders of their own, sealed for whoever has no k1ctl. */
  packets(): Promise<Packets>
  systems(): Promise<Systems>
  /** The page of the system with exactly this id; undefined where there is none. */
  systemPage(id: string): Promise<string | undefined>
  /** Up to three of `names` that somebody who typed `word` may have meant. */
  nearest(word: string, names: readonly string[]): Promise<string[]>
  /** Counts the letters that one word is off another. */
  letterDistance(): Promise<(one: string, other: string) => number>
  startSandbox(options: { port: number; seed: string }): Promise<RunningSandbox>
  /** What a vault's own tool prints. @throws K1Error `not-set-up`, `cancelled` */
  secretFrom(command: readonly string[]): Promise<string>
  /** How the simulators can be made to misbehave. */
  sandboxQuirks(): Promise<readonly SandboxQuirks[]>
  /** An App like this one over an empty home of its own, which `remove` deletes. */
  temporaryHome(): Promise<{ app: App; path: string; remove(): Promise<void> }>
  /** Settings and secrets of a system that the environment holds. */
  fromEnvironment(about: SystemAbout): Promise<{ settings: Record<string, string>; secrets: Record<string, string> }>
}

export interface Stores {
  /** The address of the team's, from K1CTL_STORE or as it was chosen; undefined: files. @throws K1Error `storage` */
  chosen(): string | undefined
  choose(url: string | undefined): void
  /** @throws K1Error `usage` when the address is none */
  open(url: string): Promise<{
    place: string
    counts(): Promise<Record<'tenants' | 'connections' | 'runs' | 'dated' | 'locks', number>>
    /** What of it this role may not write. */
    readOnly(): Promise<string[]>
    close(): Promise<void>
  }>
  /** The folders of this user's files. Whether one can be written is tried, and nothing left. */
  folders: readonly { path: string; tryWriting(): void }[]
  /** Clears away what processes that were killed left there. @returns how many files */
  clearDead(): Promise<number>
  /** The same App over files, and over a team's store. */
  files(): App
  team(url: string): App
}

export interface Systems {
  all: readonly System[]
  find(word: string): System | undefined
  nearest(word: string): string[]
  others: readonly ConsoleModule[]
  /** The same as systems that nothing reaches: their features are goals for a person. */
  byHand: readonly System[]
}
