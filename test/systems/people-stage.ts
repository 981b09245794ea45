import { afterEach, beforeEach, expect } from 'vitest'
import { z } from 'zod'
import type { Account, AccountGoalOptions } from '../../src/core/account.ts'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { kindOf, type System } from '../../src/core/system.ts'
import type { Reachable } from '../../src/offboarding/unit.ts'
import { demoWorld, type Fault, type Sandbox, startSandbox, type World } from '../../src/sandbox/index.ts'
import { findSystem } from '../../src/systems/index.ts'
import { createTestClock, type TestClock } from '../http/loopback.ts'
import { askControl, sending } from '../sandbox/ask-control.ts'
import type {
  TriedGoal as AccountGoal,
  TriedPeople as PeopleAccess,
  TriedSession as Session,
  Standing,
} from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

const seenCall = z.object({ method: z.string(), path: z.string(), write: z.boolean() })
const anyCall = seenCall.extend({
  system: z.string(),
  status: z.number().nullable(),
  digest: z.string().optional(),
  body: z.string().optional(),
  fault: z.string().optional(),
})

export type AnyCall = z.infer<typeof anyCall>

export const here: AccountGoalOptions = { delete: false, waitMs: 60_000, devices: 'release', present: new Set() }
export const alsoDelete: AccountGoalOptions = { ...here, delete: true }

/** All people of the sandbox, fresh for every test of a file that calls this. */
export interface PeopleStage {
  readonly clock: TestClock
  restart(alter: (world: World) => void): Promise<void>
  /** `tenant` is its number, from 1; absent: the first that has the system. */
  open(system: string, tenant?: number, more?: string | Record<string, string>): Promise<PeopleAccess>
  /** @param more a user name, or any settings */
  session(system: string, tenant?: number, more?: string | Record<string, string>): Promise<Session>
  /** As an offboarding gets it. */
  reachable(system: string, tenant?: number, more?: Record<string, string>): Reachable
  fault(system: string, ...faults: Fault[]): Promise<unknown>
  control(system: string, method: string, path: string, body?: unknown): Promise<unknown>
  /** `PATCH /Users/7`, of the calls that changed something, since the last time. */
  writes(system: string): Promise<string[]>
  calls(system: string): Promise<z.infer<typeof seenCall>[]>
  /** Of all systems, in the order of arrival; nothing is taken out of the log. */
  everyCall(from?: number): Promise<AnyCall[]>
  callCount(): Promise<number>
  /** What must never be seen outside: passwords of the seed, and all that the sandbox gave out so far. */
  secrets(): string[]
}

export function setPeopleStage(): PeopleStage {
  let sandbox: Sandbox
  let clock: TestClock
  let sessions: { close(): Promise<void> }[] = []

  async function start(alter: (world: World) => void) {
    const world = demoWorld()
    alter(world)
    clock = createTestClock()
    const ticking = clock
    sandbox = await startSandbox({ seed: world, now: () => ticking.now() })
  }

  function control(system: string, method: string, path: string, body?: unknown): Promise<unknown> {
    return askControl(`${sandbox.systems[system]?.control}/${path}`, sending(method, body))
  }

  /** What is there of all systems together. */
  function ofAll(path: string): Promise<unknown> {
    return askControl(`${sandbox.systems.bms?.control}`.replace(/bms$/, path))
  }

  async function calls(system: string) {
    return z.array(seenCall).parse(await control(system, 'GET', 'calls'))
  }

  /** Of a tenant, the connection to such a system, by whatever name. */
  function connectionOf(tenant: Sandbox['tenants'][number] | undefined, system: string) {
    return Object.entries(tenant?.connections ?? {}).find(([id]) => kindOf(id) === system)?.[1]
  }

  function tenantOf(system: string): number {
    return sandbox.tenants.findIndex(tenant => connectionOf(tenant, system) !== undefined) + 1
  }

  function connected(system: string, tenant = tenantOf(system)): { found: System; settings: Record<string, string> } {
    const known = connectionOf(sandbox.tenants[tenant - 1], system)
    const found = findSystem(system)
    if (known === undefined || found === undefined) throw new Error(`tenant ${tenant} has no ${system}`)
    return { found, settings: { ...known.settings, ...known.secrets } }
  }

  async function session(
    system: string,
    tenant = tenantOf(system),
    more: string | Record<string, string> = {},
  ): Promise<Session> {
    const { found, settings } = connected(system, tenant)
    const all = { ...settings, ...(typeof more === 'string' ? { username: more } : more) }
    const opened = await openTried(found, all, { clock, http: { env: {} } })
    sessions.push(opened)
    return opened
  }

  function reachable(system: string, tenant = tenantOf(system), more: Record<string, string> = {}): Reachable {
    const { found, settings } = connected(system, tenant)
    const { about } = found
    const open = async () => {
      const opened = await found.open({ ...settings, ...more }, { clock, http: { env: {} } })
      sessions.push(opened)
      return opened
    }
    return { tenant: 'T', id: system, title: about.title, about, open }
  }

  beforeEach(() => start(() => {}))

  afterEach(async () => {
    for (const one of sessions) await one.close()
    sessions = []
    const left = z.array(z.looseObject({ times: z.number().optional() })).parse(await ofAll('faults'))
    await sandbox.close()
    // A fault that never struck means that the test did not test what it says. One that strikes for ever stays.
    expect(left.filter(({ times }) => times !== 0)).toEqual([])
  })

  return {
    get clock() {
      return clock
    },
    async restart(alter) {
      await sandbox.close()
      await start(alter)
    },
    session,
    reachable,
    async open(system, tenant, more) {
      const { people } = await session(system, tenant, more)
      if (people === undefined) throw new Error(`${system} reaches no people`)
      return people
    },
    fault: (system, ...faults) => control(system, 'POST', 'faults', faults),
    control,
    calls,
    everyCall: async (from = 0) => z.array(anyCall).parse(await ofAll(`calls?from=${from}`)),
    callCount: async () => z.number().parse(await ofAll('calls/count')),
    secrets: () => sandbox.secrets(),
    async writes(system) {
      const seen = await calls(system)
      await control(system, 'DELETE', 'calls')
      return seen.filter(call => call.write).map(call => `${call.method} ${call.path}`)
    },
  }
}

/** The one account; fails when there is none, or several. */
export async function theOne(people: PeopleAccess, word: string): Promise<Account> {
  const found = await people.find(word)
  const [account] = found
  if (account === undefined || found.length > 1) throw new Error(`${found.length} accounts match ${word}`)
  return account
}

export interface Brought {
  before: Standing
  after: Standing
  /** False where nothing had to be done. */
  written: boolean
}

/** As the engine does: look, bring where it does not hold, look again. */
export async function bringAll(goals: readonly AccountGoal[]): Promise<Map<AccountGoalKind, Brought>> {
  const brought = new Map<AccountGoalKind, Brought>()
  for (const goal of goals) {
    const before = await goal.look()
    const written = before.state !== 'holds' && goal.bring !== undefined
    if (written) await goal.bring?.()
    brought.set(goal.kind, { before, after: written ? await goal.look() : before, written })
  }
  return brought
}

export function goalOf(goals: readonly AccountGoal[], kind: AccountGoalKind): AccountGoal {
  const goal = goals.find(one => one.kind === kind)
  if (goal === undefined) throw new Error(`there is no goal ${kind}, only ${goals.map(one => one.kind).join(', ')}`)
  return goal
}
