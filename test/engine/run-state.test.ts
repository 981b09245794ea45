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
