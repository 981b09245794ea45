import { describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import { worstOf } from '../../src/engine/unit.ts'
import type { End, GoalResult, Verdict } from '../../src/engine/verdict.ts'
import { reportPerson } from '../../src/offboarding/report-person.ts'
import { amy, goal, personPlan } from './parts.ts'

const result = (end: End, proved = false): GoalResult => ({
  goal: goal('chat', 'sign-in-blocked').id,
  tenant: amy.tenant,
  system: 'chat',
  reach: 'api',
  summary: '',
  end,
  proved,
  at: '',
  differences: [],
})

describe('worstOf', () => {
  it.each<[Verdict[], Verdict]>([
    [[], 'incomplete'],
    [['proved'], 'proved'],
    [['proved', 'unproved'], 'unproved'],
    [['unproved', 'pending', 'proved'], 'pending'],
    [['pending', 'unknown-person'], 'unknown-person'],
    [['unknown-person', 'incomplete', 'proved'], 'incomplete'],
  ])('%s: %s', (verdicts, worst) => {
    expect(worstOf(verdicts)).toBe(worst)
    expect(worstOf([...verdicts].reverse())).toBe(worst)
  })
})

describe('reportPerson', () => {
  it('found nowhere is no success', () => {
    expect(reportPerson(personPlan({ name: '' }), [])).toMatchObject({ verdict: 'unknown-person' })
  })

  it('found nowhere, and one system was silent: nobody knows', () => {
    const error = new K1Error('unreachable', 'Nobody is there.')
    const plan = personPlan({ unreached: [{ tenant: amy.tenant, system: 'chat', reach: 'api', error }] })
    expect(reportPerson(plan, [])).toMatchObject({
      verdict: 'incomplete',
      unreached: [{ system: 'chat', why: 'Nobody is there.' }],
    })
  })

  it('refused, with the reason', () => {
    expect(reportPerson(personPlan({ refusal: { why: 'Protected.', hint: 'Ask.' } }), [])).toMatchObject({
      verdict: 'incomplete',
      why: 'Protected.',
      hint: 'Ask.',
    })
  })

  it('counts what was shown as a change and held when its turn came', () => {
    const planned = (id: string, state: 'holds' | 'not-yet') => ({ goal: { id }, standing: { state } })
    const plan = personPlan({ planned: [planned('goal', 'not-yet'), planned('other', 'holds')] as never })
    const [came, held] = [result('already', true), { ...result('already', true), goal: 'other' }]
    expect(reportPerson(plan, [{ ...came, goal: 'goal' }, held])).toMatchObject({ verdict: 'proved', sincePlan: 1 })
    expect(reportPerson(plan, [held])).not.toHaveProperty('sincePlan')
  })

  it.each<[GoalResult[], Verdict]>([
    [[result('changed', true), result('already', true)], 'proved'],
    [[result('changed', true), result('changed')], 'unproved'],
    [[result('changed', true), result('by-hand')], 'pending'],
    [[result('pending'), result('unknown')], 'incomplete'],
  ])('by how the goals ended', (results, verdict) => {
    expect(reportPerson(personPlan(), results).verdict).toBe(verdict)
  })
})
