import { afterEach, beforeEach, expect } from 'vitest'
import { z } from 'zod'
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { createTestClock, type TestClock } from '../http/loopback.ts'
import type { TriedPeople as PeopleAccess, TriedSession as Session } from './tried-goal.ts'
import { type Opened, openWebhook } from './webhook-stage.ts'

const seenCall = z.looseObject({
  write: z.boolean(),
  status: z.number().nullable(),
  digest: z.string().optional(),
  body: z.string().optional(),
})
const ensured = z.object({ goal: z.string(), hold: z.boolean() })

/** The sandbox's badge system, fresh for every test of a file that calls `setBadges`. */
export interface Badges {
  readonly clock: TestClock
  /** What `k1ctl connect` would have kept. */
  connection(): Record<string, string>
  open(settings?: Record<string, string>, clock?: TestClock): Promise<PeopleAccess>
  session(): Promise<Session>
  control(method: string, path: string, body?: unknown): Promise<unknown>
  fault(...faults: Fault[]): Promise<unknown>
  calls(): Promise<z.infer<typeof seenCall>[]>
  /** `groups-left`, or `undo groups-left`, of what changed something since the last time. */
  writes(): Promise<string[]>
}

export function setBadges(): Badges {
  let sandbox: Sandbox
  let clock: TestClock
  let opened: Opened[] = []

  beforeEach(async () => {
    clock = createTestClock()
    const ticking = clock
    sandbox = await startSandbox({ seed: 'demo', now: () => ticking.now() })
  })

  afterEach(async () => {
    for (const { session } of opened) await session.close()
    opened = []
    const left = z.array(z.looseObject({ times: z.number() })).parse(await control('GET', 'faults'))
    await sandbox.close()
    // A fault that never struck means that the test did not test what it says.
    expect(left.filter(({ times }) => times > 0)).toEqual([])
  })

  async function control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${sandbox.systems.webhook?.control}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  function connection(): Record<string, string> {
    const known = sandbox.tenants[19]?.connections['webhook:badges']
    if (known === undefined) throw new Error('no badges')
    return { ...known.settings, ...known.secrets }
  }

  async function openOne(settings: Record<string, string> = {}, by = clock): Promise<Opened> {
    const one = await openWebhook({ ...connection(), ...settings }, by)
    opened.push(one)
    return one
  }

  const calls = async () => z.array(seenCall).parse(await control('GET', 'calls'))

  return {
    get clock() {
      return clock
    },
    connection,
    open: async (settings, by) => (await openOne(settings, by)).people,
    session: async () => (await openOne()).session,
    control,
    fault: (...faults) => control('POST', 'faults', faults),
    calls,
    async writes() {
      const seen = await calls()
      await control('DELETE', 'calls')
      return seen
        .filter(call => call.write)
        .map(call => ensured.parse(JSON.parse(call.body ?? '')))
        .map(({ goal, hold }) => (hold ? goal : `undo ${goal}`))
    },
  }
}
