import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { summaryOf } from '../../src/cli/runs-list.ts'
import type { Home } from '../../src/store/home.ts'
import { openLedger } from '../../src/store/ledger.ts'
import { clock, homeIn, makeFolder, makeHome, processes } from '../store/ground.ts'
import { runIn } from './harness.ts'

/** Longer than what is given out whole: what was shown is too long to be among both ends. */
async function longRun(home: Home, people: readonly string[]) {
  const ledger = openLedger({ home, clock, processes })
  const writer = await ledger.create()
  const planned = { goals: [], unreached: [] }
  const options = { delete: false, devices: 'lock', only: [], except: [], waitMs: 0 }
  const head = { kind: 'offboarding', command: 'k1ctl offboard', operator: 'a@b', tenants: ['X'], options }
  await writer.append('plan', { ...head, ...planned })
  await writer.append('consent', { by: 'a@b', how: 'terminal', agreed: { shown: 'x'.repeat(80_000) } })
  for (const person of people) {
    await writer.append('plan', { person, tenant: 'X', ...planned, filler: 'x'.repeat(20_000) })
    const goal = { goal: person, tenant: 'X', system: 'graphus', summary: 'Blocked', at: '2026-11-29T12:00:00.000Z' }
    await writer.append('proof', { person, ...goal, end: 'changed', proved: true, differences: [] }, person)
  }
  await writer.append('report', { verdict: 'proved', units: { proved: people.length } })
  await writer.close()
  const summary = () => summaryOf(writer.run, () => ledger.glance(writer.run))
  const whole = () => summaryOf(writer.run, () => ledger.read(writer.run))
  return { run: writer.run, path: join(ledger.path, `${writer.run}.jsonl`), summary, whole }
}

const alter = (path: string) =>
  writeFileSync(path, readFileSync(path, 'utf8').replace('"how":"terminal"', '"how":"terminus"'))

it('somebody alone is all that a long run is about, and one of several is not', async () => {
  const one = await longRun(makeHome(), ['amy@x.example'])
  expect((await one.summary()).about).toBe('amy@x.example')
  const several = await longRun(makeHome(), ['bob@x.example', 'amy@x.example'])
  expect((await several.summary()).about).toBe('amy@x.example …')
  expect((await several.whole()).about).toBe('2 people')
})

it('is called proved where every line of it was checked, and nowhere else', async () => {
  const { path, summary, whole } = await longRun(makeHome(), ['amy@x.example'])
  expect([(await whole()).verdict, (await summary()).verdict]).toEqual(['proved', 'proved?'])
  alter(path)
  expect([(await whole()).verdict, (await summary()).verdict]).toEqual(['altered', 'proved?'])
})

it('that was altered in its middle is not called proved, and runs list says what checks it', async () => {
  const folder = makeFolder()
  const { path, run } = await longRun(homeIn(folder), ['amy@x.example'])
  const list = (...words: string[]) => runIn(folder, ['runs', 'list', ...words])
  expect(JSON.parse((await list('--json')).stdout)).toMatchObject([{ run, verdict: 'proved' }])
  alter(path)
  const { stdout, stderr } = await list()
  expect(stdout).toMatch(new RegExp(`^${run} .* proved\\? `, 'm'))
  expect(stderr).toContain(`? Both ends of a long ledger say so. To check all of it: k1ctl runs show ${run}`)
  expect(JSON.parse((await list('--json')).stdout)).toMatchObject([{ run, verdict: 'altered' }])
  expect((await runIn(folder, ['runs', 'show', run])).stdout).toContain('ALTERED from entry 1 on')
})
