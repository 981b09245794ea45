import { describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../../src/core/ledger-store.ts'
import { foldUnits } from '../../src/engine/fold-units.ts'

const planned = {
  tenant: 'Acme',
  person: 'amy@acme.example',
  goals: [{ id: 'g', tenant: 'Acme', system: 's', summary: 'It is off' }],
  unreached: [],
}

function entries(...outcomes: object[]): LedgerEntry[] {
  const all = [['plan', planned], ...outcomes.map(data => ['outcome', { sent: true, ...data }])] as const
  return all.map(([type, data], seq) => ({
    ...{ seq, at: `2026-11-29T00:00:0${seq}.000Z`, type, run: 'r', data, prev: '', hash: '' },
    ...(type === 'plan' ? {} : { goal: 'g' }),
  })) as LedgerEntry[]
}

const left = (...outcomes: object[]) => [...(foldUnits(entries(...outcomes))[0]?.refusedThings.get('g') ?? [])]

describe('what was refused of a request that was accepted otherwise', () => {
  it('is left until it is taken', () => {
    const refused = [
      { id: 'a', why: 'no' },
      { id: 'b', why: 'no' },
    ]
    expect(left({ refused, taken: ['c'] })).toEqual(['a', 'b'])
    expect(left({ refused, taken: ['c'] }, { taken: ['a'], refused: [{ id: 'b', why: 'no' }] })).toEqual(['b'])
    expect(left({ refused }, { taken: ['a', 'b'] })).toEqual([])
  })

  it('is nothing in a ledger of before, which tells of no things', () => {
    expect(left({})).toEqual([])
  })
})

describe('what was taken, by name', () => {
  const recordOf = (...outcomes: object[]) => foldUnits(entries(...outcomes))[0]
  const taken = (...outcomes: object[]) => {
    const found = recordOf(...outcomes)?.takenThings.get('g')
    return found && [...found]
  }

  it('is what each round says', () => {
    expect(taken({ round: 1, taken: ['a'] }, { round: 2, taken: ['b'] })).toEqual(['a', 'b'])
    expect(taken({ round: 1, taken: [] })).toEqual([])
  })

  it('is not told once a ledger of before has named only some of it', () => {
    expect(taken({ taken: ['a'] })).toBeUndefined()
    expect(taken({ taken: ['a'] }, { round: 1, taken: ['b'] })).toBeUndefined()
    expect(taken({ round: 1, taken: ['b'] }, { taken: ['a'] }, { round: 1, taken: ['c'] })).toBeUndefined()
  })

  it('goes with what was noted of it', () => {
    const record = recordOf(
      { round: 1, taken: ['a'], notes: { a: '7' } },
      { round: 1, taken: ['b'], notes: { b: '8' } },
    )
    expect(record?.notes.get('g')).toEqual({ a: '7', b: '8' })
  })
})
