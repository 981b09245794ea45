import { expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import type { Goal } from '../../src/core/goal.ts'
import type { LedgerWriter, Locks } from '../../src/core/ledger-store.ts'
import { openMoment } from '../../src/core/moment.ts'
import type { Clock } from '../../src/core/ports.ts'
import { seen, unseen } from '../../src/core/reading.ts'
import { lookAt } from '../../src/engine/look.ts'
import { createTurns } from '../../src/engine/turns.ts'
import type { Job, UnitPlan, UnitReport } from '../../src/engine/unit.ts'
import { workOn } from '../../src/engine/work.ts'

const clock: Clock = { now: () => new Date(), sleep: async () => undefined }
const locks: Locks = { hold: (_, __, work) => work(() => undefined, locks) }

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

it.each([
  ['holds', ['group']],
  ['not-yet', ['block', 'group']],
  ['unseen', ['block']],
])('goes on with what waits for a block that was proved before, and %s now', async (state, taken) => {
  const done: string[] = []
  let isBlocked = state === 'holds'
  const goal = (id: string, rest: Partial<Goal>): Goal => ({
    ...{ id, tenant: 't', system: 's', spec: null, moment: openMoment({ now: Date.now }), reach: 'api', summary: id },
    ...{ effect: 'reversible', repeatable: true, after: [], needs: [], settlesWithin: 0 },
    read: async () => seen(done.includes(id)),
    holds: held => held === true,
    changes: held => (held === true ? [] : [{ id, what: id, before: 'yes', after: 'no' }]),
    take: async () => {
      done.push(id)
      isBlocked ||= id === 'block'
      return [{ id }]
    },
    ...rest,
  })
  const hidden = unseen('unreachable', 'It does not answer.')
  const block = goal('block', {
    read: async () => (state === 'unseen' ? hidden : seen(isBlocked)),
    anyway: async () => {
      done.push('block')
      return [{ id: 'block' }]
    },
  })
  const goals = [block, goal('group', { after: ['block'] })]
  const record = { results: [{ goal: 'block', end: 'changed' }], open: new Set(), before: new Map(), sentAt: new Map() }
  const job = {
    subjectOf: () => null,
    earlierOf: () => ({ record, attested: new Map(), resend: false }),
    plan: async () => ({
      planned: await Promise.all(goals.map(async one => ({ goal: one, standing: await lookAt(one) }))),
    }),
    entryOf: () => undefined,
    report: () => ({ verdict: 'proved' }),
  } as unknown as Job<string, UnitPlan, UnitReport>
  const append: LedgerWriter['append'] = async (type, data) => ({
    seq: 1,
    at: '',
    type,
    run: 'r',
    data,
    prev: '',
    hash: '',
  })
  const ledger: LedgerWriter = { run: 'r', append, close: async () => undefined }
  async function* units(): AsyncGenerator<string> {
    yield 'somebody'
  }
  await workOn(units(), job, { ledger, clock, locks, turns: createTurns(), operator: 'tester', concurrency: 1 })
  expect(done).toEqual(taken)
})
