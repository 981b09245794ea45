/** What a simulator is to the sandbox's server: a stateful thing that answers requests below its own path. */

import type { Call } from './calls.ts'
import type { Directory } from './directory.ts'
import type { DirectorySync } from './directory-sync.ts'
import type { Fault } from './faults.ts'
import type { World, WorldTenant } from './world.ts'

export interface SimulatedRequest {
  method: string
  /** Path below the simulator's own base, starting with `/`, still percent-encoded, without the query. */
  path: string
  query: URLSearchParams
  /** Lower-case names. */
  headers: Record<string, string>
  body: Buffer
}

export interface SimulatedResponse {
  status: number
  headers?: Record<string, string>
  /** An object is sent as JSON; a string as it is; absent means no body. */
  body?: unknown
}

/**
 * Answers a part of a request that carries several: faults strike it as they strike a request. `target` is its path and
 * query below the system's base.
 */
export type AnswerPart = (
  method: string,
  target: string,
  couldWrite: boolean,
  answer: () => SimulatedResponse,
) => SimulatedResponse

export interface Simulator {
  /** @param part absent: no fault strikes parts */
  handle(request: SimulatedRequest, part?: AnswerPart): SimulatedResponse | Promise<SimulatedResponse>
  /** The whole state as JSON, for `GET <control>/state`. */
  state(): unknown
  /** Back to the seed. */
  reset(): void
  /** Extra calls under the control URL (a push to approve, a clock to move); null when the path is not one of its own. */
  control?(request: SimulatedRequest): SimulatedResponse | null
  /** How this system itself says no, for a fault with `error`; absent: problem+json. */
  failure?(code: number | string, message: string): SimulatedResponse
  /** What is asked, where the path is always the same: for the log of calls. */
  operation?(request: SimulatedRequest): string | undefined
  /** Does such a request change something when it goes well? Absent: all but GET, HEAD and OPTIONS do. */
  changes?(request: SimulatedRequest): boolean
  /** For a system that does not speak HTTP: opens a port of its own on 127.0.0.1. */
  listen?(stand: Stand): Promise<Listening>
}

/** What stands in front of a simulator that serves itself: the log and the faults, as the HTTP server has them. */
export interface Stand {
  /**
   * Notes a request on arrival. Fill in `status`, `write` and `fault` as they become known. `method` is the operation
   * in capitals, `target` what it is about: `MODIFY`, `CN=Amy,OU=People,DC=corp,DC=example`.
   */
  note(method: string, target: string, body: Buffer, isWrite: boolean): Call
  /** The fault that strikes this call, if any. */
  take(method: string, target: string, isWrite: boolean): Fault | null
}

export interface Listening {
  url: string
  close(): Promise<void>
}

/** What `k1ctl connect` would keep. */
export interface SandboxConnection {
  settings: Record<string, string>
  secrets: Record<string, string>
}

/** A way in which a system misbehaves, as documented or reported: off until `POST control/quirks {name: true}`. */
export interface Quirk {
  name: string
  source: string
  what: string
}

/** A system as the sandbox shows it. */
export interface Exhibit {
  quirks?: readonly Quirk[]
  /** The key of its connections, where it is not the system's id: `scim:huddle`. */
  connectionId?: string
  /** Made when the sandbox starts, as it follows KaseyaOne or opens a port; all others when somebody first asks them. */
  isEarly?: true
  create(world: World, deps: SimulatorDeps): Simulator
  /** A tenant's connection to it; null where the tenant does not use it. `url` is its base, or its own port's. */
  connect(tenant: WorldTenant, world: World, url: string): SandboxConnection | null
}

/** What every simulator is given. */
export interface SimulatorDeps {
  now: () => Date
  /** A fresh opaque token, the same sequence in every sandbox. */
  token: () => string
  directory: Directory
  /** What the on-premises directory tells the cloud. */
  sync: DirectorySync
}
