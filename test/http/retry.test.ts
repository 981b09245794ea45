import { describe, expect, it } from 'vitest'
import { backoff, createRetryBudget, decideRetry, mostAttempts, type Trouble } from '../../src/http/retry.ts'

const lost: Trouble = { what: 'lost' }
const refused: Trouble = { what: 'unsent', lasting: false }
const badCertificate: Trouble = { what: 'unsent', lasting: true }
const slowDown = (waitMs?: number): Trouble => ({ what: 'slow-down', waitMs })
const unavailable = (waitMs?: number): Trouble => ({ what: 'unavailable', waitMs })

function decide(
  trouble: Trouble,
  more: { repeatable?: boolean; attempt?: number; leftMs?: number; spent?: number } = {},
) {
  const budget = createRetryBudget()
  for (let taken = 0; taken < (more.spent ?? 0); taken++) budget.take()
  const { repeatable = true, attempt = 1, leftMs = 30_000 } = more
  return decideRetry({ trouble, repeatable, attempt, leftMs, budget, random: 0 })
}

describe('decideRetry', () => {
  it.each([
    ['a lost read', lost, {}, { again: true, waitMs: 125 }],
    ['a lost write', lost, { repeatable: false }, { again: false, why: 'not-repeatable' }],
    ['a write that never left', refused, { repeatable: false }, { again: true, waitMs: 125 }],
    ['a wrong certificate', badCertificate, {}, { again: false, why: 'lasting' }],
    ['a write that was slowed down', slowDown(), { repeatable: false }, { again: true, waitMs: 125 }],
    ['503 on a read', unavailable(), {}, { again: true, waitMs: 125 }],
    ['503 on a write', unavailable(), { repeatable: false }, { again: false, why: 'not-repeatable' }],
    ['a wait that was asked for', slowDown(2000), {}, { again: true, waitMs: 2000 }],
    ['a wait of nothing', slowDown(0), {}, { again: true, waitMs: 125 }],
    ['a wait on 503', unavailable(5000), {}, { again: true, waitMs: 5000 }],
    ['a wait that is too long', slowDown(30_000), {}, { again: false, why: 'deadline', askedMs: 30_000 }],
    [
      'too long, on the last attempt',
      slowDown(1e6),
      { attempt: mostAttempts },
      { again: false, why: 'deadline', askedMs: 1e6 },
    ],
    ['no time left', lost, { leftMs: 100 }, { again: false, why: 'deadline' }],
    ['the last attempt but one', lost, { attempt: mostAttempts - 1 }, { again: true, waitMs: 500 }],
    ['the last attempt', lost, { attempt: mostAttempts }, { again: false, why: 'attempts' }],
    ['nine retries before', lost, { spent: 9 }, { again: true, waitMs: 125 }],
    ['ten retries before', lost, { spent: 10 }, { again: false, why: 'budget' }],
  ] as const)('%s', (_name, trouble, more, decision) => {
    expect(decide(trouble, more)).toEqual(decision)
  })
})

describe('backoff', () => {
  it.each([
    [1, 0, undefined, 125],
    [1, 0.999, undefined, 250],
    [2, 0, undefined, 250],
    [3, 0.5, undefined, 750],
    [20, 0, undefined, 4000],
    [1, 0, 10, 125],
    [1, 0.5, 3000, 3125],
  ])('attempt %d, random %d, asked %s: %d ms', (attempt, random, asked, ms) => {
    expect(backoff(attempt, random, asked)).toBe(ms)
  })
})

describe('createRetryBudget', () => {
  it('comes back with requests that go well, up to where it began', () => {
    const budget = createRetryBudget(2, 0.5)
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false])
    budget.earn()
    expect(budget.take()).toBe(false)
    budget.earn()
    expect(budget.take()).toBe(true)
    for (let good = 0; good < 50; good++) budget.earn()
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false])
  })
})
