import { describe, expect, it } from 'vitest'
import { inOrder, type Slot } from '../../src/engine/schedule.ts'

type Item = Slot & { fails?: true }

const item = (id: string, lane: string, ...behind: string[]): Item => ({ id, lane, behind })

/** Runs items that each take a few turns of the loop, and notes when each began and ended. */
async function timeline(items: readonly Item[], concurrency = 8) {
  const notes: string[] = []
  let running = 0
  let most = 0
  const results = inOrder(
    items,
    one => one,
    concurrency,
    async ({ id, fails }) => {
      notes.push(`+${id}`)
      running += 1
      most = Math.max(most, running)
      for (let turns = 0; turns < 3; turns++) await new Promise(resolve => setImmediate(resolve))
      running -= 1
      notes.push(`-${id}`)
      if (fails) throw new Error(`${id} failed`)
      return id.toUpperCase()
    },
  )
  return { results: await results.catch((error: Error) => error.message), notes, most }
}

/** a ended before b began. */
const isBefore = (notes: readonly string[], a: string, b: string) => {
  expect(notes).toContain(`-${a}`)
  expect(notes).toContain(`+${b}`)
  return notes.indexOf(`-${a}`) < notes.indexOf(`+${b}`)
}

describe('inOrder', () => {
  it('answers nothing for nothing', async () => {
    expect((await timeline([])).results).toEqual([])
  })

  it('answers in the order of the items, whatever order they ran in', async () => {
    const { results, notes } = await timeline([item('a', '1', 'b'), item('b', '2')])
    expect(results).toEqual(['A', 'B'])
    expect(isBefore(notes, 'b', 'a')).toBe(true)
  })

  it('runs items of one lane one after the other, in their order', async () => {
    const { notes, most } = await timeline([item('a', '1'), item('b', '1'), item('c', '1')])
    expect(notes).toEqual(['+a', '-a', '+b', '-b', '+c', '-c'])
    expect(most).toBe(1)
  })

  it('runs lanes side by side, no more than so many at once', async () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map(id => item(id, id))
    expect((await timeline(five)).most).toBe(5)
    expect((await timeline(five, 2)).most).toBe(2)
    expect((await timeline(five, 1)).notes).toEqual(['+a', '-a', '+b', '-b', '+c', '-c', '+d', '-d', '+e', '-e'])
  })

  it('does not let one that waits keep others from running', async () => {
    const { notes } = await timeline([item('slow', '1'), item('waits', '2', 'slow'), item('free', '3')], 2)
    expect(notes.slice(0, 2)).toEqual(['+slow', '+free'])
    expect(isBefore(notes, 'slow', 'waits')).toBe(true)
  })

  it('waits for several, and ignores what is not among the items', async () => {
    const { notes, results } = await timeline([item('c', '3', 'a', 'b', 'nobody'), item('a', '1'), item('b', '2')])
    expect(isBefore(notes, 'a', 'c') && isBefore(notes, 'b', 'c')).toBe(true)
    expect(results).toEqual(['C', 'A', 'B'])
  })

  it('lets those begin that it passes, and not those that are behind its end, nor more than so many', async () => {
    const begun: string[] = []
    const items: Item[] = [
      item('slow', '1'),
      { ...item('past', '2'), past: ['slow', 'nobody'] },
      { ...item('too', '3'), past: ['slow'] },
      item('behind', '4', 'slow'),
    ]
    const work = async ({ id }: Item, pass: () => void) => {
      begun.push(id)
      if (id !== 'slow') return
      await new Promise(resolve => setImmediate(resolve))
      expect(begun).toEqual(['slow'])
      pass()
      pass()
      await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
      expect(begun).toEqual(['slow', 'past', 'too'])
    }
    await inOrder(items, one => one, 2, work)
    expect(begun).toEqual(['slow', 'past', 'too', 'behind'])
  })

  it('begins nothing after a failure, lets what runs end, and tells the first failure', async () => {
    const items: Item[] = [
      { ...item('bad', '1'), fails: true },
      item('runs', '2'),
      item('next', '1'),
      item('later', '3', 'runs'),
    ]
    const { results, notes } = await timeline(items)
    expect(results).toBe('bad failed')
    expect(notes).toEqual(['+bad', '+runs', '-bad', '-runs'])
  })

  it.each([
    ['two', [item('a', '1', 'b'), item('b', '2', 'a')], 'a, b'],
    ['itself', [item('a', '1', 'a')], 'a'],
    ['two that are to pass each other', [{ ...item('a', '1'), past: ['b'] }, item('b', '2', 'a')], 'a, b'],
    ['a lane against its order', [item('a', '1', 'b'), item('b', '1'), item('c', '2')], 'a, b'],
  ])('refuses a circle of %s, and begins nothing', async (_, items, named) => {
    const { results, notes } = await timeline(items)
    expect(results).toBe(`Goals wait for each other in a circle: ${named}.`)
    expect(notes).toEqual([])
  })
})
