import { z } from 'zod'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import type { HttpOptions } from '../../src/core/ports.ts'
import { demoWorld, estateLeaver, estatePeople, startSandbox } from '../../src/sandbox/index.ts'
import { googleWorkspace } from '../../src/systems/google-workspace/index.ts'
import { createTestClock } from '../http/loopback.ts'
import { alsoDelete, here, type PeopleStage } from './people-stage.ts'
import type { TriedPeople as PeopleAccess } from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

const world = demoWorld()
export const leaver = estateLeaver(world).person.email
/** The super administrator whom k1ctl acts as, and the other one. */
export const [acting = '', secondAdmin = '', , , successor = ''] = estatePeople(world).map(({ person }) => person.email)
export const everybody = estatePeople(world).map(({ person }) => person.email)

/** The estate. */
export const tenant = 20
export const system = 'google-workspace'

export const withData: AccountGoalOptions = { ...here, successor }
export const withAll: AccountGoalOptions = { ...alsoDelete, successor }

/** Of the simulator's state, what tests look at. */
const seenState = z.object({
  users: z.array(
    z.object({
      id: z.string(),
      primaryEmail: z.string(),
      suspended: z.boolean(),
      isAdmin: z.boolean(),
      passwordChanges: z.number(),
      signOuts: z.number(),
      codes: z.number(),
      asps: z.array(z.unknown()),
      tokens: z.array(z.unknown()),
      orgUnitPath: z.string(),
      licences: z.array(z.string()),
      recoveryEmail: z.string(),
      deletedAt: z.string().nullable(),
    }),
  ),
  phones: z.array(z.object({ email: z.string(), status: z.string() })),
  chromebooks: z.array(z.object({ annotatedUser: z.string(), status: z.string() })),
  transfers: z.array(z.object({ oldOwnerUserId: z.string(), applicationIds: z.array(z.string()) })),
  tokens: z.number(),
})

export async function stateOf(stage: PeopleStage) {
  return seenState.parse(await stage.control(system, 'GET', 'state'))
}

export async function userState(stage: PeopleStage, email: string) {
  const found = (await stateOf(stage)).users.find(one => one.primaryEmail === email)
  if (found === undefined) throw new Error(`nobody has ${email}`)
  return found
}

export const open = (stage: PeopleStage): Promise<PeopleAccess> => stage.open(system, tenant)

/** A sandbox of its own, for settings that the demo does not have. */
export async function openGround(more: Record<string, string> = {}, http: HttpOptions = { env: {} }) {
  const clock = createTestClock()
  const sandbox = await startSandbox({ seed: 'demo', now: () => clock.now() })
  const known = sandbox.tenants[tenant - 1]?.connections[system]
  const at = sandbox.systems[system]
  if (known === undefined || at === undefined) throw new Error('the estate has no Google Workspace')
  const session = await openTried(googleWorkspace, { ...known.settings, ...known.secrets, ...more }, { clock, http })
  const { people } = session
  if (people === undefined) throw new Error('no people')
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${at.control}/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    const text = await answer.text()
    return text === '' ? undefined : JSON.parse(text)
  }
  return {
    clock,
    session,
    people,
    url: at.url,
    connection: { ...known.settings, ...known.secrets },
    control: call,
    async writes(): Promise<string[]> {
      const seen = z
        .array(z.object({ method: z.string(), path: z.string(), write: z.boolean() }))
        .parse(await call('GET', 'calls'))
      await call('DELETE', 'calls')
      return seen.filter(one => one.write).map(one => `${one.method} ${one.path}`)
    },
    async close() {
      await session.close()
      await sandbox.close()
    },
  }
}
