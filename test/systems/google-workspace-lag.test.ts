import { beforeEach, describe, expect, it } from 'vitest'
import { leaver, open, secondAdmin, successor, system, tenant } from './google-workspace-stage.ts'
import { alsoDelete, bringAll, goalOf, here, setPeopleStage, theOne } from './people-stage.ts'
import { runUnderQuirks, untruths } from './quirk-run.ts'

/** For 25 seconds a user, and a member of a group, are shown as before a change: it is waited, and nothing is guessed. */

const stage = setPeopleStage()
const quirks = (on: object) => stage.control(system, 'POST', 'quirks', on)
beforeEach(() => quirks({ readsLag: true }))

const waited = () => stage.clock.waits.reduce((sum, ms) => sum + ms, 0)

/** Goal to how it ended. */
async function run(person: string, toTheEnd = false): Promise<Record<string, string>> {
  const [ran] = await runUnderQuirks([system], { person, tenant, successor }, stage, { toTheEnd })
  if (ran === undefined) throw new Error('no run')
  expect(untruths(ran)).toEqual([])
  return Object.fromEntries(
    ran.results.map(({ kind = '', end, proved, why }) => [kind, proved ? end : `${end}: ${why}`]),
  )
}

describe('offboarding', () => {
  it.each([
    ['somebody', leaver],
    ['an administrator', secondAdmin],
  ])('of %s waits until it shows', async (_, person) => {
    const ends = await run(person)
    expect(ends['sign-in-blocked']).toBe('changed')
    expect(ends['groups-left']).toBe('changed')
    expect(ends['access-freed']).toBe('changed')
    expect(Object.values(ends).filter(end => !/^(changed|already|pending: .+)$/.test(end))).toEqual([])
    expect(waited()).toBeGreaterThan(25_000)
  })

  it('is so too where the list of groups lags, and where the account is deleted in the end', async () => {
    await quirks({ groupsLag: true })
    expect(Object.entries(await run(leaver, true)).filter(([, end]) => !/^(changed|already)$/.test(end))).toEqual([])
  })

  it('is no failure of a deletion whose answer was lost, and which Google refuses the second time', async () => {
    await stage.fault(system, { method: 'DELETE', path: '/users/[^/]+$', drop: 'after' })
    expect((await run(leaver, true)).deleted).toBe('changed')
  })
})

it('is no failure of whoever deletes second, and is refused: a look that lags is waited for', async () => {
  const people = await open(stage)
  const account = await theOne(people, leaver)
  const mine = goalOf(await people.goals(account, alsoDelete), 'deleted')
  const others = await stage.reachable(system, tenant).open?.()
  const theirs = (await others?.people?.goals(account, alsoDelete))?.find(({ kind }) => kind === 'deleted')
  const user = { user: { id: account.id } }
  for (const time of ['first', 'second']) {
    expect([time, await theirs?.take(theirs.changes(user), user, [])]).toEqual([time, [{ id: 'account' }]])
  }
  expect((await mine.look()).state).toBe('not-yet')
  await mine.bring?.()
  expect((await mine.look()).state).toBe('holds')
})

it('gives back what it took, and waits for that as well', async () => {
  const people = await open(stage)
  const goals = await people.goals(await theOne(people, leaver), here)
  const first = await bringAll(goals)
  for (const kind of ['access-freed', 'groups-left', 'sign-in-blocked'] as const) {
    const before = first.get(kind)?.before
    const undo = goalOf(goals, kind).undo?.(before && 'reading' in before ? before.reading : undefined)
    expect([kind, (await undo?.look())?.state]).toEqual([kind, 'not-yet'])
    await undo?.bring?.()
    expect([kind, (await undo?.look())?.state]).toEqual([kind, 'holds'])
  }
  await quirks({ readsLag: false })
  for (const kind of ['access-freed', 'groups-left', 'sign-in-blocked'] as const) {
    expect([kind, await goalOf(goals, kind).look()]).toEqual([kind, first.get(kind)?.before])
  }
})
