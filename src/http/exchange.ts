import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { HttpMethod } from './request.ts'
import { unlessAborted, whenAborted } from './when-aborted.ts'

/** One request on the wire, and its whole answer. */
export interface Outgoing {
  origin: string
  /** With the query. */
  path: string
  method: HttpMethod
  headers: Record<string, string>
  body: string | Buffer | undefined
  maxBytes: number
  timeoutMs: number
  signal: AbortSignal | undefined
  /** Throws where it may not leave any more. */
  still?: (() => void) | undefined
  /** What cuts it off stands here while it runs: the connections are others' too, and outlive a client. */
  running: Set<() => void>
}

export interface RawAnswer {
  status: number
  headers: Record<string, string>
  text: string
  bytes: Buffer
}

/** No whole answer came. */
export class Broken extends Error {
  override readonly name = 'Broken'
  readonly why: 'failed' | 'timeout' | 'aborted' | 'too-large'
  /** False: not a byte of it has left, because the connection never stood. */
  readonly sent: boolean

  constructor(why: Broken['why'], sent: boolean, cause?: unknown) {
    super(cause instanceof Error ? cause.message : why, { cause })
    this.why = why
    this.sent = sent
  }
}

/**
 * Sends one request, once. Works on undici's dispatch and not on its `request`, because only the handler learns when
 * the request starts to leave: that is the difference between "not done" and "nobody knows".
 * @throws Broken; what `still` throws, and then it did not leave
 */
export function exchange(dispatcher: Dispatcher, outgoing: Outgoing): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let sent = false
    let controller: Dispatcher.DispatchController | undefined
    let status = 0
    let headers: Record<string, string> = {}
    let size = 0
    const chunks: Buffer[] = []
    let settled = false

    const settle = (act: () => void) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      outgoing.running.delete(cut)
      if (outgoing.signal) unlessAborted(outgoing.signal, onAbort)
      act()
    }
    const stop = (why: Broken['why'], cause?: unknown) => {
      const broken = new Broken(why, sent, cause)
      settle(() => reject(broken))
      controller?.abort(broken)
    }
    const onAbort = () => stop('aborted')
    const cut = () => stop('failed', new Error('The client was closed.'))
    const timer = setTimeout(() => stop('timeout'), outgoing.timeoutMs)

    if (outgoing.signal?.aborted === true) {
      stop('aborted')
      return
    }
    outgoing.running.add(cut)
    if (outgoing.signal) whenAborted(outgoing.signal, onAbort)

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started
        // It may have waited for a connection.
        try {
          outgoing.still?.()
        } catch (error) {
          settle(() => reject(error))
        }
        // Given up while it was connecting: it must not leave after all.
        if (settled) started.abort(new Broken('aborted', false))
        else sent = true
      },
      onResponseStart(_controller, code, received) {
        status = code
        headers = flatten(received)
      },
      onResponseData(_controller, chunk) {
        size += chunk.length
        if (size > outgoing.maxBytes) stop('too-large')
        else chunks.push(chunk)
      },
      onResponseEnd() {
        const bytes = Buffer.concat(chunks)
        settle(() => resolve({ status, headers, text: bytes.toString('utf8'), bytes }))
      },
      onResponseError(_controller, error) {
        settle(() => reject(new Broken('failed', sent, error)))
      },
    }
    const { origin, path, method, body } = outgoing
    try {
      dispatcher.dispatch({ origin, path, method, headers: outgoing.headers, body: body ?? null }, handler)
    } catch (cause) {
      settle(() => reject(new Broken('failed', sent, cause)))
    }
  })
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) out[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return out
}
