import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Subject } from '../../src/core/ledger-store.ts'
import { openLocks } from '../../src/store/locks.ts'
import { clock, homeIn, processes } from '../store/ground.ts'
import { type Ground, openGround } from './harness.ts'
import {
  allWrites,
  clearFaults,
  eventsOf,
  forgetCalls,
  leaver,
  northwind,
  personIn,
  stillOpen,
  takeDown,
  tenant,
} from './leavers.ts'

/** A way back beside another run that is at the same account, by whatever word that one was given. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const one = leaver(0)
const offboard = () => ground.k1ctl(['offboard', one, '--only', 'kaseyaone', '--only', 'scim', '--yes'])
const runs = (...words: string[]) => ground.k1ctl(['runs', ...words])

function held<T>(subject: Subject, work: () => Promise<T>): Promise<T> {
  const locks = openLocks({ home: homeIn(ground.home), clock, processes })
  return locks.hold(subject, { run: '20261129-100000-0001', operator: 'other@there' }, work)
}

const person: Subject = { kind: 'person', tenant, name: one }

describe('runs undo, while another run', () => {
  it('is at one of the accounts: nothing is sent to any of the person’s, and it says who is there', async () => {
    expect((await offboard()).code).toBe(0)
    const { id } = await personIn(ground, 'kaseyaone', one)
    await forgetCalls(ground)
    const account: Subject = { kind: 'account', tenant, name: `account ${id} of kaseyaone` }
    const ran = await held(account, () => runs('undo', 'last', '--yes', '--json'))
    expect(ran.code, ran.stdout).toBe(3)
    const { verdict, results } = JSON.parse(ran.stdout)
    expect(verdict).toBe('incomplete')
    for (const { end, why } of results) {
      expect({ end, why }).toEqual({ end: 'failed', why: expect.stringContaining('other@there') })
      expect(why).toContain(`is at work on account ${id} of kaseyaone in ${tenant}`)
    }
    expect(results.length).toBeGreaterThan(1)
    expect(await allWrites(ground)).toEqual([])
    expect((await personIn(ground, 'scim', one)).active).toBe(false)
    // The other one is through: what is offered helps.
    expect((await runs('show', 'last')).stderr).toMatch(/→ k1ctl runs resume \d{8}-/)
    const after = await runs('resume', 'last', '--json')
    expect(after.code, after.stdout).toBe(0)
    expect((await personIn(ground, 'scim', one)).active).toBe(true)
    expect((await personIn(ground, 'kaseyaone', one)).active).toBe(true)
  })

  it('was at them by another word: that one goes first, and both are told of', async () => {
    const both = ['--only', 'kaseyaone', '--only', 'scim', '--yes', '--output', 'ndjson']
    const { aliases, login } = await personIn(ground, 'kaseyaone', one)
    const other = [...aliases, login].find(word => word !== one) ?? one
    expect((await offboard()).code).toBe(0)
    await ground.fault('kaseyaone', { delayMs: 200, times: 0 })
    const [back, out] = await Promise.all([
      runs('undo', 'last', '--yes', '--json'),
      ground.k1ctl(['offboard', other, ...both]),
    ])
    await clearFaults(ground)
    // Whoever came second was refused, or found what the first one left; never half of each.
    expect([0, 3]).toContain(back.code)
    expect(eventsOf(out).at(-1)?.type).toBe('report')
    const isIn = (await personIn(ground, 'kaseyaone', one)).active
    expect((await personIn(ground, 'scim', one)).active).toBe(isIn)
  })

  it('is at the person when it is resumed: nothing counts as proved, and the next resume goes on', async () => {
    expect((await offboard()).code).toBe(0)
    await takeDown(ground, 'scim')
    expect((await runs('undo', 'last', '--yes', '--timeout', '1')).code).toBe(3)
    await clearFaults(ground)
    await forgetCalls(ground)
    const ran = await held(person, () => runs('resume', 'last', '--json'))
    expect(ran.code, ran.stdout).toBe(3)
    const { verdict, results } = JSON.parse(ran.stdout)
    expect(verdict).toBe('incomplete')
    const open = results.filter((r: { system: string }) => r.system === 'scim:huddle')
    expect(open.length).toBeGreaterThan(1)
    for (const { end, why } of open) {
      expect({ end, why }).toEqual({ end: 'failed', why: expect.stringContaining('is at work on') })
    }
    expect(await allWrites(ground)).toEqual([])
    const after = await runs('resume', 'last', '--json')
    expect(after.code, after.stdout).toBe(0)
    expect((await personIn(ground, 'scim', one)).active).toBe(true)
    expect(await stillOpen(ground, one)).not.toEqual([])
  })
})

it('an undo is not undone itself, and says what takes it again', async () => {
  expect((await offboard()).code).toBe(0)
  expect((await runs('undo', 'last', '--yes')).code).toBe(0)
  const again = await runs('undo', 'last', '--yes')
  expect(again.code).toBe(2)
  expect(again.stderr).toMatch(/To take it again: k1ctl offboard .+ --yes --tenant 'Northwind Dental'\n/)
})

describe('offboard, while another run', () => {
  const runId = /k1ctl runs resume (\d{8}-\S+)/
  it.each(['person', 'account'] as const)('is at the %s: refused, and the resume asks again', async kind => {
    const { id } = await personIn(ground, 'kaseyaone', one)
    const subject = kind === 'person' ? person : ({ kind, tenant, name: `account ${id} of kaseyaone` } as const)
    const ran = await held(subject, offboard)
    expect(ran.code, ran.stdout).toBe(3)
    expect(ran.stdout).toContain('other@there')
    expect(ran.stderr).toMatch(runId)
    expect((await personIn(ground, 'scim', one)).active).toBe(true)
    // Still there: refused again, and still to be asked.
    expect((await held(subject, () => runs('resume', 'last'))).stdout).toContain('other@there')
    expect((await runs('show', 'last')).stderr).toMatch(runId)
    const after = await runs('resume', 'last')
    expect(after.code, after.stdout).toBe(0)
    for (const system of ['kaseyaone', 'scim']) expect((await personIn(ground, system, one)).active).toBe(false)
    expect((await runs('show', 'last')).stdout).toContain('proved')
  })

  it('begins to be at somebody whom this one left half done: the resume after it goes on', async () => {
    await takeDown(ground, 'scim')
    expect(
      (await ground.k1ctl(['offboard', one, '--only', 'kaseyaone', '--only', 'scim', '--yes', '--timeout', '1'])).code,
    ).toBe(3)
    await clearFaults(ground)
    expect((await held(person, () => runs('resume', 'last'))).code).toBe(3)
    const after = await runs('resume', 'last')
    expect(after.code, after.stdout).toBe(0)
    expect((await personIn(ground, 'scim', one)).active).toBe(false)
  })
})

describe('a setting, while another run', () => {
  it('is at the module: nothing is written, and the resume does it', async () => {
    const module: Subject = { kind: 'module', tenant, name: 'graphus' }
    const ran = await held(module, () => ground.k1ctl(['deprovisioning', 'disable', 'graphus', '--yes']))
    expect(ran.code, ran.stdout).toBe(3)
    expect(await ground.writes('graphus')).toEqual([])
    expect(ran.stderr).toMatch(/→ k1ctl runs resume \d{8}-/)
    expect((await runs('show', 'last')).stderr).toMatch(/→ k1ctl runs resume \d{8}-/)
    expect((await runs('resume', 'last')).code).toBe(0)
    expect(await ground.writes('graphus')).not.toEqual([])
  })
})
