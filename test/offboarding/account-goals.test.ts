import { describe, expect, it } from 'vitest'
import { lookAt } from '../../src/engine/look.ts'
import { byHandGoal, unmetIn, waitingFor } from '../../src/offboarding/account-goals.ts'
import { about, amy, goal, reachable } from './parts.ts'

const short = (id: string) => id.replace(`${amy.tenant}/${amy.person}/`, '')

describe('systems that do not answer', () => {
  it('only deletion waits for them', () => {
    const unmet = unmetIn(amy, ['graphus'])
    const [block, deletion] = [goal('chat', 'sign-in-blocked'), goal('chat', 'deleted')].map(one =>
      waitingFor(unmet, one),
    )
    expect(block?.after).toEqual([])
    expect(deletion?.after.map(short)).toEqual(['graphus/sign-in-blocked'])
  })
})

describe('byHandGoal', () => {
  it('has the steps of the console with the name in them, and nothing to look at', async () => {
    const steps = ['Find {person}.', 'Deactivate {person}.']
    const by = byHandGoal(amy, { ...reachable('k1'), about: { ...about('k1'), accountSteps: steps } })
    expect(by.byHand).toEqual(['Find amy@x.example.', 'Deactivate amy@x.example.'])
    expect(await lookAt(by)).toMatchObject({ state: 'unobservable', why: 'K1 is not connected.' })
  })
})
