import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kindOf } from '../../src/core/system.ts'
import { demoWorld, estateLeaver, estatePeople } from '../../src/sandbox/index.ts'
import { findSystem, systems } from '../../src/systems/index.ts'
import { type Ground, openGround, type Ran } from './harness.ts'

/** One leaver of the customer that has everything: every system, in one order, with one proof. Each test goes on. */

const tenant = 'Ironbridge Machining'
const leaver = estateLeaver(demoWorld()).person.email
const [, successor] = estatePeople(demoWorld()).map(one => one.person.email)
const phases = ['keep out', 'take away', 'devices', 'delete']

let ground: Ground
/** All that is connected there, by its name: every system of the index. */
let everything: string[]
beforeAll(async () => {
  ground = await openGround('demo', tenant)
  const { connections = {} } = ground.sandbox.tenants.find(({ name }) => name === tenant) ?? {}
  everything = Object.keys(connections).sort()
  expect(everything.map(kindOf).sort()).toEqual(systems.map(({ about }) => about.id).sort())
})
afterAll(() => ground.close())

const offboard = (...more: string[]) => ground.k1ctl(['offboard', leaver, '--wait', '5', ...more])
/** Where a person blocks somebody by hand, a person gives it back. */
const canBlock = (id: string) =>
  findSystem(kindOf(id))?.about.accountGoals?.some(({ kind, how }) => kind === 'sign-in-blocked' && how === 'reached')
const personOf = ({ stdout }: Ran) => JSON.parse(stdout).people[0]

async function writes(): Promise<string[]> {
  const seen = await Promise.all(Object.keys(ground.sandbox.systems).map(id => ground.writes(id)))
  await Promise.all(Object.keys(ground.sandbox.systems).map(id => ground.control(id, 'calls', { method: 'DELETE' })))
  return seen.flat().map(({ method, path }) => `${method} ${path}`)
}

interface PlannedGoal {
  system: string
  kind: string
  phase: string
}

it('plans: nobody is robbed before they are kept out, and Active Directory comes before its copies', async () => {
  const ran = await offboard('--dry-run', '--json', '--delete', '--successor', successor ?? '')
  const plan = JSON.parse(ran.stdout)
  const goals: PlannedGoal[] = (plan.people?.[0] ?? plan[0] ?? plan).goals
  expect([...new Set(goals.map(goal => goal.system))].sort()).toEqual(everything)
  const order = goals.map(goal => phases.indexOf(goal.phase))
  expect(order).toEqual(order.toSorted((one, other) => one - other))
  expect([...new Set(order)]).toEqual([0, 1, 2, 3])
  expect(goals[0]).toMatchObject({ system: 'active-directory', kind: 'sign-in-blocked' })
  expect(await writes()).toEqual([])
})

it('keeps to the systems that were named', async () => {
  const ran = await offboard('--dry-run', '--json', '--only', 'ad,aws', '--only', 'webhook:badges', '--except', 'aws')
  expect([ran.code, JSON.parse(ran.stdout).error.message]).toEqual([2, expect.stringContaining('contradict')])
  const named = JSON.parse((await offboard('--dry-run', '--json', '--only', 'ad,aws', '--only', 'webhook')).stdout)
  const goals: PlannedGoal[] = (named.people?.[0] ?? named[0] ?? named).goals
  expect([...new Set(goals.map(goal => goal.system))]).toEqual(['active-directory', 'aws', 'webhook:badges'])
})

it('is pending while a laptop is in a drawer and a garage opener in a pocket, and names the laptop', async () => {
  const ran = await offboard('--yes', '--json')
  expect(ran.code).toBe(3)
  const { verdict, results } = personOf(ran)
  expect(verdict).toBe('pending')
  const pending = results.filter((r: { end: string }) => r.end === 'pending')
  expect(pending.map((r: { system: string; kind: string }) => `${r.system} ${r.kind}`).sort()).toEqual([
    'jumpcloud devices-released',
    'webhook:badges devices-released',
  ])
  expect(pending[0].why).toMatch(/Waits for \S+, last heard of /)
  for (const { end, proved } of results) if (end !== 'pending') expect(proved).toBe(true)
  expect((await writes()).length).toBeGreaterThan(40)
})

it('asks for nothing twice when it is resumed before they come', async () => {
  const ran = await ground.k1ctl(['runs', 'resume', 'last'])
  expect([ran.code, ran.stdout]).toEqual([3, expect.stringContaining('Asked for already.')])
  expect(await writes()).toEqual([])
})

it('is proved once they have come, and the evidence has the devices in their own step', async () => {
  await ground.control('jumpcloud', 'devices/contact', { method: 'POST' })
  await ground.control('webhook', 'handed-in', { method: 'POST' })
  expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(0)
  expect(await writes()).toEqual([])
  const { stdout } = await ground.k1ctl(['runs', 'report', 'last', '--format', 'json'])
  const [person] = JSON.parse(stdout).people
  const steps: [string, string[]][] = person.steps.map((s: { step: string; goals: { system: string }[] }) => [
    s.step,
    [...new Set(s.goals.map(goal => goal.system))].sort(),
  ])
  expect(new Map(steps).get('devices')).toEqual(['google-workspace', 'jumpcloud', 'microsoft-365', 'webhook:badges'])
  expect(new Map(steps).get('infrastructure')).toEqual(['aws'])
  for (const secret of ground.sandbox.secrets()) expect(stdout).not.toContain(secret)
})

it('the same again holds everywhere, and writes nothing', async () => {
  const ran = await offboard('--yes')
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringMatching(/proved {2}\d+ already$/m)])
  expect(await writes()).toEqual([])
})

describe('given back', () => {
  it('is what can be, in every system that can; the rest is named', async () => {
    const [, first] = JSON.parse((await ground.k1ctl(['runs', 'list', '--json'])).stdout) as { run: string }[]
    const ran = await ground.k1ctl(['runs', 'undo', first?.run ?? '', '--yes', '--json'])
    expect(ran.code).toBe(3)
    const { results, lost } = JSON.parse(ran.stdout)
    const back = results.filter((r: { kind: string; proved: boolean }) => r.kind === 'sign-in-blocked' && r.proved)
    expect(back.map((r: { system: string }) => r.system).sort()).toEqual(everything.filter(canBlock))
    expect(lost.map((l: { system: string }) => l.system)).toEqual(
      expect.arrayContaining(['bms', 'active-directory', 'google-workspace', 'jumpcloud']),
    )
    const again = JSON.parse((await offboard('--dry-run', '--json')).stdout)
    const accounts: { system: string; active: boolean }[] = (again.people?.[0] ?? again[0] ?? again).accounts
    expect(accounts.filter(account => !account.active).map(account => account.system)).toEqual([])
  })
})
