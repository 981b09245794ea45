import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoWorld, estateLeaver } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'

/** Ledgers that k1ctl wrote before goals were values and runs had units: they are read, verified and undone. */

const tenant = 'Ironbridge Machining'
const leaver = estateLeaver(demoWorld()).person.email
const ledgers = fileURLToPath(new URL('../ledgers', import.meta.url))
const [people = '', settings = ''] = readdirSync(ledgers)
  .filter(name => name.endsWith('.jsonl'))
  .map(name => name.replace('.jsonl', ''))

let ground: Ground
beforeAll(async () => {
  ground = await openGround('demo', tenant)
  const runs = join(ground.home, 'state', 'runs')
  mkdirSync(runs, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(ledgers)) copyFileSync(join(ledgers, name), join(runs, name))
  // The simulators as those runs left them, but for the laptop and the badge that they still waited for.
  expect((await ground.k1ctl(['offboard', leaver, '--wait', '5', '--yes'])).code).toBe(3)
  await ground.control('jumpcloud', 'devices/contact', { method: 'POST' })
  await ground.control('webhook', 'handed-in', { method: 'POST' })
  expect((await ground.k1ctl(['jit', 'disable', 'graphus', '--yes'])).code).toBe(0)
}, 120_000)
afterAll(() => ground.close())

const resultsOf = (stdout: string): { end: string; system: string; kind?: string }[] =>
  JSON.parse(stdout).people?.[0]?.results ?? JSON.parse(stdout).results

describe('a run over people of before', () => {
  it('is listed and shown', async () => {
    const { stdout } = await ground.k1ctl(['runs', 'list', '--json'])
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ run: people, verdict: 'pending', goals: 46, tenants: [tenant] }),
        expect.objectContaining({ run: settings, verdict: 'proved', goals: 1, tenants: [tenant] }),
      ]),
    )
    const shown = await ground.k1ctl(['runs', 'show', people])
    expect(shown.code).toBe(0)
    expect(shown.stdout).toContain('Diego Torres')
    expect(shown.stdout).toContain('Waits for IRON-02-L3')
  })

  it('has its evidence', async () => {
    const { code, stdout } = await ground.k1ctl(['runs', 'report', people, '--format', 'json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ run: people, verdict: 'pending', people: [{ person: leaver }] })
  })

  it('is verified: each goal is looked at again', async () => {
    const { stdout } = await ground.k1ctl(['runs', 'verify', people, '--json'])
    const { goals } = JSON.parse(stdout) as { goals: { goal: string; state: string; why?: string }[] }
    expect(goals).toHaveLength(46)
    expect(goals.filter(goal => goal.state === 'unreachable')).toEqual([])
  })

  it('is resumed: what waited is looked at, and nothing is sent again', async () => {
    const { code, stdout } = await ground.k1ctl(['runs', 'resume', people, '--json'])
    expect(resultsOf(stdout).filter(({ end }) => end !== 'changed' && end !== 'already')).toEqual([])
    expect(code).toBe(0)
  })

  it('is undone, from the snapshots that it took', async () => {
    const { code, stdout } = await ground.k1ctl(['runs', 'undo', people, '--yes', '--json'])
    const back = resultsOf(stdout)
    expect(back.filter(({ end }) => end === 'failed' || end === 'unknown')).toEqual([])
    const signIns = back.filter(({ kind, end }) => kind === 'sign-in-blocked' && end === 'changed')
    expect(signIns.map(({ system }) => system).sort()).toEqual([
      ...['active-directory', 'aws', 'datto-partner-portal', 'google-workspace', 'graphus', 'jumpcloud', 'kaseyaone'],
      ...['microsoft-365', 'scim:huddle', 'webhook:badges'],
    ])
    expect(code).toBe(3)
  })

  it('and the undo is verified, too', async () => {
    const { stdout } = await ground.k1ctl(['runs', 'verify', 'last', '--json'])
    const { goals } = JSON.parse(stdout) as { goals: { goal: string; state: string }[] }
    expect(goals.filter(goal => goal.state === 'unreachable')).toEqual([])
    expect(goals.length).toBeGreaterThan(20)
  })
})

describe('a run over settings of before', () => {
  it('is verified, undone, and holds no more', async () => {
    expect((await ground.k1ctl(['runs', 'verify', settings])).code).toBe(0)
    const undone = await ground.k1ctl(['runs', 'undo', settings, '--yes'])
    expect([undone.code, undone.stdout]).toEqual([0, expect.stringContaining('The settings are as they were')])
    expect((await ground.k1ctl(['runs', 'verify', settings])).code).toBe(3)
    expect((await ground.k1ctl(['runs', 'verify', 'last'])).code).toBe(0)
  })
})
