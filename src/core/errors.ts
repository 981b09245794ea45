/**
 * Every failure that a person may see is a `K1Error`: a kind, a sentence, and a hint. The kind alone picks the exit
 * code (see `exit.ts`); one place in `cli` prints it.
 */

export type ErrorKind =
  /** The words of the call are off: unknown module, malformed e-mail, a default that does not exist. */
  | 'usage'
  /** A person had to be asked and nobody could be. */
  | 'unattended'
  /** A guard rail: the change would lock somebody out, or a prerequisite is missing. */
  | 'refused'
  /** What was read is no longer what the plan was made on. Nothing was written. */
  | 'conflict'
  /** No connection, or a connection that lacks a setting. */
  | 'not-set-up'
  /** Wrong password, wrong or missing 2FA code, expired or revoked token. */
  | 'sign-in'
  /** No tenant chosen, or several to choose from and nobody to ask. */
  | 'no-tenant'
  /** Signed in, but the right for this call is missing. */
  | 'forbidden'
  /** The system answered, with something its contract does not allow (HTML, a missing field, bad JSON). */
  | 'contract'
  /** The system could not be reached, and nothing was sent. */
  | 'unreachable'
  /** The request was sent and no answer came: nobody knows whether it took effect. */
  | 'lost-answer'
  | 'rate-limited'
  /** The system answered 5xx. */
  | 'server'
  /** The system understood the request and said no (4xx, or a failure inside a 200). */
  | 'rejected'
  /** Something on this machine's disk: unreadable, unwritable, broken, locked. */
  | 'storage'
  /** Another run is at work on the same person, module or run. */
  | 'busy'
  /** A run ended before it was through, and some of it was sent. */
  | 'cut-off'
  | 'cancelled'
  | 'internal'

export interface ErrorDetails {
  /** What to do next: one imperative sentence, often a command. */
  hint?: string
  cause?: unknown
  /** Machine-readable facts for `--json`, never a secret: `{status, method, path, field, changed, candidates…}`. */
  facts?: Record<string, unknown>
}

export class K1Error extends Error {
  override readonly name = 'K1Error'
  readonly kind: ErrorKind
  readonly hint: string | undefined
  readonly facts: Record<string, unknown>

  constructor(kind: ErrorKind, sentence: string, details: ErrorDetails = {}) {
    super(sentence, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = kind
    this.hint = details.hint
    this.facts = details.facts ?? {}
  }
}

export function isK1Error(error: unknown): error is K1Error {
  return error instanceof K1Error
}

/** Any thrown value as a `K1Error`; what is not one already is a defect of ours. */
export function asK1Error(error: unknown): K1Error {
  if (isK1Error(error)) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  return new K1Error('internal', `Unexpected failure: ${cause.message}`, {
    cause,
    hint: 'This is a defect in k1ctl. Run again with --debug and report what it prints.',
  })
}

/** Of these kinds it is certain that the request had no effect. */
export function hadNoEffect(error: K1Error): boolean {
  return (
    error.kind !== 'lost-answer' && error.kind !== 'internal' && error.kind !== 'server' && error.kind !== 'contract'
  )
}
