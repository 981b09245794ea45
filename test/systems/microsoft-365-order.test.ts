import { expect, it } from 'vitest'
import { z } from 'zod'
import type { Goal } from '../../src/core/goal.ts'
import type { LedgerWriter } from '../../src/core/ledger-store.ts'
import { openMoment } from '../../src/core/moment.ts'
import { execute } from '../../src/engine/execute.ts'
import { createTurns } from '../../src/engine/turns.ts'
import type { GoalResult } from '../../src/engine/verdict.ts'
import { microsoft365 } from '../../src/systems/microsoft-365/index.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'

/** As the engine brings a leaver's goals about: no licence is lost before the mailbox was read back as a shared one. */

const stage = setGraphStage()

async function offboarded(): Promise<Map<string | undefined, GoalResult>> {
  const { clock, sandbox } = stage
  const known = sandbox.tenants[19]?.connections['microsoft-365']
  const session = await microsoft365.open(
    { ...known?.settings, ...known?.secrets, licences: 'remove' },
    { clock, http: { env: {} } },
  )
  try {
    const [account] = (await session.people?.find(estate.cloud)) ?? []
    if (account === undefined || session.people === undefined) throw new Error('nobody')
    const moment = openMoment({ now: () => clock.now().getTime() })
    const goals = (await session.people.goals(account, plain)).map(
      ({ follows: _, ...goal }): Goal => ({ ...goal, id: goal.kind, tenant: 't', system: 's', spec: null, moment }),
    )
    const results = await execute(goals, { ledger: unkept, clock, concurrency: 4, turns: createTurns() })
    return new Map(results.map(result => [result.kind, result]))
  } finally {
    await session.close()
  }
}

/** Nothing is read from it here. */
const unkept: LedgerWriter = {
  run: 'r',
  append: async (type, data) => ({ seq: 0, at: '', type, run: 'r', data, prev: '', hash: '' }),
  close: async () => {},
}

async function licences(): Promise<number | undefined> {
  const user = z.object({ userPrincipalName: z.string(), licenseAssignmentStates: z.array(z.unknown()) })
  const { users } = z.object({ users: z.array(user) }).parse(await stage.state())
  return users.find(({ userPrincipalName }) => userPrincipalName === estate.cloud)?.licenseAssignmentStates.length
}

it('frees licences behind a conversion of 40 s', async () => {
  await stage.control('conversion', { ms: 40_000 })
  const results = await offboarded()
  expect(results.get('mailbox-shared')).toMatchObject({ end: 'changed', proved: true })
  expect(results.get('licences-freed')).toMatchObject({ end: 'changed', proved: true })
  expect(await licences()).toBe(0)
})

it('frees none where the conversion never comes, and all else is done', async () => {
  await stage.control('conversion', { ms: null })
  const results = await offboarded()
  expect(results.get('mailbox-shared')).toMatchObject({ end: 'pending' })
  expect(results.get('licences-freed')).toMatchObject({
    end: 'pending',
    why: expect.stringContaining('Waits for mailbox-shared'),
  })
  expect(await licences()).toBe(2)
  const others = [...results.values()].filter(({ kind }) => kind !== 'mailbox-shared' && kind !== 'licences-freed')
  expect(others.map(({ end }) => end).filter(end => end !== 'changed' && end !== 'already')).toEqual([])
})

it('frees none where a person has to convert it, and nobody said so', async () => {
  await stage.control('exchange-rights', { granted: [] })
  const results = await offboarded()
  expect(results.get('mailbox-shared')).toMatchObject({ end: 'by-hand' })
  expect(results.get('licences-freed')).toMatchObject({ end: 'pending' })
  expect(await licences()).toBe(2)
  expect(results.get('sign-in-blocked')).toMatchObject({ end: 'changed', proved: true })
})
