import { K1Error } from '../core/errors.ts'
import type { HttpOptions } from '../core/ports.ts'
import { openConnections } from './connections.ts'
import { Broken, exchange } from './exchange.ts'

/** What is waited for, where nobody said otherwise, in milliseconds; and the most that is read of an answer. */
const patienceMs = 30_000
const mostBytes = 1 << 20

/**
 * Posts bytes once to an address that somebody gave, and answers the bytes that come back. Plain http is let through:
 * only for what is signed by whoever answers.
 * @throws K1Error `usage` for what is no such URL; `unreachable`, `refused`, `cancelled`
 */
export async function postBytes(address: string, bytes: Buffer, type: string, http: HttpOptions): Promise<Buffer> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new K1Error('usage', `"${address}" is no web address.`, { hint: 'As https://freetsa.org/tsr' })
  }
  const { dispatcher, release } = await openConnections(url, http)
  try {
    const answer = await exchange(dispatcher, {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers: { 'content-type': type, 'user-agent': 'k1ctl' },
      body: bytes,
      maxBytes: mostBytes,
      timeoutMs: http.deadlineMs ?? patienceMs,
      signal: http.signal,
      running: new Set(),
    })
    if (answer.status === 200) return answer.bytes
    throw new K1Error('refused', `${url.host} answered ${answer.status}.`, { facts: { status: answer.status } })
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    if (error.why === 'aborted') throw new K1Error('cancelled', 'Interrupted.')
    throw new K1Error('unreachable', `${url.host} does not answer: ${error.message}.`, { cause: error })
  } finally {
    await release()
  }
}
