import { describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import type { FeatureKey } from '../../src/core/features.ts'
import type { Goal } from '../../src/core/goal.ts'
import type { Plan, Planned, Unreached } from '../../src/engine/plan.ts'
import { onlyApproved, partForApproval, settingsAskedFor, settingsToApprove } from '../../src/posture/approval.ts'
import type { Intent } from '../../src/posture/intent.ts'

const wants = (tenant: string) => tenant === 'Ruled'
const turnOn = (feature: FeatureKey): Intent => ({ kind: 'feature', feature, on: true })

function planned(tenant: string, feature: FeatureKey, more: Partial<Goal> = {}, state = 'not-yet'): Planned {
  const spec = { kind: 'posture', intent: turnOn(feature), target: null, plannedOn: null }
  const goal = { id: `${tenant}/bms/${feature}`, tenant, system: 'bms', feature, spec, ...more }
  return { goal: goal as Goal, standing: { state } as Planned['standing'] }
}

function silent(tenant: string, ...features: FeatureKey[]): Unreached {
  const asks = { kind: 'posture', intents: features.map(turnOn) }
  return { tenant, system: 'bms', reach: 'api', asks, error: new K1Error('unreachable', 'Nobody is there.') }
}

const placesOf = ({ planned: all, unreached }: Plan) => [
  all.map(({ goal }) => goal.id),
  unreached.map(({ tenant }) => tenant),
]

describe('what waits for an approval', () => {
  it('is all of a tenant with a rule where Require Log In is changed, and nothing of another one', () => {
    const plan = {
      planned: [
        planned('Ruled', 'require-log-in'),
        planned('Ruled', 'deprovisioning'),
        planned('Free', 'require-log-in'),
      ],
      unreached: [silent('Ruled', 'deprovisioning'), silent('Free', 'require-log-in')],
    }
    const { now, later, silent: left } = partForApproval(plan, wants)
    expect(placesOf(now)).toEqual([['Free/bms/require-log-in'], ['Free']])
    expect(later.map(({ tenant, plan: own }) => [tenant, ...placesOf(own)])).toEqual([
      ['Ruled', ['Ruled/bms/require-log-in', 'Ruled/bms/deprovisioning'], []],
    ])
    expect(left.map(({ tenant }) => tenant)).toEqual(['Ruled'])
    expect(settingsToApprove(plan, wants)).toEqual(['Ruled: Require Log In of bms is changed.'])
  })

  it.each([
    ['another feature', planned('Ruled', 'deprovisioning')],
    ['what holds', planned('Ruled', 'require-log-in', {}, 'holds')],
    ['what is refused', planned('Ruled', 'require-log-in', { refusal: { why: 'No way back in.' } })],
    ['what a person does', planned('Ruled', 'require-log-in', { byHand: ['Click.'] })],
  ])('is not %s', (_, one) => {
    const plan = { planned: [one], unreached: [] }
    expect(partForApproval(plan, wants)).toEqual({ now: plan, later: [], silent: [] })
  })

  it('is never what a silent module would be asked for in a run', () => {
    const plan = { planned: [planned('Free', 'require-log-in')], unreached: [silent('Ruled', 'require-log-in')] }
    const { now, later, silent: left } = partForApproval(plan, wants)
    expect([placesOf(now), later, left.length]).toEqual([[['Free/bms/require-log-in'], []], [], 1])
  })
})

describe('a plan that nobody approved', () => {
  it('refuses Require Log In there, also where it held when it was planned: it may not by the time of the run', () => {
    const plan = {
      planned: [
        planned('Ruled', 'require-log-in', {}, 'holds'),
        planned('Ruled', 'require-log-in', {}, 'unseen'),
        planned('Ruled', 'log-in'),
        planned('Free', 'require-log-in'),
      ],
      unreached: [silent('Ruled', 'log-in', 'require-log-in'), silent('Ruled', 'log-in')],
    }
    const safe = onlyApproved(plan, wants)
    expect(safe.planned.map(({ goal }) => goal.refusal !== undefined)).toEqual([true, true, false, false])
    expect(safe.unreached).toEqual(plan.unreached.slice(1))
  })

  it('is known by what it asks for, where nobody has looked', () => {
    const exceptions: Intent = { kind: 'exceptions', mode: 'add', users: ['a'], roles: [] }
    const modules = [
      { tenant: 'Ruled', system: 'bms', intents: [turnOn('log-in'), exceptions] },
      { tenant: 'Ruled', system: 'graphus', intents: [turnOn('log-in')] },
      { tenant: 'Free', system: 'bms', intents: [exceptions] },
    ]
    expect(settingsAskedFor(modules, wants)).toEqual(['Ruled: Require Log In of bms is changed.'])
  })
})
