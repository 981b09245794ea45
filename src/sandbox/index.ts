import { createHash } from 'node:crypto'
import { activeDirectoryExhibit } from './active-directory/exhibit.ts'
import { awsExhibit } from './aws/exhibit.ts'
import { bmsExhibit } from './bms/exhibit.ts'
import { CallLog } from './calls.ts'
import { Directory } from './directory.ts'
import { DirectorySync } from './directory-sync.ts'
import { Booth } from './fairground.ts'
import { googleWorkspaceExhibit } from './google-workspace/exhibit.ts'
import { jumpcloudExhibit } from './jumpcloud/exhibit.ts'
import { microsoft365Exhibit } from './microsoft-365/microsoft-365.ts'
import { moduleExhibit } from './module-admin/exhibit.ts'
import { huddleExhibit } from './scim/huddle.ts'
import { demoWorld, emptyWorld } from './seed.ts'
import { startServer } from './server.ts'
import type { Exhibit, Listening, Quirk, SandboxConnection } from './simulator.ts'
import { webhookExhibit } from './webhook/badges.ts'
import type { World, WorldTenant } from './world.ts'

export type { Call } from './calls.ts'
export { estateLeaver, estatePeople, estateTenant } from './estate.ts'
export type { Fault } from './faults.ts'
export { demoFacts, demoWorld, emptyWorld } from './seed.ts'
export { crowdWorld } from './seed-crowd.ts'
export { parseWorld } from './seed-file.ts'
export type { SeenPerson } from './seen-people.ts'
export type { World } from './world.ts'

/** The systems that the sandbox plays, one line each, in the order of the demo. */
const exhibits: Record<string, Exhibit> = {
  bms: bmsExhibit,
  graphus: moduleExhibit('graphus'),
  'datto-partner-portal': moduleExhibit('datto-partner-portal'),
  kaseyaone: moduleExhibit('kaseyaone'),
  'active-directory': activeDirectoryExhibit,
  jumpcloud: jumpcloudExhibit,
  'google-workspace': googleWorkspaceExhibit,
  'microsoft-365': microsoft365Exhibit,
  aws: awsExhibit,
  scim: huddleExhibit,
  webhook: webhookExhibit,
}

/** How each system can be made to misbehave: `POST <control>/quirks {name: true}`. */
export function quirksBySystem(): { system: string; quirks: readonly Quirk[] }[] {
  return Object.entries(exhibits).flatMap(([system, { quirks }]) => (quirks ? [{ system, quirks }] : []))
}

export interface SandboxOptions {
  /** 0 or absent: a free one. */
  port?: number
  seed: 'demo' | 'empty' | World
  /** Absent: the machine's clock. */
  now?: () => Date
}

export interface SandboxSystem {
  url: string
  /** Control URL: `GET <control>/calls`, `POST <control>/faults` … */
  control: string
  /** Of the first tenant, and of the first operator, with the setting keys of `k1ctl connect`. */
  credentials: Record<string, string>
}

export interface SandboxTenant {
  name: string
  domains: string[]
  /** By system (Huddle is `scim:huddle`); one that must stay by hand is absent. */
  connections: Record<string, SandboxConnection>
}

/** Somebody who signs in to administer where people do: by the module admin contract. */
export interface SandboxOperator {
  /** Where they may sign in. */
  systems: string[]
  username: string
  company: string
  password: string
  challenge: 'none' | 'two-factor' | 'push'
  /** The 2FA code that is always right. */
  code?: string
  role: string
}

export interface Sandbox {
  systems: Record<string, SandboxSystem>
  operators: SandboxOperator[]
  tenants: SandboxTenant[]
  /** What must never be seen outside: every password of the seed, and every token that was given out so far. */
  secrets(): string[]
  /** Stops listening and ends open sockets. */
  close(): Promise<void>
}

