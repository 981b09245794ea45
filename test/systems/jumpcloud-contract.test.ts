import { describe, expect, it } from 'vitest'
import { goalsFor, kinds, leaver, other, setJumpcloudStage } from './jumpcloud-stage.ts'
import { alsoDelete, bringAll, here, theOne } from './people-stage.ts'

/** What every system with people keeps, of JumpCloud. */

const { stage, open } = setJumpcloudStage()

describe('an offboarding in JumpCloud', () => {
  it('has the goals that its facts promise, and no other', async () => {
    const people = await open()
    const goals = await goalsFor(people, leaver, alsoDelete)
    expect(goals.map(goal => goal.kind)).toEqual(kinds)
    expect((await goalsFor(people, leaver)).map(goal => goal.kind)).toEqual(kinds.slice(0, -1))
    for (const goal of goals) {
      for (const kind of goal.after) expect(kinds.indexOf(kind)).toBeLessThan(kinds.indexOf(goal.kind))
    }
    expect(await stage.writes('jumpcloud')).toEqual([])
  })

  it('brings each goal from not yet to holds, and a second time writes nothing', async () => {
    const people = await open()
    const account = await theOne(people, other)
    const first = await bringAll(await people.goals(account, alsoDelete))
    expect([...first].map(([kind, { before, after }]) => [kind, before.state, after.state])).toEqual([
      ['admin-roles-dropped', 'holds', 'holds'],
      ['sign-in-blocked', 'not-yet', 'holds'],
      // What suspends ends them, too.
      ['sessions-ended', 'holds', 'holds'],
      ...kinds.slice(3).map(kind => [kind, 'not-yet', 'holds']),
    ])
    expect(first.get('deleted')?.after).toEqual({ state: 'holds', reading: { deleted: true } })
    await stage.writes('jumpcloud')

    // As another process would: from the account as it was kept.
    const second = await bringAll(await people.goals(account, alsoDelete))
    for (const [kind, { before }] of second) expect([kind, before.state]).toEqual([kind, 'holds'])
    expect(await stage.writes('jumpcloud')).toEqual([])
    expect(await people.find(other)).toEqual([])
  })

  it('writes nothing for somebody who was done', async () => {
    const people = await open()
    await bringAll(await goalsFor(people, other))
    await stage.writes('jumpcloud')
    const goals = await goalsFor(people, other)
    expect(goals.flatMap(goal => goal.differences)).toEqual([])
    for (const goal of goals) {
      expect([goal.kind, (await goal.look()).state]).toEqual([goal.kind, 'holds'])
      await goal.bring?.()
    }
    expect(await stage.writes('jumpcloud')).toEqual([])
  })

  it('gives back what it took, but credentials', async () => {
    const people = await open()
    const account = await theOne(people, leaver)
    const goals = await people.goals(account, here)
    const brought = await bringAll(goals)
    expect((await theOne(people, leaver)).active).toBe(false)
    for (const goal of goals) {
      const before = brought.get(goal.kind)?.before
      const undo = before?.state === 'unobservable' ? undefined : goal.undo?.(before?.reading)
      if (goal.kind === 'credentials-revoked') {
        expect([goal.effect, undo]).toEqual(['irreversible', undefined])
        continue
      }
      if (undo === undefined) throw new Error(`${goal.kind} cannot be undone`)
      if ((await undo.look()).state !== 'holds') await undo.bring?.()
      expect([goal.kind, (await undo.look()).state]).toEqual([goal.kind, 'holds'])
    }
    expect(await theOne(people, leaver)).toEqual(account)
    const again = (await people.goals(account, here)).filter(goal => !/credentials|sessions/.test(goal.kind))
    for (const goal of again) {
      const now = await goal.look()
      const then = brought.get(goal.kind)?.before
      // A job that is scheduled again has another id.
      if (goal.kind === 'sign-in-blocked') expect(JSON.stringify(now)).toContain('"suspended":false,"activations":[{')
      else expect(now).toEqual(then)
    }
  })
})
