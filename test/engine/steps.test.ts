import { describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import type { Goal } from '../../src/core/goal.ts'
import type { LedgerEntry } from '../../src/core/ledger-store.ts'
import { foldUnits } from '../../src/engine/fold-units.ts'
import { erasures, type Fleet, type KillAt, ledgerOf, type Process, run, setOut, waitMs, words } from './laptops.ts'

/** Goals of two steps, over a ledger as it is folded: whole, and killed at every point between the steps. */

describe('a goal of two steps', () => {
  it('names each step before it is sent, and waits between them until everybody has heard', async () => {
    const ground = setOut()
    ground.fleet.b.hearsAfter = 7000
    const entries: LedgerEntry[] = []
    expect(await run(ground, entries)).toMatchObject({ end: 'changed', proved: true })
    expect(words(entries)).toEqual([
      ['intent', ['release a', 'release b']],
      ['outcome', ['release a', 'release b']],
      ['intent', ['a', 'b']],
      ['outcome', ['a', 'b']],
      ['proof', 'changed'],
    ])
    expect(Object.values(ground.fleet)).toEqual(Array(2).fill(expect.objectContaining({ overtaken: false })))
  })

  it('waits no longer than it may', async () => {
    const ground = setOut()
    ground.fleet.b.hearsAfter = Number.POSITIVE_INFINITY
    const from = ground.now.ms
    expect(await run(ground, [])).toMatchObject({ end: 'changed' })
    expect([erasures(ground), ground.now.ms - from]).toEqual([[1, 1], waitMs])
  })

  it('never takes what is not ready, however long it waited', async () => {
    const ground = setOut()
    const ready = (value: unknown) => (value as Fleet).a.bound
    const goal: Partial<Goal> = {
      changes: value =>
        ready(value)
          ? [{ id: 'release a', of: 'a', what: 'a', before: '', after: '' }]
          : [{ id: 'a', what: 'a', before: '', after: '', waits: 'until-ready' }],
    }
    expect(await run(ground, [], { goal })).toMatchObject({ end: 'pending', why: expect.stringContaining('Not yet') })
    expect(erasures(ground)).toEqual([0, 0])
  })

  it('goes on with the others where the first step of one is refused, and counts things, not steps', async () => {
    const ground = setOut()
    ground.fleet.a.refuses = ['release']
    ground.fleet.b.refuses = ['erase']
    const { end, why } = (await run(ground, [])) ?? {}
    expect([end, why]).toEqual(['failed', '2 of 2 were refused: a (on): a does not release. b (on): b does not erase.'])
  })
})

describe('a kill between two steps', () => {
  const points: [string, KillAt, object, object][] = [
    ['when the first was sent, and not noted', { before: 2 }, { end: 'changed' }, { end: 'changed' }],
    ['when the first was noted', { behind: 2 }, { end: 'changed' }, { end: 'changed' }],
    ['in front of the intent of the second', { before: 3 }, { end: 'changed' }, { end: 'changed' }],
    ['when the second was about to be sent', { behind: 3 }, { end: 'unknown', sent: 0 }, { end: 'changed' }],
    ['when the second was sent, and not noted', { before: 4 }, { end: 'unknown' }, { end: 'changed', sent: 2 }],
    ['when the second was noted', { behind: 4 }, { end: 'changed' }, { end: 'changed' }],
  ]

  async function resumed(killAt: KillAt, more: Process, ground = setOut()) {
    const entries: LedgerEntry[] = []
    expect(await run(ground, entries, { killAt, ...more })).toBeUndefined()
    const result = await run(ground, entries, more)
    expect(Object.values(ground.fleet)).toEqual(Array(2).fill(expect.objectContaining({ overtaken: false })))
    const [sent, other] = erasures(ground)
    expect(other).toBe(sent)
    // What an undo gives back is what was there before the first step.
    expect(foldUnits(entries)[0]?.before.get('g')).toEqual(['bound', 'bound'])
    return { end: result?.end, hint: result?.hint, sent }
  }

  it.each(points)('%s: nothing is lost, and nothing sent twice', async (_, killAt, expected) => {
    expect(await resumed(killAt, {})).toMatchObject({ sent: 1, ...expected })
  })

  it.each(points)('%s: --resend sends what may not have been taken', async (_, killAt, __, expected) => {
    expect(await resumed(killAt, { resend: true })).toMatchObject({ sent: 1, ...expected })
  })

  it.each(points)('%s: what may be repeated is', async (_, killAt) => {
    expect(await resumed(killAt, { goal: { repeatable: true } })).toMatchObject({ end: 'changed' })
  })

  it('in the middle of the first: the rest of it is sent, because a look shows what is left', async () => {
    const ground = setOut()
    const entries: LedgerEntry[] = []
    await run(ground, entries, { killAt: { before: 2 } })
    ground.fleet.b.bound = true
    expect(await run(ground, entries)).toMatchObject({ end: 'changed' })
    expect(erasures(ground)).toEqual([1, 1])
  })

  it('sends again what does no harm, where a look shows that it was not taken after all', async () => {
    const ground = setOut()
    const entries: LedgerEntry[] = []
    await run(ground, entries, { killAt: { behind: 2 } })
    ground.fleet.a.bound = true
    expect(await run(ground, entries)).toMatchObject({ end: 'changed' })
    expect([ground.fleet.a.bound, erasures(ground)]).toEqual([false, [1, 1]])
  })

  it('and another one in what resumes it', async () => {
    for (const first of [1, 2, 3, 4, 5]) {
      for (const second of [1, 2, 3, 4, 5]) {
        const ground = setOut()
        const entries: LedgerEntry[] = []
        await run(ground, entries, { killAt: { before: first } })
        await run(ground, entries, { killAt: { before: second } })
        const result = await run(ground, entries)
        const sent = Math.max(...erasures(ground))
        expect([first, second, sent <= 1, sent === 1 || result?.end === 'unknown']).toEqual([first, second, true, true])
      }
    }
  })

  it('leaves in doubt only what was about to be sent', async () => {
    const ground = setOut()
    const entries: LedgerEntry[] = []
    ground.fleet.a.losesAnswerTo = 'erase'
    expect(await run(ground, entries)).toMatchObject({ end: 'unknown' })
    const [record] = foldUnits(entries)
    expect([...(record?.doubtful.get('g') ?? [])]).toEqual(['a'])
    expect([...(record?.takenThings.get('g') ?? [])]).toEqual(['release a', 'release b', 'b'])
    expect(await run(ground, entries)).toMatchObject({
      end: 'unknown',
      hint: expect.stringMatching(/k1ctl runs resume \S+ --resend$/),
    })
    expect(erasures(ground)).toEqual([1, 1])
  })
})

it('a cancelled step that may not be repeated is in doubt', async () => {
  const cancelled = { take: () => Promise.reject(new K1Error('cancelled', 'Cancelled.')) }
  expect(await run(setOut(), [], { goal: cancelled })).toMatchObject({ end: 'unknown' })
  expect(await run(setOut(), [], { goal: { ...cancelled, repeatable: true } })).toMatchObject({ end: 'pending' })
})

it('a ledger that names no steps had all of it sent', async () => {
  const ground = setOut({ bound: false })
  const entries: LedgerEntry[] = []
  const ledger = ledgerOf(entries)
  await ledger.append('intent', { summary: '', differences: [], before: {} }, 'g')
  await ledger.append('outcome', { sent: true, taken: ['a', 'b'] }, 'g')
  expect(await run(ground, entries)).toMatchObject({
    end: 'pending',
    why: expect.stringContaining('Asked for already'),
  })
  await ledger.append('outcome', { sent: true, taken: ['b'], refused: [{ id: 'a', why: 'no' }] }, 'g')
  await run(ground, entries, { goal: { repeatable: true } })
  expect(erasures(ground)).toEqual([1, 0])
})
