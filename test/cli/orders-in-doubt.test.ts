import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoWorld, estateLeaver } from '../../src/sandbox/index.ts'
import { cutBehind, type Line, linesOf } from './cut-ledger.ts'
import { type Ground, openGround } from './harness.ts'

/** Devices that are told to erase, or lock, themselves: a process was killed between two of them, and another one goes on. */

const leaver = estateLeaver(demoWorld()).person.email

let ground: Ground
beforeAll(async () => {
  ground = await openGround('demo', 'Ironbridge Machining')
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

interface Result {
  kind: string
  end: string
  why?: string
}

const devices = (only: string, fate: string) =>
  ground.k1ctl(['offboard', leaver, '--only', only, '--devices', fate, '--wait', '1', '--yes'])

async function resumed(...more: string[]) {
  const { stdout } = await ground.k1ctl(['runs', 'resume', 'last', ...more, '--json'])
  const { results } = JSON.parse(stdout).people[0] as { results: Result[] }
  return results.find(({ kind }) => kind === 'devices-released')
}

const isOf = (line: Line) => line.goal?.endsWith('/devices-released') === true
/** What the simulator was told since, in its order. */
async function orders(only: string, isOrder: RegExp): Promise<string[]> {
  const written = (await ground.writes(only)).map(({ path }) => path)
  await ground.control(only, 'calls', { method: 'DELETE' })
  return written.filter(path => isOrder.test(path))
}

const cases: [string, RegExp, RegExp][] = [
  ['jumpcloud', /erase$/, /^[0-9a-f]{24}$/],
  ['google-workspace', /(action|issueCommand)$/, /^(phone|erase) /],
]

describe.each(cases)('orders of %s', (only, isOrder, isThing) => {
  const isOrders = (line: Line) => isOf(line) && line.data.things?.every(id => isThing.test(id)) === true
  const things = () => linesOf(ground.home).flatMap(line => (isOrders(line) ? (line.data.things ?? []) : []))

  /** Killed between the intent of the second and its answer; the simulator has forgotten what came after it. */
  async function killedAtTheSecond(fate: string) {
    await devices(only, fate)
    const given = things()
    expect(given.length).toBeGreaterThanOrEqual(3)
    cutBehind(ground.home, line => isOf(line) && line.data.things?.includes(given[1] ?? '') === true)
    await ground.control(only, 'reset', { method: 'POST' })
    await ground.control(only, 'calls', { method: 'DELETE' })
    return given
  }

  it('that were never given are given, and the one in doubt is told by its name', async () => {
    const [first = '', second = '', ...others] = await killedAtTheSecond('erase')
    const result = await resumed()
    expect(result).toMatchObject({ end: 'unknown', why: expect.stringMatching(/whether it was taken \(.+\):/) })
    const told = linesOf(ground.home).flatMap(line => (isOf(line) ? (line.data.taken ?? []) : []))
    for (const id of [first, ...others]) expect(told.filter(one => one === id)).toEqual([id])
    expect(told).not.toContain(second)
    expect(await orders(only, isOrder)).toHaveLength(others.length)
    await resumed()
    expect(await orders(only, isOrder)).toEqual([])
  })

  it('that are in doubt are given again with --resend, and no others', async () => {
    const [, , ...others] = await killedAtTheSecond('erase')
    await resumed('--resend')
    expect(await orders(only, isOrder)).toHaveLength(1 + others.length)
    await resumed('--resend')
    expect(await orders(only, isOrder)).toEqual([])
  })
})

it('several orders of one goal are one request in its evidence', async () => {
  await devices('google-workspace', 'erase')
  expect(linesOf(ground.home).filter(line => isOf(line) && line.type === 'intent')).toHaveLength(3)
  const { stdout } = await ground.k1ctl(['runs', 'report', 'last', '--format', 'json'])
  const { people } = JSON.parse(stdout) as { people: { steps: { goals: { kind: string; sent: number }[] }[] }[] }
  const goals = people[0]?.steps.flatMap(step => step.goals) ?? []
  expect(goals.find(({ kind }) => kind === 'devices-released')).toMatchObject({ sent: 1 })
})

it('an erasure in doubt at Intune is told by its name, and what does no harm goes on beside it', async () => {
  const only = 'microsoft-365'
  await devices(only, 'erase')
  cutBehind(ground.home, line => isOf(line) && line.data.things?.[0]?.endsWith(' wipe') === true)
  await ground.control(only, 'reset', { method: 'POST' })
  await ground.control(only, 'calls', { method: 'DELETE' })
  expect(await resumed()).toMatchObject({ end: 'unknown', why: expect.stringMatching(/taken \(.+ Surface\)+:/) })
  const said = linesOf(ground.home).filter(line => isOf(line) && line.data.taken)
  expect(said.flatMap(({ data }) => data.taken)).toEqual([expect.not.stringContaining('wipe')])
  expect(await orders(only, /wipe$/)).toEqual([])
  await resumed('--resend')
  expect(await orders(only, /wipe$/)).toHaveLength(1)
})

it('what does no harm at Intune is said again where it is in doubt itself', async () => {
  const only = 'microsoft-365'
  await devices(only, 'erase')
  cutBehind(ground.home, line => isOf(line) && line.type === 'intent' && !line.data.things?.[0]?.endsWith(' wipe'))
  await ground.control(only, 'reset', { method: 'POST' })
  expect(await resumed()).toMatchObject({ end: 'pending' })
  const taken = linesOf(ground.home).flatMap(line => (isOf(line) ? (line.data.taken ?? []) : []))
  expect(taken).toEqual([expect.stringMatching(/ wipe$/), expect.not.stringContaining('wipe')])
})

it('a lock that was answered is not given again by whoever goes on', async () => {
  await devices('jumpcloud', 'lock')
  const given = linesOf(ground.home).filter(
    line => isOf(line) && line.data.things?.every(id => /^[0-9a-f]{24}$/.test(id)),
  )
  expect(given.length).toBeGreaterThanOrEqual(2)
  cutBehind(ground.home, line => isOf(line) && line.data.taken?.[0] === given[0]?.data.things?.[0])
  await orders('jumpcloud', /lock$/)
  await resumed()
  expect(await orders('jumpcloud', /lock$/)).toHaveLength(given.length - 1)
})
