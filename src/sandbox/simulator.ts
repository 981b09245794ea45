/** What a simulator is to the sandbox's server: a stateful thing that answers requests below its own path. */

import type { Directory } from './directory.ts'

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

export interface Simulator {
  handle(request: SimulatedRequest): SimulatedResponse | Promise<SimulatedResponse>
  /** The whole state as JSON, for `GET <control>/state`. */
  state(): unknown
  /** Back to the seed. */
  reset(): void
  /** Extra calls under the control URL (a push to approve, a clock to move); null when the path is not one of its own. */
  control?(request: SimulatedRequest): SimulatedResponse | null
  /** How this system itself says no, for a fault with `error`; absent: problem+json. */
  failure?(code: number | string, message: string): SimulatedResponse
}

/** What every simulator is given. */
export interface SimulatorDeps {
  now: () => Date
  /** A fresh opaque token, the same sequence in every sandbox. */
  token: () => string
  directory: Directory
}
