import { createHash } from 'node:crypto'

/** The log of requests that the sandbox received: what a test asks "what was really sent?" */

export interface Call {
  system: string
  method: string
  /** Path and query below the system's base; values of query members that look secret are replaced. */
  path: string
  /** What was asked, where method and path do not tell: `iam:ListAccessKeys UserName=amy`. */
  operation?: string
  /** Null while there is no answer, and for good when the answer was dropped. */
  status: number | null
  /** ISO time of arrival. */
  at: string
  /** True when the simulator took it and changed its state (signing in and out does not count). */
  write: boolean
  /**
   * SHA-256, in hex, of method, path with query, and body, of every call that could change something (signing in and
   * out excepted): the same write sent twice has the same digest twice.
   */
  digest?: string
  /**
   * What was sent, as text, where there is a digest or an operation: so that the same can be sent again. Also of a batch that
   * only reads: its path does not say what was asked.
   */
  body?: string
  /** What a fault did to it, in a word. */
  fault?: string
}

export class CallLog {
  #calls: Call[] = []

  /** Notes a request on arrival; the caller fills in `status`, `write` and `fault` on the entry as they become known. */
  note(
    system: string,
    method: string,
    target: string,
    body: Buffer,
    at: Date,
    couldWrite = isWrite(method, target),
  ): Call {
    const call: Call = {
      system,
      method,
      path: withoutSecrets(target),
      status: null,
      at: at.toISOString(),
      write: false,
      ...(couldWrite ? { digest: digestOf(method, target, body) } : {}),
      ...(couldWrite || target.endsWith('/$batch') ? { body: body.toString('utf8') } : {}),
    }
    this.#calls.push(call)
    return call
  }

  /** In the order of arrival. */
  list(system?: string): Call[] {
    return this.#calls.filter(call => system === undefined || call.system === system)
  }

  clear(system?: string): void {
    this.#calls = system === undefined ? [] : this.#calls.filter(call => call.system !== system)
  }
}

const signIn = /^\/(log-in|session|v2\/security)(\/|\?|$)/

/** Would such a request, answered like this, have changed what the system keeps? */
export function tookEffect(status: number, body: unknown): boolean {
  return status < 300 && !isFailureEnvelope(body)
}

export function isWrite(method: string, target: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && !signIn.test(target)
}

function digestOf(method: string, target: string, body: Buffer): string {
  return createHash('sha256').update(`${method} ${target}\n`).update(body).digest('hex')
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
