import { expect, it } from 'vitest'
import type { Clock } from '../../src/core/ports.ts'
import { gatherLooks } from '../../src/systems/bms/gather-looks.ts'
import type { Employee } from '../../src/systems/bms/schemas.ts'

const clock: Clock = {
  now: () => new Date(),
  sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
}
const employee = (id: number): Employee => ({ id, isActive: false }) as Employee

it('sends looks of one moment in one request, each number once', async () => {
  const asked: number[][] = []
  const look = gatherLooks(async ids => {
    asked.push([...ids])
    return ids.filter(id => id !== 3).map(employee)
  }, clock)
  const answers = await Promise.all([look(1), look(2), look(1), look(3)])
  expect(asked).toEqual([[1, 2, 3]])
  expect(answers.map(a => a?.id)).toEqual([1, 2, 1, undefined])
})

it('asks again for a look that comes later, and never more than a page at once', async () => {
  const asked: number[][] = []
  const look = gatherLooks(async ids => {
    asked.push([...ids])
    return ids.map(employee)
  }, clock)
  await look(1)
  await look(1)
  await Promise.all(Array.from({ length: 150 }, (_, i) => look(i)))
  expect(asked.map(ids => ids.length)).toEqual([1, 1, 100, 50])
})

it('waits for company also while others are answered: over a network that takes longer than a moment', async () => {
  const moments: (() => void)[] = []
  const answers: (() => void)[] = []
  const asked: number[][] = []
  const held: Clock = { now: () => new Date(0), sleep: () => new Promise(resolve => moments.push(resolve)) }
  const look = gatherLooks(async ids => {
    asked.push([...ids])
    await new Promise<void>(resolve => answers.push(resolve))
    return ids.map(employee)
  }, held)
  const turn = () => new Promise(resolve => setImmediate(resolve))
  const first = look(1)
  moments.shift()?.()
  await turn()
  const second = look(2)
  answers.shift()?.()
  await first
  await turn()
  const third = look(3)
  moments.shift()?.()
  await turn()
  expect(asked).toEqual([[1], [2, 3]])
  answers.shift()?.()
  expect((await Promise.all([second, third])).map(one => one?.id)).toEqual([2, 3])
})

it('fails every look of the request that failed, and none after it', async () => {
  let fails = true
  const look = gatherLooks(async ids => {
    if (fails) throw new Error('no answer')
    return ids.map(employee)
  }, clock)
  const failed = await Promise.allSettled([look(1), look(2)])
  expect(failed.map(f => f.status)).toEqual(['rejected', 'rejected'])
  fails = false
  expect((await look(1))?.id).toBe(1)
})

it('waits longer for company the fewer requests of the hour are left', async () => {
  let now = 0
  const waits: number[] = []
  const hourly: Clock = {
    now: () => new Date(now),
    sleep: async ms => {
      waits.push(ms)
      now += ms
    },
  }
  const look = gatherLooks(async ids => ids.map(employee), hourly)
  const waitsOf = async (many: number) => {
    waits.length = 0
    for (let i = 0; i < many; i++) await look(i)
    return waits.splice(0)
  }
  expect(new Set(await waitsOf(300))).toEqual(new Set([25]))
  expect(new Set(await waitsOf(600))).toEqual(new Set([250]))
  expect(new Set(await waitsOf(100))).toEqual(new Set([1_000]))
  now += 3_600_000
  expect(await waitsOf(1)).toEqual([25])
})

it('stays within 1,500 requests of an hour for the looks of 4,000 people, sixteen at a time', async () => {
  let now = 0
  const due: { at: number; resolve(): void }[] = []
  const ticking: Clock = {
    now: () => new Date(now),
    sleep: ms => new Promise(resolve => due.push({ at: now + ms, resolve })),
  }
  let requests = 0
  const look = gatherLooks(async ids => {
    requests += 1
    return ids.map(employee)
  }, ticking)
  let left = 4_000
  let working = 16
  const work = async () => {
    while (left > 0) {
      const id = left--
      await look(id)
      // What else there is to do for somebody: a tenth of a second, more or less.
      await ticking.sleep(60 + (id % 9) * 10)
      await look(id)
    }
    working -= 1
  }
  const workers = Array.from({ length: working }, work)
  while (working > 0) {
    for (let i = 0; i < 8; i++) await Promise.resolve()
    const next = due.sort((a, b) => a.at - b.at).shift()
    if (next === undefined) continue
    now = next.at
    next.resolve()
  }
  await Promise.all(workers)
  expect(requests).toBeLessThan(1_500)
})
