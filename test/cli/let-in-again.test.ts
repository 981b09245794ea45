import { afterAll, beforeAll, expect, it } from 'vitest'
import { demoWorld, estateLeaver } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'

const leaver = estateLeaver(demoWorld()).person.email
const google = 'google-workspace'

let ground: Ground
beforeAll(async () => {
  ground = await openGround('demo', 'Ironbridge Machining')
})
afterAll(() => ground.close())

async function isSuspended(): Promise<boolean | undefined> {
  const { users } = (await ground.control(google, 'state')) as { users: { primaryEmail: string; suspended: boolean }[] }
  return users.find(user => user.primaryEmail === leaver)?.suspended
}

it('somebody who was let in since is kept out again, before a resumed run takes anything else away', async () => {
  const path = '/groups/[^/]+/members/'
  await ground.fault(google, { method: 'DELETE', path, status: 403, body: {}, times: 0 })
  const begun = await ground.k1ctl(['offboard', leaver, '--only', google, '--yes'])
  expect([begun.code, await isSuspended()]).toEqual([3, true])

  await ground.control(google, 'faults', { method: 'DELETE' })
  await ground.control(google, 'reset', { method: 'POST' })
  expect(await isSuspended()).toBe(false)
  const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
  expect([resumed.code, await isSuspended()]).toEqual([0, true])
  const writes = (await ground.writes(google)).map(({ method, path: at }) => `${method} ${at}`)
  const blocked = writes.findIndex(call => /^(PATCH|PUT) .*\/users\/[^/]+$/.test(call))
  const left = writes.findIndex(call => /^DELETE .*\/members\//.test(call))
  expect([blocked >= 0, blocked < left], writes.join('\n')).toEqual([true, true])
})
