import { expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import type { LedgerEntryType, LedgerWriter } from '../../src/core/ledger-store.ts'
import { tellingCutOff } from '../../src/engine/cut-off.ts'

const full = new K1Error('storage', 'The disk is full.', { hint: 'Free some space.', facts: { path: '/x' } })

/** A ledger whose disk is full after so many entries. */
function ledgerOf(most: number): LedgerWriter {
  let written = 0
  return {
    run: 'r-1',
    async append(type) {
      if (written++ >= most) throw full
      return { seq: written, at: '', type, run: 'r-1', data: null, prev: '', hash: '' }
    },
    close: async () => {},
  }
}

const write = (most: number, ...types: LedgerEntryType[]) =>
  tellingCutOff(ledgerOf(most), async ledger => {
    for (const type of types) await ledger.append(type, null)
    return 'through'
  })

it('what ends a run before an intent is on record is told as it is', async () => {
  await expect(write(2, 'plan', 'consent', 'intent')).rejects.toBe(full)
  await expect(write(9, 'plan', 'consent', 'intent')).resolves.toBe('through')
})

it('what ends it after that is told as a run that is not through, with the way on', async () => {
  await expect(write(3, 'plan', 'consent', 'intent', 'outcome')).rejects.toMatchObject({
    kind: 'cut-off',
    message: 'The disk is full. Run r-1 is not through: some of it was sent.',
    hint: 'Free some space. Then go on where it stopped: k1ctl runs resume r-1',
    facts: { path: '/x', run: 'r-1' },
    cause: full,
  })
})

it('whoever interrupts it knows, and a defect stays one', async () => {
  for (const kind of ['cancelled', 'internal'] as const) {
    const error = new K1Error(kind, 'so')
    const work = tellingCutOff(ledgerOf(9), async ledger => {
      await ledger.append('intent', null)
      throw error
    })
    await expect(work).rejects.toBe(error)
  }
})
