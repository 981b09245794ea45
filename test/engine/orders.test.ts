import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/core/change.ts'
import { K1Error } from '../../src/core/errors.ts'
import type { Goal } from '../../src/core/goal.ts'
import type { LedgerEntry } from '../../src/core/ledger-store.ts'
import { type Reading, seen, unseen } from '../../src/core/reading.ts'
import { foldUnits } from '../../src/engine/fold-units.ts'
import { portionsOf } from '../../src/engine/rounds.ts'
import { type KillAt, type Process, runOver, words } from './laptops.ts'
import { scriptedGoal } from './scripted-goal.ts'

/** Orders that nobody can read back, one a laptop: whoever goes on knows of each whether it was given. */

const names = ['a', 'b', 'c'] as const
type Name = (typeof names)[number]
type Fleet = Record<Name, number> & { refuses?: Name; stopsAt?: Name; hidden?: boolean }

const setOut = (): Fleet => ({ a: 0, b: 0, c: 0 })
const orders = (fleet: Fleet) => names.map(name => fleet[name])

function laptopsErased(fleet: Fleet, taken: ReadonlySet<string> | undefined, more: Partial<Goal>): Goal {
  const accepted = new Set<string>(taken)
  return scriptedGoal({
    later: 'It does not tell.',
    queued: true,
    repeatable: false,
    read: async (): Promise<Reading<Fleet>> => (fleet.hidden ? unseen('unreachable', 'Nobody answers.') : seen(fleet)),
    holds: () => names.every(name => accepted.has(name)),
    unobservable: () => undefined,
    waitsFor: () => undefined,
    shown: () => 'laptops',
    changes: () =>
      names
        .filter(name => !accepted.has(name))
        .map((id): Change => ({ id, what: `Laptop ${id}`, before: 'none', after: 'erased', alone: true })),
    async take(changes) {
      return changes.map(({ id }) => {
        if (fleet.refuses === id) return { id, error: new K1Error('rejected', `${id} is too old.`) }
        if (fleet.stopsAt === id) throw new K1Error('cancelled', 'Cancelled.')
        fleet[id as Name] += 1
        accepted.add(id)
        return { id }
      })
    },
    ...more,
  })
}

function over(fleet: Fleet, entries: LedgerEntry[], { goal = {}, ...process }: Process = {}) {
  return runOver(record => laptopsErased(fleet, record?.takenThings.get('g'), goal), entries, process)
}

