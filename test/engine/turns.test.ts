import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createTurns } from '../../src/engine/turns.ts'

const place = { tenant: 't', system: 's' }

it('one after the other at one place, also behind one that failed', async () => {
  const turns = createTurns()
  const deeds: string[] = []
  const work = (name: string) => async () => {
    deeds.push(`${name} begins`)
    await new Promise(resolve => setTimeout(resolve, 2))
    deeds.push(`${name} ends`)
    if (name === 'b') throw new Error('no')
    return name
  }
  const [a, b, c, other] = await Promise.allSettled([
    ...['a', 'b', 'c'].map(name => turns.inTurn(place, work(name))),
    turns.inTurn({ ...place, system: 'other' }, async () => deeds.length),
  ])
  expect([a?.status, b?.status, c?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(other).toEqual({ status: 'fulfilled', value: 1 })
  expect(deeds).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(await turns.inTurn(place, work('d'))).toBe('d')
})

it('nothing of a turn is kept once it is over', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const turns = createTurns()
  const report = async () => new WeakRef(await turns.inTurn(place, async () => ({ of: 'somebody' })))
  const kept = await report()
  await new Promise(resolve => setImmediate(resolve))
  collect()
  expect(kept.deref()).toBeUndefined()
})
