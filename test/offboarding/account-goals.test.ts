import { describe, expect, it } from 'vitest'
import type { AccountGoalKind } from '../../src/core/account.ts'
import { inOrder } from '../../src/engine/schedule.ts'
import { byHandGoal, inSteps, type OrderedGoal, unmetIn, waitingFor } from '../../src/offboarding/account-goals.ts'
import { about, amy, goal, ordered, reachable } from './parts.ts'

const short = (id: string) => id.replace(`${amy.tenant}/${amy.person}/`, '')

/** The order in which goals begin, one at a time. */
async function beginnings(goals: readonly OrderedGoal[]): Promise<string[]> {
  const begun: string[] = []
  await inOrder(
    inSteps(goals),
    one => ({ id: one.id, lane: one.system, behind: [...one.after, ...(one.behind ?? [])] }),
    1,
    async one => {
      begun.push(short(one.id))
    },
  )
  return begun
}

const k1 = (kind: AccountGoalKind, after: AccountGoalKind[] = []) => ordered('k1', kind, { step: 'directory', after })
const follower = (kind: AccountGoalKind, after: AccountGoalKind[] = []) =>
  ordered('graphus', kind, { follows: 'k1', after })

describe('inSteps', () => {
  it('directory before applications before devices, whatever order they come in', async () => {
    const goals = [
      ordered('phone', 'sign-in-blocked', { step: 'devices' }),
      ordered('chat', 'sign-in-blocked'),
      ordered('cloud', 'sign-in-blocked', { step: 'infrastructure' }),
      k1('sign-in-blocked'),
    ]
    expect(await beginnings(goals)).toEqual(['k1', 'cloud', 'chat', 'phone'].map(s => `${s}/sign-in-blocked`))
  })

  it('a follower comes after all that it follows', async () => {
    expect(await beginnings([follower('sign-in-blocked'), k1('sign-in-blocked'), k1('groups-left')])).toEqual([
      'k1/sign-in-blocked',
      'k1/groups-left',
      'graphus/sign-in-blocked',
    ])
  })

  it('nothing is deleted before sign-in is blocked everywhere; followers delete last', async () => {
    const goals = [
      k1('sign-in-blocked'),
      k1('deleted', ['sign-in-blocked']),
      follower('sign-in-blocked'),
      follower('deleted', ['sign-in-blocked']),
      ordered('chat', 'deleted', { after: ['sign-in-blocked'] }),
      ordered('chat', 'sign-in-blocked'),
    ]
    // Of one system the goals come in their order, so the block of chat comes first there, as systems hand them over.
    const sound = [goals[0], goals[1], goals[2], goals[3], goals[5], goals[4]].flatMap(g => g ?? [])
    const begun = await beginnings(sound)
    const lastBlock = Math.max(...['k1', 'graphus', 'chat'].map(s => begun.indexOf(`${s}/sign-in-blocked`)))
    const firstDeletion = Math.min(...['k1', 'graphus', 'chat'].map(s => begun.indexOf(`${s}/deleted`)))
    expect(begun).toHaveLength(6)
    expect(lastBlock).toBeLessThan(firstDeletion)
    expect(begun.indexOf('k1/deleted')).toBeLessThan(begun.indexOf('graphus/deleted'))
  })

  it('a follower does not begin when what it follows does not hold; others do', () => {
    const [, block, ownBlock] = inSteps([
      k1('sign-in-blocked'),
      follower('sign-in-blocked'),
      ordered('chat', 'sign-in-blocked'),
    ])
    expect(block?.after.map(short)).toEqual(['k1/sign-in-blocked'])
    expect(ownBlock?.after).toEqual([])
    expect(ownBlock?.behind?.map(short)).toEqual(['k1/sign-in-blocked'])
  })

  it('nothing waits for goals that are not there', () => {
    const [one] = inSteps([ordered('chat', 'groups-left', { after: ['sign-in-blocked'] })])
    expect(one?.after).toEqual([])
  })
})

describe('systems that do not answer', () => {
  it('only deletion waits for them', () => {
    const unmet = unmetIn(amy, ['graphus'])
    const [block, deletion] = waitingFor(unmet, [goal('chat', 'sign-in-blocked'), goal('chat', 'deleted')])
    expect(block?.after).toEqual([])
    expect(deletion?.after.map(short)).toEqual(['graphus/sign-in-blocked'])
  })
})

describe('byHandGoal', () => {
  it('has the steps of the console with the name in them, and nothing to look at', async () => {
    const steps = ['Find {person}.', 'Deactivate {person}.']
    const by = byHandGoal(amy, { ...reachable('k1'), about: { ...about('k1'), accountSteps: steps } })
    expect(by.byHand).toEqual(['Find amy@x.example.', 'Deactivate amy@x.example.'])
    expect(await by.look()).toEqual({ state: 'unobservable', why: 'K1 is not connected.' })
  })
})
