import { describe, expect, it } from 'vitest'
import { inLanes } from '../../src/engine/lanes.ts'

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Notes what runs at the same time. */
function watch() {
  const running = new Set<string>()
  const seen: string[][] = []
  return {
    seen,
    async work(item: string): Promise<string> {
      running.add(item)
      seen.push([...running])
      await pause(5)
      running.delete(item)
      return item.toUpperCase()
    },
  }
}

describe('inLanes', () => {
  it('answers in the order of the items', async () => {
    const { work } = watch()
    expect(await inLanes(['a1', 'b1', 'a2'], item => item.slice(0, 1), 2, work)).toEqual(['A1', 'B1', 'A2'])
  })

  it('never runs two of a lane at once, and runs lanes side by side', async () => {
    const { work, seen } = watch()
    await inLanes(['a1', 'a2', 'b1', 'b2', 'c1'], item => item.slice(0, 1), 8, work)
    for (const running of seen) expect(new Set(running.map(r => r.slice(0, 1))).size).toBe(running.length)
    expect(Math.max(...seen.map(s => s.length))).toBe(3)
  })

  it('keeps to the limit, and takes a limit of none as one', async () => {
    for (const limit of [2, 1, 0]) {
      const { work, seen } = watch()
      await inLanes(['a', 'b', 'c', 'd'], item => item, limit, work)
      expect(Math.max(...seen.map(s => s.length))).toBe(Math.max(1, limit))
    }
  })

  it('rejects with the first failure, begins nothing after it, and leaves nothing running', async () => {
    const begun: string[] = []
    let running = 0
    const work = async (item: string) => {
      begun.push(item)
      running += 1
      await pause(item === 'b' ? 5 : 15)
      running -= 1
      if (item === 'b') throw new Error('no')
      return item
    }
    await expect(inLanes(['a', 'b', 'c'], item => item, 2, work)).rejects.toThrow('no')
    expect([begun, running]).toEqual([['a', 'b'], 0])
  })

  it('has nothing to do for nothing', async () => {
    expect(
      await inLanes(
        [],
        () => '',
        4,
        async () => 1,
      ),
    ).toEqual([])
  })
})
