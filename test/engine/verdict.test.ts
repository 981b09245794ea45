import { describe, expect, it } from 'vitest'
import { type End, exitCodeOfVerdict, type GoalResult, verdictOf } from '../../src/engine/verdict.ts'

function result(end: End, proved = false): GoalResult {
  return {
    goal: 'g',
    tenant: 't',
    system: 's',
    reach: 'api',
    summary: '',
    end,
    proved,
    at: '2026-11-21T20:00:00.000Z',
    differences: [],
  }
}

const changed = result('changed', true)
const already = result('already', true)

describe('verdictOf', () => {
  it.each([
    ['nothing at all', [], 0, 'incomplete'],
    ['all read back', [changed, already], 0, 'proved'],
    ['done, but nobody can read it back', [changed, result('changed')], 0, 'unproved'],
    ['a person has to act', [changed, result('by-hand')], 0, 'pending'],
    ['something waits', [changed, result('pending')], 0, 'pending'],
    ['one failed', [changed, result('failed')], 0, 'incomplete'],
    ['one was refused', [changed, result('refused')], 0, 'incomplete'],
    ['one is unknown', [changed, result('unknown')], 0, 'incomplete'],
    ['failed counts for more than by hand', [result('by-hand'), result('failed')], 0, 'incomplete'],
    ['one system could not be asked', [changed], 1, 'incomplete'],
    ['no system could be asked', [], 3, 'incomplete'],
  ] as const)('%s', (_name, results, unreached, verdict) => expect(verdictOf([...results], unreached)).toBe(verdict))
})

it('only what is proved exits 0', () => {
  expect(exitCodeOfVerdict('proved')).toBe(0)
  for (const verdict of ['unproved', 'pending', 'incomplete', 'unknown-person'] as const) {
    expect(exitCodeOfVerdict(verdict)).toBe(3)
  }
})
