import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoWorld, estateLeaver } from '../../src/sandbox/index.ts'
import { cutBehind, type Line } from './cut-ledger.ts'
import { type Ground, openGround } from './harness.ts'

/** Steps that show nowhere, beside one that does: a process was killed, and another one goes on. */

const leaver = estateLeaver(demoWorld()).person.email
const google = 'google-workspace'

let ground: Ground
beforeAll(async () => {
  ground = await openGround('demo', 'Ironbridge Machining')
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const offboard = (only: string) => ground.k1ctl(['offboard', leaver, '--only', only, '--yes'])
const isOf = (kind: string, type: string) => (line: Line) =>
  line.type === type && line.goal?.endsWith(`/${kind}`) === true

async function resumed() {
  const { code, stdout } = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
  const { results } = JSON.parse(stdout).people[0] as { results: { kind: string; end: string; proved: boolean }[] }
  return { code, endOf: (kind: string) => results.find(one => one.kind === kind) }
}

describe('the second password of Active Directory', () => {
  const modified = async () => (await ground.writes('active-directory')).map(({ method }) => method)

  it('is set by whoever goes on, when the process died where it may not have been', async () => {
    expect((await offboard('active-directory')).code).toBe(0)
    const before = (await modified()).length
    cutBehind(ground.home, isOf('credentials-revoked', 'intent'))
    const { code, endOf } = await resumed()
    expect([code, endOf('credentials-revoked')]).toEqual([0, expect.objectContaining({ end: 'changed', proved: true })])
    expect((await modified()).slice(before)).toEqual(['MODIFY'])
  })

  it('is not set again where the ledger saw it taken', async () => {
    await offboard('active-directory')
    const before = (await modified()).length
    cutBehind(ground.home, isOf('credentials-revoked', 'outcome'))
    expect((await resumed()).code).toBe(0)
    expect((await modified()).slice(before)).toEqual([])
  })
})

describe('the new password and the sign-out of Google', () => {
  async function sent() {
    const { users } = (await ground.control(google, 'state')) as {
      users: { primaryEmail: string; passwordChanges: number; signOuts: number }[]
    }
    const user = users.find(one => one.primaryEmail === leaver)
    return [user?.passwordChanges, user?.signOuts]
  }

  it('are sent by whoever goes on, though the account is suspended by now', async () => {
    await offboard(google)
    expect(await sent()).toEqual([1, 1])
    cutBehind(ground.home, isOf('sign-in-blocked', 'intent'))
    const { endOf } = await resumed()
    expect([endOf('sign-in-blocked'), await sent()]).toEqual([expect.objectContaining({ end: 'changed' }), [2, 2]])
  })

  it('are not sent again where the ledger saw them taken', async () => {
    await offboard(google)
    cutBehind(ground.home, isOf('sign-in-blocked', 'outcome'))
    await resumed()
    expect(await sent()).toEqual([1, 1])
  })

  it('are sent again, alone, where they were refused', async () => {
    await ground.fault(google, { method: 'POST', path: '/signOut$', status: 403, body: {}, times: 0 })
    expect((await offboard(google)).code).toBe(3)
    expect(await sent()).toEqual([1, 0])
    const still = await resumed()
    expect([still.code, still.endOf('sign-in-blocked')?.end]).toEqual([3, 'failed'])
    await ground.control(google, 'faults', { method: 'DELETE' })
    const { endOf } = await resumed()
    expect([endOf('sign-in-blocked'), await sent()]).toEqual([
      expect.objectContaining({ end: 'changed', proved: true }),
      [1, 1],
    ])
  })
})
