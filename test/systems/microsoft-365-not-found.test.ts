import { expect, it } from 'vitest'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { openMoment } from '../../src/core/moment.ts'
import { people as estate } from './microsoft-365-stage.ts'
import { alsoDelete, setPeopleStage, theOne } from './people-stage.ts'
import { runUnderQuirks, untruths } from './quirk-run.ts'
import { triedGoal } from './tried-goal.ts'

/** Graph says of what is to be taken away that it is not there: a look follows, and only that says what is so. */

const system = 'microsoft-365'
const stage = setPeopleStage()
const cases: [AccountGoalKind, string, string][] = [
  ['admin-roles-dropped', estate.admin, '/roleAssignments/'],
  ['deleted', estate.cloud, '/users/[^/]+$'],
]

it.each(cases)('%s: no success where a look shows that it is there', async (kind, person, path) => {
  const body = { error: { code: 'Request_ResourceNotFound', message: 'Resource does not exist.' } }
  await stage.fault(system, { method: 'DELETE', path, status: 404, body, times: 0 })
  const [run] = await runUnderQuirks([system], { person, tenant: 20 }, stage, { toTheEnd: kind === 'deleted' })
  expect(run && untruths(run)).toEqual([])
  expect(run?.truth[kind]).not.toEqual([])
  expect(run?.results.find(one => one.kind === kind)).toMatchObject({
    end: 'failed',
    proved: false,
    why: expect.stringContaining('reading it back shows that it does not hold'),
  })
})

it.each(cases)('%s: success where it was done meanwhile, and a replica shows it late', async (kind, person, path) => {
  await stage.control(system, 'POST', 'lag', { ms: 8_000 })
  const account = await theOne(await stage.open(system), person)
  const goalHere = async () => {
    const session = await stage.reachable(system).open?.()
    const goal = (await session?.people?.goals(account, alsoDelete))?.find(one => one.kind === kind)
    if (goal === undefined) throw new Error(`no goal ${kind}`)
    return goal
  }
  const [theirs, mine] = [await goalHere(), triedGoal(await goalHere(), account.login, stage.clock)]
  const moment = openMoment({ now: () => stage.clock.now().getTime() })
  const found = await theirs.read(moment.only(theirs.needs))
  if (found.state !== 'seen') throw new Error(found.state)
  await theirs.take(theirs.changes(found.value), found.value, [])

  expect((await mine.look()).state).toBe('not-yet')
  await mine.bring?.()
  expect((await mine.look()).state).toBe('holds')
  // Alone, or in a batch: the second one met nothing.
  const sent = (await stage.everyCall()).filter(
    ({ method, path: at, body = '' }) => `${method} ${body}`.includes('DELETE') && new RegExp(path).test(at + body),
  )
  expect(sent).toHaveLength(2)
})