/** Starts all simulators behind one HTTP server on 127.0.0.1. @throws Error when the port is taken. */
export async function startSandbox({ port = 0, seed, now = () => new Date() }: SandboxOptions): Promise<Sandbox> {
  const world = seed === 'demo' ? demoWorld() : seed === 'empty' ? emptyWorld() : seed
  const given = new Set<string>()
  const deps = { now, token: tokens(given), directory: new Directory(world, now), sync: new DirectorySync(now) }
  const booths = new Map<string, Booth>()
  for (const [id, { create }] of Object.entries(exhibits)) booths.set(id, new Booth(id, () => create(world, deps)))
  const calls = new CallLog()
  const reset = () => {
    deps.directory.reset()
    deps.sync.reset()
    for (const booth of booths.values()) booth.reset()
    calls.clear()
  }
  const server = await startServer({ booths, calls, now, reset }, port)
  const own = await openEarly(
    [...booths.values()].filter(({ id }) => exhibits[id]?.isEarly),
    calls,
    now,
  )
  const origin = `http://127.0.0.1:${server.port}`
  const urlOf = (id: string) => own.get(id)?.url ?? `${origin}/${id}`
  const tenants = world.tenants.map(tenant => seenTenant(tenant, world, urlOf))
  for (const { connections } of tenants) {
    for (const { secrets } of Object.values(connections)) for (const one of Object.values(secrets)) given.add(one)
  }
  const [first] = world.tenants
  const systems = Object.entries(exhibits).map(([id, { connect }]) => {
    const users = first ? [first, ...world.tenants] : []
    const connection = users.map(tenant => connect(tenant, world, urlOf(id))).find(found => found !== null)
    const credentials = connection ? { ...connection.settings, ...connection.secrets } : { url: urlOf(id) }
    return [id, { url: urlOf(id), control: `${origin}/_control/${id}`, credentials }] as const
  })
  return {
    systems: Object.fromEntries(systems),
    operators: operatorsOf(world),
    tenants,
    secrets: () => [...passwordsOf(world), ...given],
    async close() {
      await Promise.all([server.close(), ...[...own.values()].map(one => one.close())])
    },
  }
}

/** Makes them, and opens the ports of those that do not speak HTTP. */
async function openEarly(booths: readonly Booth[], calls: CallLog, now: () => Date): Promise<Map<string, Listening>> {
  const opened = booths.map(async ({ id, simulator, faults }) => {
    const listening = await simulator.listen?.({
      note: (method, target, body, isWrite) => calls.note(id, method, target, body, now(), isWrite),
      take: (method, target, isWrite) => faults.take(method, target, isWrite),
    })
    return listening ? ([[id, listening]] as const) : []
  })
  return new Map((await Promise.all(opened)).flat())
}

function seenTenant(tenant: WorldTenant, world: World, urlOf: (id: string) => string): SandboxTenant {
  const connections: SandboxTenant['connections'] = {}
  for (const [id, { connectionId = id, connect }] of Object.entries(exhibits)) {
    const connection = tenant.unconnected.includes(connectionId) ? null : connect(tenant, world, urlOf(id))
    if (connection) connections[connectionId] = connection
  }
  return { name: tenant.name, domains: tenant.domains, connections }
}

function operatorsOf({ operators, organization }: World): SandboxOperator[] {
  return operators.map(({ username, password, challenge, code, kaseyaOneRole, moduleRoles }) => ({
    systems: Object.keys(moduleRoles),
    username,
    company: organization.name,
    password,
    challenge,
    ...(challenge === 'two-factor' && code !== undefined ? { code } : {}),
    role: kaseyaOneRole,
  }))
}

function passwordsOf({ operators, tenants }: World): string[] {
  return [...operators.map(({ password }) => password), ...tenants.flatMap(({ bms }) => bms?.account.password ?? [])]
}

/** Opaque, long, and the same sequence in every sandbox, so that two runs can be compared. */
function tokens(given: Set<string>): () => string {
  let count = 0
  return () => {
    count += 1
    const token = createHash('sha256').update(`sandbox token ${count}`).digest('base64url')
    given.add(token)
    return token
  }
}
