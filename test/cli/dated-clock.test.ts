import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { allWrites, forgetCalls, leaver, northwind } from './leavers.ts'

/** By a clock of its own: when a worker does what was agreed to on the other side of a change of the clocks. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const person = leaver(3)
const at = (time: string) => ({ now: new Date(time) })
const agree = (time: string, when: string, ...more: string[]) =>
  ground.k1ctl(['offboard', person, '--at', time, '--zone', 'Europe/Berlin', '--yes', '--wait', '5', ...more], at(when))
const look = (time: string) => ground.k1ctl(['worker', '--once'], at(time))
const schedule = (time: string, ...words: string[]) => ground.k1ctl(['schedule', ...words], at(time))
const kept = () => {
  const folder = join(ground.home, 'state', 'dated')
  return JSON.parse(readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8'))
}
const nothingDone = async () => {
  expect(await allWrites(ground)).toEqual([])
  expect(kept().run).toBeNull()
}

/** Agreed to before the change, for 17:00 on the day after it; the hour at which it would be without the change. */
const changes = [
  ['forward', '2027-03-26T12:00:00Z', '2027-03-29 17:00', '2027-03-29T14:59:59Z', '2027-03-29T15:00:00Z'],
  ['back', '2026-10-23T12:00:00Z', '2026-10-26 17:00', '2026-10-26T15:59:59Z', '2026-10-26T16:00:00Z'],
  [
    'forward, the same night',
    '2027-03-27T23:00:00Z',
    '2027-03-28 03:00',
    '2027-03-28T00:59:59Z',
    '2027-03-28T01:00:00Z',
  ],
  ['back, the same night', '2026-10-24T22:00:00Z', '2026-10-25 03:00', '2026-10-25T01:59:59Z', '2026-10-25T02:00:00Z'],
] as const

describe.each(changes)('while the clocks go %s', (_, now, time, justBefore, due) => {
  const minutesOn = (minutes: number) => new Date(Date.parse(due) + minutes * 60_000).toISOString()

  it('it is done at its hour there, and not a second before', async () => {
    expect((await agree(time, now)).code).toBe(0)
    await look(justBefore)
    await nothingDone()
    const ran = await look(due)
    expect(ran.stderr).not.toContain('late')
    expect((await allWrites(ground)).length, ran.stderr).toBeGreaterThan(3)
    expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved' })
  })

  it('late is counted from there: a quarter of an hour is not, and a minute more is held where that was chosen', async () => {
    await agree(time, now, '--if-late', 'hold')
    const late = await look(minutesOn(16))
    expect(late).toMatchObject({ code: 3, stderr: expect.stringContaining('It was 16 minutes late') })
    await nothingDone()
    expect(await schedule(minutesOn(17), 'go', 'last')).toMatchObject({ code: 0 })
    expect((await look(minutesOn(18))).code).toBe(0)
    expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved' })

    await ground.reset()
    await agree(time, now, '--if-late', 'hold')
    expect((await look(minutesOn(15))).stderr).not.toContain('late')
    expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved' })
  })

  it('held before and let go after, it waits for its hour; held past it, it is done when it is let go', async () => {
    await agree(time, now)
    await schedule(now, 'hold', 'last')
    await schedule(justBefore, 'go', 'last')
    await look(justBefore)
    await nothingDone()
    await schedule(justBefore, 'hold', 'last')
    await look(minutesOn(60))
    await nothingDone()
    await schedule(minutesOn(61), 'go', 'last')
    expect((await look(minutesOn(61))).stderr).not.toContain('late')
    expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved' })
  })

  it('what changed meanwhile stops it at its hour', async () => {
    await agree(time, now)
    expect((await ground.k1ctl(['offboard', person, '--only', 'graphus', '--yes'], at(now))).code).toBe(0)
    await forgetCalls(ground)
    await look(justBefore)
    expect(kept().state).toBe('waiting')
    expect(await look(due)).toMatchObject({ code: 3, stderr: expect.stringContaining('no longer as it was agreed to') })
    await nothingDone()
    expect(kept().state).toBe('stopped')
  })
})
