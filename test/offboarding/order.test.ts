import { describe, expect, it } from 'vitest'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { inOrder } from '../../src/engine/schedule.ts'
import { inSteps, type OrderedGoal } from '../../src/offboarding/order.ts'
import { amy, ordered } from './parts.ts'

const short = (id: string) => id.replace(`${amy.tenant}/${amy.person}/`, '')

/** The order in which goals begin, one at a time. */
async function beginnings(goals: readonly OrderedGoal[]): Promise<string[]> {
  const begun: string[] = []
  await inOrder(
    inSteps(goals),
    one => ({ id: one.id, lane: one.system, behind: [...one.after, ...(one.behind ?? [])], past: one.past ?? [] }),
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

  it('a follower comes after what it follows, and before anything is taken away', async () => {
    expect(
      await beginnings([
        follower('sign-in-blocked'),
        k1('admin-roles-dropped'),
        k1('sign-in-blocked'),
        k1('groups-left'),
      ]),
    ).toEqual(['k1/admin-roles-dropped', 'k1/sign-in-blocked', 'graphus/sign-in-blocked', 'k1/groups-left'])
  })

  it('the person is kept out everywhere before anything is taken away; then devices, then deletion', async () => {
    const kinds = ['sign-in-blocked', 'sessions-ended', 'groups-left', 'devices-released', 'deleted'] as const
    const goals = ['chat', 'mail'].flatMap(system => kinds.map(kind => ordered(system, kind, { step: 'directory' })))
    const begun = await beginnings(goals)
    const kindsInOrder = begun.map(id => id.split('/')[1])
    expect(kindsInOrder).toEqual([
      ...['sign-in-blocked', 'sessions-ended', 'sign-in-blocked', 'sessions-ended'],
      ...['groups-left', 'groups-left', 'devices-released', 'devices-released', 'deleted', 'deleted'],
    ])
  })

  it('what is taken away waits for every block that k1ctl sends, unless the rest is wanted all the same', () => {
    const goals = [
      ordered('chat', 'sign-in-blocked'),
      ordered('mail', 'sign-in-blocked'),
      ordered('desk', 'sign-in-blocked', { byHand: ['Do it.'] }),
      ordered('gate', 'sign-in-blocked', { later: 'In its own time.' }),
      follower('sign-in-blocked'),
      ordered('chat', 'groups-left'),
      ordered('mail', 'sessions-ended'),
    ]
    const waiting = inSteps(goals).find(one => short(one.id) === 'chat/groups-left')
    expect(waiting?.after.map(short)).toEqual(['chat/sign-in-blocked', 'mail/sign-in-blocked'])
    expect(inSteps(goals).find(one => short(one.id) === 'mail/sessions-ended')?.after).toEqual([])
    const anyway = inSteps(goals, { restAnyway: true }).find(one => short(one.id) === 'chat/groups-left')
    expect(anyway?.after).toEqual([])
  })

  it('the directory that others are synced from comes first', async () => {
    const goals = [
      ordered('cloud', 'sign-in-blocked', { step: 'directory', masteredIn: 'ad' }),
      ordered('cloud', 'groups-left', { step: 'directory', masteredIn: 'ad' }),
      ordered('ad', 'sign-in-blocked', { step: 'directory' }),
      ordered('ad', 'credentials-revoked', { step: 'directory' }),
      ordered('ad', 'groups-left', { step: 'directory' }),
    ]
    expect(await beginnings(goals)).toEqual([
      'ad/sign-in-blocked',
      'ad/credentials-revoked',
      'cloud/sign-in-blocked',
      'ad/groups-left',
      'cloud/groups-left',
    ])
    const [, , block] = inSteps(goals)
    // Behind, not after: one that does not answer must not keep the other open.
    expect(block?.after).toEqual([])
    expect(block?.behind?.map(short)).toEqual(['ad/sign-in-blocked', 'ad/credentials-revoked'])
  })

  it("a system's own order is kept", async () => {
    const goals = [
      ordered('mail', 'credentials-revoked'),
      ordered('mail', 'sign-in-blocked', { behind: ['credentials-revoked'] }),
    ]
    expect(await beginnings(goals)).toEqual(['mail/credentials-revoked', 'mail/sign-in-blocked'])
    expect(inSteps(goals)[1]?.behind?.map(short)).toEqual(['mail/credentials-revoked'])
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
    expect([ownBlock?.behind, ownBlock?.past?.map(short)]).toEqual([[], ['k1/sign-in-blocked']])
  })

  it('nothing waits for goals that are not there', () => {
    const [one] = inSteps([ordered('chat', 'groups-left', { after: ['sign-in-blocked'] })])
    expect(one?.after).toEqual([])
  })
})
