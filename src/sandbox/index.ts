import { createHash } from 'node:crypto'
import { createBms } from './bms/create-bms.ts'
import { CallLog } from './calls.ts'
import { Directory } from './directory.ts'
import { FaultList } from './faults.ts'
import { createModule } from './module-admin/index.ts'
import { createHuddle, huddlePath, huddleToken } from './scim/huddle.ts'
import { demoWorld, emptyWorld } from './seed.ts'
import { type Booth, startServer } from './server.ts'
import type { Simulator, SimulatorDeps } from './simulator.ts'
import type { World, WorldTenant } from './world.ts'

export type { Call } from './calls.ts'
export type { Fault } from './faults.ts'
export { demoFacts, demoWorld, emptyWorld } from './seed.ts'
export { crowdWorld } from './seed-crowd.ts'
export { parseWorld } from './seed-file.ts'
export type { SeenPerson } from './seen-people.ts'
export type { World } from './world.ts'

/** The systems that the sandbox plays, one line each. */
const simulators: Record<string, (world: World, deps: SimulatorDeps) => Simulator> = {
  bms: createBms,
  graphus: (world, deps) => createModule('graphus', world, deps),
  'datto-partner-portal': (world, deps) => createModule('datto-partner-portal', world, deps),
  kaseyaone: (world, deps) => createModule('kaseyaone', world, deps),
  scim: createHuddle,
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
  connections: Record<string, { settings: Record<string, string>; secrets: Record<string, string> }>
}

export interface Sandbox {
  systems: Record<string, SandboxSystem>
  tenants: SandboxTenant[]
  /** What must never be seen outside: every password of the seed, and every token that was given out so far. */
  secrets(): string[]
  /** Stops listening and ends open sockets. */
  close(): Promise<void>
}

/** Starts all simulators behind one HTTP server on 127.0.0.1. @throws Error when the port is taken. */
export async function startSandbox({ port = 0, seed, now = () => new Date() }: SandboxOptions): Promise<Sandbox> {
  const world = seed === 'demo' ? demoWorld() : seed === 'empty' ? emptyWorld() : seed
  const given = new Set([huddleToken])
  const deps = { now, token: tokens(given), directory: new Directory(world, now) }
  const booths = new Map<string, Booth>()
  for (const [id, create] of Object.entries(simulators)) {
    booths.set(id, { id, simulator: create(world, deps), faults: new FaultList() })
  }
  const calls = new CallLog()
  const reset = () => {
    deps.directory.reset()
    for (const { simulator, faults } of booths.values()) {
      simulator.reset()
      faults.clear()
    }
    calls.clear()
  }
  const server = await startServer({ booths, calls, now, reset }, port)
  const origin = `http://127.0.0.1:${server.port}`
  const [first] = world.tenants
  const systems = [...booths.keys()].map(id => {
    const url = `${origin}/${id}`
    const connection = first && connectionTo(id, origin, world, first)
    const credentials = connection ? { ...connection.settings, ...connection.secrets } : { url }
    return [id, { url, control: `${origin}/_control/${id}`, credentials }] as const
  })
  return {
    systems: Object.fromEntries(systems),
    tenants: world.tenants.map(tenant => seenTenant(tenant, world, [...booths.keys()], origin)),
    secrets: () => [...passwordsOf(world), ...given],
    close: server.close,
  }
}

function seenTenant(tenant: WorldTenant, world: World, ids: readonly string[], origin: string): SandboxTenant {
  const connections: SandboxTenant['connections'] = {}
  for (const id of ids) {
    const name = id === 'scim' ? 'scim:huddle' : id
    const connection = tenant.unconnected.includes(name) ? null : connectionTo(id, origin, world, tenant)
    if (connection) connections[name] = connection
  }
  return { name: tenant.name, domains: tenant.domains, connections }
}

/** What `k1ctl connect` would keep; null where the tenant does not use the system. */
function connectionTo(
  id: string,
  origin: string,
  world: World,
  tenant: WorldTenant,
): SandboxTenant['connections'][string] | null {
  if (id === 'scim') return { settings: { url: origin + huddlePath(tenant.id) }, secrets: { token: huddleToken } }
  const url = `${origin}/${id}`
  if (id === 'bms') {
    if (!tenant.bms) return null
    const { username, password } = tenant.bms.account
    const settings = { url, username, company: tenant.bms.company }
    return { settings, secrets: { password } }
  }
  const [operator] = world.operators
  if (!operator || (id === 'graphus' && !tenant.graphus)) return null
  if (id === 'datto-partner-portal' && !tenant['datto-partner-portal']) return null
  const settings = { url, username: operator.username, company: world.organization.name, tenantId: tenant.id }
  return { settings, secrets: { password: operator.password } }
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
