import { afterEach, beforeEach, expect } from 'vitest'
import { z } from 'zod'
import type { Clock } from '../../src/core/ports.ts'
import { demoWorld, estateLeaver, estatePeople, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { aws } from '../../src/systems/aws/index.ts'
import { createTestClock, type TestClock } from '../http/loopback.ts'
import { theOne } from './people-stage.ts'
import type { TriedSession as Session } from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

export const leaver = estateLeaver(demoWorld())
export const people = estatePeople(demoWorld())
export const memberRole = { roleArn: 'arn:aws:iam::444455556666:role/msp/k1ctl', externalId: 'ironbridge-k1ctl' }

const seenCall = z.object({ write: z.boolean(), status: z.number().nullable(), body: z.string().optional() })

const seenState = z.object({
  accounts: z.array(
    z.object({
      users: z.array(
        z.looseObject({ name: z.string(), attached: z.array(z.string()), inline: z.record(z.string(), z.string()) }),
      ),
      virtualMfaDevices: z.array(z.string()),
    }),
  ),
  center: z.object({
    users: z.array(z.object({ id: z.string(), userName: z.string() })),
    assignments: z.array(z.object({ type: z.string(), principal: z.string() })),
  }),
})

/** The sandbox's AWS, fresh for every test, with connections of every kind. */
export interface AwsStage {
  readonly clock: TestClock
  readonly settings: Record<string, string>
  open(settings?: Record<string, string>, clock?: Clock): Promise<Session>
  control(path: string, body?: unknown): Promise<unknown>
  state(): Promise<z.infer<typeof seenState>>
  /** All secrets that the sandbox gave out so far. */
  secrets(): string[]
  /** Operations that changed something, since the last time: `PutUserPolicy`, `DELETE assignment`. */
  writes(): Promise<string[]>
  /** All calls so far. */
  seen(): Promise<unknown>
}

export function setAwsStage(): AwsStage {
  let sandbox: Sandbox
  let clock: TestClock
  let sessions: Session[] = []

  beforeEach(async () => {
    clock = createTestClock()
    const ticking = clock
    sandbox = await startSandbox({ seed: 'demo', now: () => ticking.now() })
  })
  afterEach(async () => {
    for (const one of sessions) await one.close()
    sessions = []
    const left = z.array(z.object({ times: z.number() })).parse(await call('GET', 'faults'))
    await sandbox.close()
    // A fault that never struck means that the test did not test what it says. One that strikes for ever stays.
    expect(left.filter(({ times }) => times !== 0)).toEqual([])
  })

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`${sandbox.systems.aws?.control}/${path}`, { method, ...sent })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  const settings = () => sandbox.systems.aws?.credentials ?? {}
  return {
    get clock() {
      return clock
    },
    get settings() {
      return settings()
    },
    async open(more = {}, other = clock) {
      const session = await openTried(aws, { ...settings(), ...more }, { clock: other, http: { env: {} } })
      sessions.push(session)
      return session
    },
    control: (path, body) => call('POST', path, body),
    state: async () => seenState.parse(await call('GET', 'state')),
    secrets: () => sandbox.secrets(),
    seen: () => call('GET', 'calls'),
    async writes() {
      const seen = z.array(seenCall).parse(await call('GET', 'calls'))
      await call('DELETE', 'calls')
      return seen.filter(one => one.write).map(one => nameOf(one.body ?? ''))
    },
  }
}

/** An operation of the query protocol names itself in the body; of the others the members tell. */
function nameOf(body: string): string {
  if (!body.startsWith('{')) return new URLSearchParams(body).get('Action') ?? ''
  if (body.includes('"MembershipId"')) return 'DeleteGroupMembership'
  if (body.includes('"MemberId"')) return 'CreateGroupMembership'
  return body.includes('"TargetId"') ? 'assignment' : 'DeleteUser of Identity Center'
}

export function peopleOf(session: Session) {
  if (session.people === undefined) throw new Error('no people')
  return session.people
}

/** The leaver's goals. */
export async function goalsOf(session: Session, alsoDelete = false, word = leaver.person.email) {
  const access = peopleOf(session)
  const account = await theOne(access, word)
  return access.goals(account, { delete: alsoDelete, waitMs: 60_000, devices: 'release', present: new Set() })
}