describe('orders that nobody can read back', () => {
  it('are written down one by one, before each is given and once it is answered', async () => {
    const entries: LedgerEntry[] = []
    expect(await over(setOut(), entries)).toMatchObject({ end: 'changed' })
    expect(words(entries)).toEqual([
      ...names.flatMap(name => [
        ['intent', [name]],
        ['outcome', [name]],
      ]),
      ['proof', 'changed'],
    ])
  })

  const points: [string, KillAt, Name | undefined, number[]][] = [
    ['in front of the first intent', { before: 1 }, undefined, [1, 1, 1]],
    ['behind the intent of the first', { behind: 1 }, 'a', [0, 1, 1]],
    ['when the first was given, and not noted', { before: 2 }, 'a', [1, 1, 1]],
    ['when the first was noted', { behind: 2 }, undefined, [1, 1, 1]],
    ['in front of the intent of the second', { before: 3 }, undefined, [1, 1, 1]],
    ['behind the intent of the second', { behind: 3 }, 'b', [1, 0, 1]],
    ['behind the intent of the last', { behind: 5 }, 'c', [1, 1, 0]],
    ['when the last was given, and not noted', { before: 6 }, 'c', [1, 1, 1]],
    ['when the last was noted', { behind: 6 }, undefined, [1, 1, 1]],
  ]

  async function killed(killAt: KillAt) {
    const fleet = setOut()
    const entries: LedgerEntry[] = []
    expect(await over(fleet, entries, { killAt })).toBeUndefined()
    return { fleet, entries }
  }

  it.each(points)('killed %s: only that one is in doubt, by its name, and the rest is given', async (...point) => {
    const [, killAt, name, given] = point
    const { fleet, entries } = await killed(killAt)
    for (let times = 0; times < 2; times += 1) {
      const result = await over(fleet, entries)
      expect(orders(fleet)).toEqual(given)
      expect(result).toMatchObject(
        name === undefined
          ? { end: 'changed' }
          : {
              end: 'unknown',
              why: expect.stringContaining(`(Laptop ${name})`),
              hint: expect.stringContaining('--resend'),
            },
      )
      if (name === undefined) break
    }
  })

  it.each(points)('killed %s: --resend gives that one again, and no other', async (_, killAt, name, given) => {
    const { fleet, entries } = await killed(killAt)
    expect(await over(fleet, entries, { resend: true })).toMatchObject({ end: 'changed' })
    expect(orders(fleet)).toEqual(names.map((one, at) => (given[at] ?? 0) + (one === name ? 1 : 0)))
    await over(fleet, entries, { resend: true })
    expect(orders(fleet)).toEqual(names.map((one, at) => (given[at] ?? 0) + (one === name ? 1 : 0)))
  })

  it.each(points)('killed %s: what may be given twice is given again alone', async (_, killAt, name, given) => {
    const { fleet, entries } = await killed(killAt)
    expect(await over(fleet, entries, { goal: { repeatable: true } })).toMatchObject({ end: 'changed' })
    expect(orders(fleet)).toEqual(names.map((one, at) => (given[at] ?? 0) + (one === name ? 1 : 0)))
  })

  it('leave nothing in doubt that was refused for certain', async () => {
    const fleet: Fleet = { ...setOut(), refuses: 'a' }
    const entries: LedgerEntry[] = []
    await over(fleet, entries, { killAt: { behind: 3 } })
    expect([...(foldUnits(entries)[0]?.doubtful.get('g') ?? [])]).toEqual(['b'])
    const { end, why = '' } = (await over(fleet, entries)) ?? {}
    expect([end, orders(fleet)]).toEqual(['unknown', [0, 0, 1]])
    for (const words of ['(Laptop b)', 'a is too old.']) expect(why).toContain(words)
    delete fleet.refuses
    await over(fleet, entries)
    expect(orders(fleet)).toEqual([1, 0, 1])
  })

  it('stay in doubt over a process that sent nothing', async () => {
    const { fleet, entries } = await killed({ before: 2 })
    fleet.hidden = true
    expect(await over(fleet, entries)).toMatchObject({ end: 'failed' })
    fleet.hidden = false
    const guard = { guard: () => async () => 'The last of its kind.' }
    expect(await over(fleet, entries, { goal: guard })).toMatchObject({ end: 'refused' })
    expect(await over(fleet, entries)).toMatchObject({ end: 'unknown', why: expect.stringContaining('(Laptop a)') })
    expect(orders(fleet)).toEqual([1, 1, 1])
  })

  it('are begun no more once somebody breaks it off, and none is in doubt between two', async () => {
    const fleet = setOut()
    const entries: LedgerEntry[] = []
    const cut = new AbortController()
    const goal = laptopsErased(fleet, undefined, {})
    const breaking: Partial<Goal> = {
      take(changes, value) {
        cut.abort()
        return goal.take(changes, value)
      },
    }
    expect(await over(fleet, entries, { goal: breaking, signal: cut.signal })).toMatchObject({ end: 'pending' })
    expect(orders(fleet)).toEqual([1, 0, 0])
    expect(await over(fleet, entries)).toMatchObject({ end: 'changed' })
    expect(orders(fleet)).toEqual([1, 1, 1])
  })

  it('are not in doubt where nothing of them was begun when somebody broke it off', async () => {
    const fleet: Fleet = { ...setOut(), stopsAt: 'b' }
    const entries: LedgerEntry[] = []
    expect(await over(fleet, entries)).toMatchObject({ end: 'unknown' })
    delete fleet.stopsAt
    expect(await over(fleet, entries)).toMatchObject({ end: 'unknown', why: expect.stringContaining('(Laptop b)') })
    expect(orders(fleet)).toEqual([1, 0, 1])
  })
})

it('what stands between orders goes together, in its place', () => {
  const change = { what: 'Laptop', before: '', after: '' }
  const due = ['x', 'y', '!a', '!b', 'z'].map(
    (id): Change => ({ ...change, id, ...(id.startsWith('!') ? { alone: true } : {}) }),
  )
  expect(portionsOf(due).map(some => some.map(({ id }) => id))).toEqual([['x', 'y'], ['!a'], ['!b'], ['z']])
  expect(portionsOf([])).toEqual([[]])
})

it('what was taken, and must be once, is not given again by --resend; what came to nothing is', async () => {
  const fleet = setOut()
  const entries: LedgerEntry[] = []
  const change = { what: 'Laptop', before: 'none', after: 'erased' }
  const goal: Partial<Goal> = {
    holds: () => false,
    changes: () => [
      { ...change, id: 'a', once: true },
      { ...change, id: 'b' },
    ],
  }
  await over(fleet, entries, { goal })
  expect(orders(fleet)).toEqual([1, 1, 0])
  expect(await over(fleet, entries, { goal })).toMatchObject({ end: 'pending' })
  expect(await over(fleet, entries, { goal, resend: true })).toMatchObject({ end: 'pending' })
  expect(orders(fleet)).toEqual([1, 2, 0])
})
