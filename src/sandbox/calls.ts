/** The log of requests that the sandbox received: what a test asks "what was really sent?" */

export interface Call {
  system: string
  method: string
  /** Path and query below the system's base; values of query members that look secret are replaced. */
  path: string
  /** Null while there is no answer, and for good when the answer was dropped. */
  status: number | null
  /** ISO time of arrival. */
  at: string
  /** True when the simulator took it and changed its state (signing in and out does not count). */
  write: boolean
  /** What a fault did to it, in a word. */
  fault?: string
}

export class CallLog {
  readonly #calls: Call[] = []

  /** Notes a request on arrival; the caller fills in `status`, `write` and `fault` on the entry as they become known. */
  note(system: string, method: string, target: string, at: Date): Call {
    const call: Call = {
      system,
      method,
      path: withoutSecrets(target),
      status: null,
      at: at.toISOString(),
      write: false,
    }
    this.#calls.push(call)
    return call
  }

  /** In the order of arrival. */
  list(system?: string): Call[] {
    return this.#calls.filter(call => system === undefined || call.system === system)
  }

  clear(system?: string): void {
    const kept = system === undefined ? [] : this.#calls.filter(call => call.system !== system)
    this.#calls.splice(0, this.#calls.length, ...kept)
  }
}

const signIn = /^\/(log-in|session|v2\/security)(\/|\?|$)/

/** Would this request, answered like this, have changed what the system keeps? */
export function changesState(method: string, target: string, status: number, body: unknown): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || status >= 300) return false
  return !signIn.test(target) && !isFailureEnvelope(body)
}

/** BMS says no inside a 200. */
function isFailureEnvelope(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false
  return ('Success' in body && body.Success === false) || ('success' in body && body.success === false)
}

function withoutSecrets(target: string): string {
  const [path = '', query] = target.split(/\?(.*)/s)
  if (query === undefined) return path
  const pairs = query.split('&').map(pair => {
    const [name = ''] = pair.split('=')
    return /pass|token|secret|code|key/i.test(name) ? `${name}=[secret]` : pair
  })
  return `${path}?${pairs.join('&')}`
}
