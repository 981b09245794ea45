import { afterEach, beforeEach, expect } from 'vitest'
import { z } from 'zod'
import type { FeatureAccess } from '../../src/core/features.ts'
import type { SignInPrompt } from '../../src/core/ports.ts'
import { demoFacts, demoWorld, type Fault, type Sandbox, startSandbox, type World } from '../../src/sandbox/index.ts'
import { bms } from '../../src/systems/bms/index.ts'
import { createTestClock, type TestClock } from '../http/loopback.ts'
import type { TriedSession as Session } from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

/** The sandbox's BMS with the demo world, fresh for every test of a file that calls this. */
export interface Stage {
  readonly sandbox: Sandbox
  readonly clock: TestClock
  restart(alter: (world: World) => void): Promise<void>
  control(method: string, path: string, body?: unknown): Promise<unknown>
  fault(...faults: Fault[]): Promise<unknown>
  calls(): Promise<z.infer<typeof seenCall>[]>
  /** `PUT /v2/…`, of the calls that changed something. */
  writes(): Promise<string[]>
  companyOf(tenantId: string): Promise<z.infer<typeof seenCompany>>
  credentialsOf(tenantId: string): Record<string, string>
  open(
    tenantId: string,
    more?: Record<string, string>,
    prompt?: SignInPrompt,
  ): Promise<{ session: Session; features: FeatureAccess }>
}

export const { tenants } = demoFacts
/** All features on, nothing odd; its number is 3. */
export const ordinary = tenants.lastGraphusAdmin

const seenCall = z.object({ method: z.string(), path: z.string(), write: z.boolean() })
const seenCompany = z.object({
  tenantId: z.string(),
  name: z.string(),
  mappings: z.array(z.object({ groupId: z.string(), order: z.number() })),
  employees: z.array(
    z.object({
      id: z.number(),
      firstName: z.string(),
      lastName: z.string(),
      email: z.string(),
      username: z.string(),
      active: z.boolean(),
    }),
  ),
})

export function setStage(): Stage {
  let sandbox: Sandbox
  let clock: TestClock
  let sessions: Session[] = []

  async function start(alter: (world: World) => void) {
    const world = demoWorld()
    alter(world)
    clock = createTestClock()
    const ticking = clock
    sandbox = await startSandbox({ seed: world, now: () => ticking.now() })
  }

  async function control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${sandbox.systems.bms?.control}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  async function calls() {
    return z.array(seenCall).parse(await control('GET', 'calls'))
  }

  function credentialsOf(tenantId: string): Record<string, string> {
    const known = sandbox.tenants[Number(tenantId.slice(2)) - 1]?.connections.bms
    if (known === undefined) throw new Error(`${tenantId} has no BMS`)
    return { ...known.settings, ...known.secrets }
  }

  beforeEach(() => start(() => {}))

  afterEach(async () => {
    for (const session of sessions) await session.close()
    sessions = []
    const left = await control('GET', 'faults')
    await sandbox.close()
    // A fault that never struck means that the test did not test what it says.
    expect(left).toEqual([])
  })

  return {
    get sandbox() {
      return sandbox
    },
    get clock() {
      return clock
    },
    async restart(alter) {
      await sandbox.close()
      await start(alter)
    },
    control,
    fault: (...faults) => control('POST', 'faults', faults),
    calls,
    async writes() {
      return (await calls()).filter(call => call.write).map(call => `${call.method} ${call.path}`)
    },
    async companyOf(tenantId) {
      const { companies } = z.object({ companies: z.array(seenCompany) }).parse(await control('GET', 'state'))
      const company = companies.find(one => one.tenantId === tenantId)
      if (company === undefined) throw new Error(`${tenantId} has no BMS`)
      return company
    },
    credentialsOf,
    async open(tenantId, more = {}, prompt) {
      const deps = { clock, http: { env: {} }, ...(prompt === undefined ? {} : { prompt }) }
      const session = await openTried(bms, { ...credentialsOf(tenantId), ...more }, deps)
      sessions.push(session)
      const { features } = session
      if (features === undefined) throw new Error('BMS keeps the five features')
      return { session, features }
    },
  }
}
