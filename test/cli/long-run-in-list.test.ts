import { expect, it } from 'vitest'
import { summaryOf } from '../../src/cli/runs-list.ts'
import { openLedger } from '../../src/store/ledger.ts'
import { clock, makeHome, processes } from '../store/ground.ts'

/** A run of which a list reads both ends: what was shown is too long to be among them. */
async function aboutOf(people: readonly string[]): Promise<string> {
  const ledger = openLedger({ home: makeHome(), clock, processes })
  const writer = await ledger.create()
  const planned = { goals: [], unreached: [] }
  const options = { delete: false, devices: 'lock', only: [], except: [], waitMs: 0 }
  const head = { kind: 'offboarding', command: 'k1ctl offboard', operator: 'a@b', tenants: ['X'], options }
  await writer.append('plan', { ...head, ...planned })
  await writer.append('consent', { by: 'a@b', how: 'terminal', agreed: { shown: 'x'.repeat(40_000) } })
  for (const person of people) {
    await writer.append('plan', { person, tenant: 'X', ...planned, filler: 'x'.repeat(20_000) })
    const goal = { goal: person, tenant: 'X', system: 'graphus', summary: 'Blocked', at: '2026-11-29T12:00:00.000Z' }
    await writer.append('proof', { person, ...goal, end: 'changed', proved: true, differences: [] }, person)
  }
  await writer.append('report', { verdict: 'proved', units: { proved: people.length } })
  await writer.close()
  return (await summaryOf(writer.run, () => ledger.glance(writer.run))).about
}

it('somebody alone is all that a long run is about, and one of several is not', async () => {
  expect(await aboutOf(['amy@x.example'])).toBe('amy@x.example')
  expect(await aboutOf(['bob@x.example', 'amy@x.example'])).toBe('amy@x.example …')
})
