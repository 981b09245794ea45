import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../../src/core/system.ts'
import { plan as makePlan, type Plan } from '../../src/engine/plan.ts'
import { type PlannedDeps, startPlanned } from '../../src/engine/planned-run.ts'
import { foldRun } from '../../src/engine/run-state.ts'
import { type Module, rebuild } from '../../src/posture/goals.ts'
import type { Intent } from '../../src/posture/intent.ts'
import { plannerFor } from '../../src/posture/planner.ts'
import { isPostureSpec } from '../../src/posture/posture-spec.ts'
import { planSettingsBack } from '../../src/posture/undo.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { findHome } from '../../src/store/home.ts'
import { openLedger } from '../../src/store/ledger.ts'
import { openLocks } from '../../src/store/locks.ts'
import { findSystem } from '../../src/systems/index.ts'
import { smallWorld } from '../cli/small-world.ts'
import { type Asked, askControl } from '../sandbox/ask-control.ts'

/** Several goals on one module, planned together: what one leaves is what the next stands on. */

const system = 'datto-partner-portal'
const breakGlass = 'amy.breakglass@northwind-dental.example'
const clock = { now: () => new Date(), sleep: (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms)) }
const off: Intent[] = [
  { kind: 'feature', feature: 'require-log-in', on: false },
  { kind: 'feature', feature: 'user-creation', on: false },
  { kind: 'feature', feature: 'deprovisioning', on: false },
  { kind: 'feature', feature: 'log-in', on: false },
]
const everything: Intent[] = [
  { kind: 'feature', feature: 'require-log-in', on: true, exceptUsers: [breakGlass] },
  { kind: 'defaults', values: { role: 'Business' } },
  { kind: 'feature', feature: 'user-creation', on: true },
  { kind: 'feature', feature: 'deprovisioning', on: true },
  { kind: 'feature', feature: 'log-in', on: true },
]

let sandbox: Sandbox
let session: Session
let module: Module
let deps: PlannedDeps
const folder = mkdtempSync(join(tmpdir(), 'k1ctl-one-plan-'))

beforeAll(async () => {
  sandbox = await startSandbox({ seed: smallWorld('first') })
  const home = findHome({ env: { K1CTL_HOME: folder }, platform: process.platform, homedir: folder })
  const processes = { own: process.pid, isAlive: () => true }
  const options = { home, clock, processes }
  deps = {
    ledger: openLedger(options),
    locks: openLocks(options),
    clock,
    operator: 'tester@here',
    permit: async () => {},
    concurrency: 4,
  }
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await control('reset', { method: 'POST' })
  const known = sandbox.tenants[0]?.connections[system]
  const found = findSystem(system)
  if (!known || !found) throw new Error('no Partner Portal')
  session = await found.open({ ...known.settings, ...known.secrets }, { clock, http: { env: {} } })
  const name = sandbox.tenants[0]?.name ?? ''
  module = { tenant: name, about: found.about, clock, open: async () => session }
  await apply(off)
  await control('calls', { method: 'DELETE' })
})

function control(path: string, asked?: Asked): Promise<unknown> {
  return askControl(`${sandbox.systems[system]?.control}/${path}`, asked)
}

async function patches(): Promise<number> {
  const calls = (await control('calls')) as { method: string }[]
  return calls.filter(({ method }) => method === 'PATCH').length
}

const planned = (intents: readonly Intent[]) => makePlan([plannerFor(module, ...intents)], 4)
const carryOut = (plan: Plan) => startPlanned({ kind: 'posture', command: 'test' }, plan, { how: 'flag' }, deps)
const apply = async (intents: readonly Intent[]) => carryOut(await planned(intents))
const settings = async () => {
  const { on, exceptions, defaults } = (await session.features?.read()) ?? {}
  return { on, excepted: exceptions?.users.map(u => u.email), role: defaults?.role?.name ?? null }
}

describe('log-in, require with an exception, defaults, creation, deprovisioning of one module', () => {
  it('are one plan from nothing: each guard judges what the goals before will have left', async () => {
    const plan = await planned(everything)
    expect(plan.unreached).toEqual([])
    expect(plan.planned.map(({ goal, standing }) => [goal.feature, standing.state, goal.refusal?.why])).toEqual([
      ['log-in', 'not-yet', undefined],
      ['require-log-in', 'not-yet', undefined],
      ['user-creation', 'not-yet', undefined],
      ['user-creation', 'not-yet', undefined],
      ['deprovisioning', 'not-yet', undefined],
    ])
    expect(await patches()).toBe(0)
  })

  it('without log-in, nothing of it may be done', async () => {
    const plan = await planned(everything.filter(one => one.kind !== 'feature' || one.feature !== 'log-in'))
    expect(plan.planned.filter(({ goal }) => goal.refusal === undefined)).toEqual([])
  })

  it('are applied in two writes (Log In first, the rest in one), each proved, and undone to what was', async () => {
    const before = await settings()
    const report = await apply(everything)
    expect(report.results.map(({ end, proved }) => [end, proved])).toEqual(Array(5).fill(['changed', true]))
    expect(report.verdict).toBe('proved')
    expect(await patches()).toBe(2)
    expect(await settings()).toMatchObject({
      on: { 'log-in': true, 'require-log-in': true, 'user-creation': true, deprovisioning: true },
      excepted: [breakGlass],
      role: 'Business',
    })
    const again = await apply(everything)
    expect(again.results.map(({ end }) => end)).toEqual(Array(5).fill('already'))
    expect(await patches()).toBe(2)

    const state = foldRun(await deps.ledger.read(report.run ?? ''))
    expect(state.units).toHaveLength(1)
    const [unit] = state.units
    if (!unit) throw new Error('no unit')
    const rebuilt = (kept: { id: string; spec: unknown }) => {
      if (!isPostureSpec(kept.spec)) throw new Error('no spec')
      return rebuild(module, kept.id, kept.spec)
    }
    const undo = await makePlan([planSettingsBack(unit, rebuilt)], 4)
    const undone = await startPlanned({ kind: 'undo', command: 'test' }, undo, { how: 'flag' }, deps)
    expect(undone.results.filter(({ proved }) => !proved)).toEqual([])
    // A default that was not chosen before cannot be unchosen; turning Require off keeps the saved exceptions.
    expect(await settings()).toEqual({ ...before, role: 'Business', excepted: [breakGlass] })
  })

  it('that somebody else changes in between are refused, and what k1ctl itself did is nobody else’s', async () => {
    const plan = await planned(everything)
    const [logIn] = plan.planned
    await carryOut({ planned: logIn ? [logIn] : [], unreached: [] })
    const now = await session.features?.read()
    if (!now) throw new Error('no settings')
    await session.features?.change(now, { on: { deprovisioning: true } })
    for (const { goal } of plan.planned) goal.moment.forget()
    const report = await carryOut({ planned: plan.planned.slice(1, 2), unreached: [] })
    expect(report.results).toMatchObject([
      { end: 'refused', why: expect.stringContaining('Automatic User Deprovisioning was off, is now on') },
    ])
  })
})
