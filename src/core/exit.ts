import type { ErrorKind } from './errors.ts'

/** The one table of exit codes; `k1ctl help exit-codes` prints it. */
export const exitCodes = [
  { code: 0, name: 'done', meaning: 'Done and proved, or nothing to do because it already holds.' },
  {
    code: 1,
    name: 'failed',
    meaning: 'Failed: a guard rail refused it, or a system said no, before anything changed.',
  },
  { code: 2, name: 'usage', meaning: 'The call is wrong, or a person had to be asked and nobody could be.' },
  {
    code: 3,
    name: 'incomplete',
    meaning: 'Not complete: something failed, is unknown, or waits for a person or another run.',
  },
  { code: 4, name: 'not-set-up', meaning: 'Not set up, not signed in, or no tenant chosen.' },
  {
    code: 5,
    name: 'something-to-do',
    meaning: 'With --dry-run --exit-code, or posture check --exit-code: there is something to do.',
  },
  { code: 130, name: 'cancelled', meaning: 'Cancelled by the operator.' },
] as const

export type ExitCode = (typeof exitCodes)[number]['code']

const byKind: Record<ErrorKind, ExitCode> = {
  usage: 2,
  unattended: 2,
  refused: 1,
  conflict: 1,
  'not-set-up': 4,
  'sign-in': 4,
  'no-tenant': 4,
  forbidden: 1,
  contract: 1,
  unreachable: 1,
  'lost-answer': 3,
  'rate-limited': 1,
  server: 1,
  rejected: 1,
  storage: 1,
  busy: 3,
  'cut-off': 3,
  cancelled: 130,
  internal: 1,
}

export function exitCodeOf(kind: ErrorKind): ExitCode {
  return byKind[kind]
}
