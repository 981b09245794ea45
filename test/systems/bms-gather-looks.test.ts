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
