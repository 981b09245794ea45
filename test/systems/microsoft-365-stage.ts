import { afterEach, beforeEach, expect } from 'vitest'
import { z } from 'zod'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import type { HttpExchange, SignInPrompt } from '../../src/core/ports.ts'
import { demoWorld, type Fault, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { microsoft365 } from '../../src/systems/microsoft-365/index.ts'
import { createTestClock, type TestClock } from '../http/loopback.ts'
import { askControl, sending } from '../sandbox/ask-control.ts'
import type { TriedPeople as PeopleAccess, TriedSession as Session } from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

const seenCall = z.object({
  method: z.string(),
  path: z.string(),
  status: z.number().nullable(),
  write: z.boolean(),
  body: z.string().optional(),
})

const batchBody = z.object({ requests: z.array(z.object({ method: z.string(), url: z.string() })) })

export type SeenCall = z.infer<typeof seenCall>

/** People of the estate, by what is special about them. */
export const people = {
  /** The only Global Administrator. */
  breakGlass: 'priya.baker@ironbridge.example',
  /** A User Administrator. */
  admin: 'rafael.banerjee@ironbridge.example',
  /** Synced from Active Directory; a licence by a group; owns the group "VPN users" and the application "Tool crib". */
  synced: 'diego.torres@ironbridge.example',
  /** Owns an application alone; has a tablet that is offline. */
  owner: 'quentin.jackson@ironbridge.example',
  /** In the cloud only; in a team, a security group, a distribution list and a dynamic group. */
  cloud: 'emma.suzuki@ironbridge.example',
  other: 'carla.bell@ironbridge.example',
} as const

export const plain: AccountGoalOptions = { delete: false, waitMs: 20_000, devices: 'release', present: new Set() }

export interface OpenOptions {
  settings?: Record<string, string>
  prompt?: SignInPrompt
}

export interface GraphStage {
  readonly clock: TestClock
  readonly sandbox: Sandbox
  session(options?: OpenOptions): Promise<Session>
  open(options?: OpenOptions): Promise<PeopleAccess>
  control(path: string, body?: unknown): Promise<unknown>
  state(): Promise<unknown>
  fault(...faults: Fault[]): Promise<void>
  /** All calls so far, parts of batches one by one. */
  calls(): Promise<SeenCall[]>
  /** What changed something since the last time, parts of batches one by one: `DELETE /groups/…`. */
  writes(): Promise<string[]>
  /** What `--debug` would have shown. */
  readonly exchanges: HttpExchange[]
}

/**
 * One sandbox a test. After each it checks, over everything that was sent, that no membership was removed without
 * `/$ref`, and that nobody was deleted unless the test asked for it.
 */
export function setGraphStage(): GraphStage & { allowDeletions(): void } {
  let sandbox: Sandbox
  let clock: TestClock
  let sessions: Session[] = []
  let exchanges: HttpExchange[] = []
  let sent: SeenCall[] = []
  let deletionsAllowed = false

  function raw(method: string, path: string, body?: unknown): Promise<unknown> {
    return askControl(`${sandbox.systems['microsoft-365']?.control}/${path}`, sending(method, body))
  }

  async function collect(): Promise<SeenCall[]> {
    const fresh = z
      .array(seenCall)
      .parse(await raw('GET', 'calls'))
      .flatMap(parts)
    await raw('DELETE', 'calls')
    sent.push(...fresh)
    return fresh
  }

  async function session({ settings = {}, prompt }: OpenOptions = {}): Promise<Session> {
    const known = sandbox.tenants[19]?.connections['microsoft-365']
    if (known === undefined) throw new Error('the estate has no Microsoft 365')
    const opened = await openTried(
      microsoft365,
      { ...known.settings, ...known.secrets, ...settings },
      {
        clock,
        http: { env: {}, onExchange: exchange => exchanges.push(exchange) },
        ...(prompt === undefined ? {} : { prompt }),
      },
    )
    sessions.push(opened)
    return opened
  }

  beforeEach(async () => {
    clock = createTestClock()
    const ticking = clock
    exchanges = []
    sent = []
    deletionsAllowed = false
    sandbox = await startSandbox({ seed: demoWorld(), now: () => ticking.now() })
  })

  afterEach(async () => {
    await collect()
    for (const one of sessions) await one.close()
    sessions = []
    const left = z.array(z.object({ times: z.number() })).parse(await raw('GET', 'faults'))
    await sandbox.close()
    expect(left.filter(({ times }) => times !== 0)).toEqual([])
    const deletions = sent.filter(({ method }) => method === 'DELETE').map(({ path }) => path)
    expect(deletions.filter(path => /\/(?:members|owners)\//.test(path) && !/\/\$ref$/.test(path))).toEqual([])
    const people = deletions.filter(path => /\/users\/[^/]+$/.test(path))
    if (!deletionsAllowed) expect(people).toEqual([])
  })

  return {
    get clock() {
      return clock
    },
    get sandbox() {
      return sandbox
    },
    get exchanges() {
      return exchanges
    },
    session,
    async open(options) {
      const { people } = await session(options)
      if (people === undefined) throw new Error('it reaches no people')
      return people
    },
    control: (path, body = {}) => raw('POST', path, body),
    state: () => raw('GET', 'state'),
    async fault(...faults) {
      await raw('POST', 'faults', faults)
    },
    async calls() {
      await collect()
      return sent
    },
    async writes() {
      return (await collect()).filter(({ write }) => write).map(({ method, path }) => `${method} ${path}`)
    },
    allowDeletions() {
      deletionsAllowed = true
    },
  }
}

const prefix = '/graph/v1.0'

function parts(call: SeenCall): SeenCall[] {
  const path = decodeURIComponent(call.path.replace(prefix, ''))
  if (!path.startsWith('/$batch') || call.body === undefined) return [{ ...call, path }]
  const { requests } = batchBody.parse(JSON.parse(call.body))
  return requests.map(({ method, url }) => ({ ...call, method, path: decodeURIComponent(url) }))
}
