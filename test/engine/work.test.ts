import { expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import type { LedgerWriter, Locks } from '../../src/core/ledger-store.ts'
import type { Clock } from '../../src/core/ports.ts'
import { createTurns } from '../../src/engine/turns.ts'
import type { Job, UnitPlan, UnitReport } from '../../src/engine/unit.ts'
import { workOn } from '../../src/engine/work.ts'

const clock: Clock = { now: () => new Date(), sleep: async () => undefined }
const locks: Locks = { hold: (_, __, work) => work(() => undefined) }

it('ends when the ledger fails, also while others wait for what was to come after it', async () => {
  const full = new K1Error('storage', 'the disk is full')
  const append: LedgerWriter['append'] = () => Promise.reject(full)
  const ledger: LedgerWriter = { run: 'r', append, close: async () => undefined }
  const never = new Promise<void>(() => undefined)
  async function* units(): AsyncGenerator<string> {
    yield 'the canary'
    await never
    yield 'all others'
  }
  const job = {
    subjectOf: () => null,
    earlierOf: () => undefined,
    plan: async () => ({ planned: [] }),
    refused: () => ({ planned: [] }),
    entryOf: () => ({}),
    report: () => ({ verdict: 'proved' }),
  } as unknown as Job<string, UnitPlan, UnitReport>
  const options = { ledger, clock, locks, turns: createTurns(), operator: 'tester', concurrency: 4 }
  await expect(workOn(units(), job, options)).rejects.toBe(full)
})
