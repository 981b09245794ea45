/** When to send again, and when not: from facts to a decision, without a clock and without a socket. */

/** Why an attempt brought no answer that can be used. */
export type Trouble =
  /** It is certain that nothing was sent: refused, no such host, no TLS. `lasting`: it will be so again. */
  | { what: 'unsent'; lasting: boolean }
  /** It was sent, and no whole answer came. */
  | { what: 'lost' }
  /** The server asks to slow down. It did nothing. */
  | { what: 'slow-down'; waitMs: number | undefined }
  /** 502, 503, 504: something between us and the system answered; it may have done it. */
  | { what: 'unavailable'; waitMs: number | undefined }

export interface RetryFacts {
  trouble: Trouble
  /** May it be sent again when nobody knows whether it took effect? */
  repeatable: boolean
  /** How many times it was sent so far, 1 after the first. */
  attempt: number
  /** What the deadline leaves, in milliseconds. */
  leftMs: number
  budget: RetryBudget
  /** 0 (included) to 1 (excluded). */
  random: number
}

export type Decision =
  | { again: true; waitMs: number }
  | {
      again: false
      why: 'not-repeatable' | 'lasting' | 'attempts' | 'budget' | 'deadline'
      /** What the server asked to wait. */
      askedMs?: number
    }

export const mostAttempts = 4
const firstWaitMs = 250
const longestWaitMs = 8000

export function decideRetry(facts: RetryFacts): Decision {
  const { trouble } = facts
  const certain = trouble.what === 'unsent' || trouble.what === 'slow-down'
  if (!certain && !facts.repeatable) return { again: false, why: 'not-repeatable' }
  if (trouble.what === 'unsent' && trouble.lasting) return { again: false, why: 'lasting' }
  const askedMs = 'waitMs' in trouble ? trouble.waitMs : undefined
  const asked = askedMs === undefined ? {} : { askedMs }
  const waitMs = backoff(facts.attempt, facts.random, askedMs)
  // First, so that a wait that is too long is told as such, not as "tried four times".
  if (waitMs >= facts.leftMs) return { again: false, why: 'deadline', ...asked }
  // Nothing was done, and nothing is broken: a refusal for rate ends with the deadline alone.
  if (trouble.what === 'slow-down') return { again: true, waitMs }
  if (facts.attempt >= mostAttempts) return { again: false, why: 'attempts', ...asked }
  if (!facts.budget.take()) return { again: false, why: 'budget', ...asked }
  return { again: true, waitMs }
}

/** Doubles from a quarter of a second; the upper half is random. Never less than what the server asked. */
export function backoff(attempt: number, random: number, askedMs?: number): number {
  const full = Math.min(firstWaitMs * 2 ** (attempt - 1), longestWaitMs)
  const jittered = Math.round(full / 2 + (full / 2) * random)
  if (askedMs === undefined) return jittered
  return Math.max(jittered, askedMs + Math.round(firstWaitMs * random))
}

export interface RetryBudget {
  /** False when there have been too many retries lately. */
  take(): boolean
  /** Called after each request that went well. */
  earn(): void
}

/** Ten retries, and one more for every ten requests that went well: a system that is down is not hammered. */
export function createRetryBudget(most = 10, perSuccess = 0.1): RetryBudget {
  let left = most
  return {
    take() {
      if (left < 1) return false
      left -= 1
      return true
    },
    earn() {
      left = Math.min(most, left + perSuccess)
    },
  }
}
