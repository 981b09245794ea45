/** What the pure rooms need from the outside world, as small interfaces. `main.ts` and `store`/`http` provide them. */

import type { SharedLimits } from './shared-limits.ts'

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
  onExchange?: (exchange: HttpExchange) => void
  signal?: AbortSignal
  /** Limits that a team keeps together; absent, or answered by undefined: each process keeps them for itself. */
  limits?: () => Promise<SharedLimits | undefined>
  /**
   * Called when a request is about to leave, however long it waited for that; what it throws keeps it from leaving.
   * @throws K1Error `busy` when somebody else may be at the same work by now
   */
  still?: () => void
}

/** Asks a person for the passphrase; `create` when no sealed file exists yet, so that it should be typed twice. */
export type AskPassphrase = (purpose: 'create' | 'open') => Promise<string>

export interface HttpExchange {
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
