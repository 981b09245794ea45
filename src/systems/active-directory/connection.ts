import type { TLSSocket } from 'node:tls'
import type { Client } from 'ldapts'
import { K1Error } from '../../core/errors.ts'
import type { HttpOptions } from '../../core/ports.ts'
import { Broken } from '../../http/exchange.ts'
import { cancelled, factsOf } from '../../http/failure.ts'
import { type Authorities, authoritiesIn, trust } from '../../http/trust.ts'
import { type LdapCall, notReached, readRefusal } from './failure.ts'
import { endUnlessLdap, notLdap, notLdapCode } from './only-ldap.ts'
import { NoStartTls, openSecureSocket } from './secure-socket.ts'
import type { DirectorySettings } from './settings.ts'

export interface Connection {
  /** Signed in. One for all, opened when it is needed; operations on it run side by side. */
  client(): Promise<Client>
  /** Forgets a client that gave no answer, so that the next call opens another. */
  drop(client: Client): void
  close(): Promise<void>
}

const spent = 'This connection is not opened again.'

/** An operation that got no answer. */
export class LostConnection extends Error {
  override readonly name = 'LostConnection'
  readonly code: string
  /** Not a byte of it left. */
  readonly wasUnsent: boolean
  readonly wasTooSlow: boolean

  constructor(cause: unknown) {
    const message = cause instanceof Error ? cause.message : ''
    const isOther = message.includes(notLdap)
    super(isOther ? notLdap : 'the connection was closed', { cause })
    this.code = isOther ? notLdapCode : 'ECONNRESET'
    this.wasUnsent = message === spent || message === 'Socket connection not established'
    this.wasTooSlow = /timed out$/.test(message)
  }
}

/**
 * Connects and signs in. The first address is kept for the session: a domain's name leads to another controller each
 * time, and what was written on one is read on another only after they replicated.
 * @throws K1Error `usage` for a certificate authority that is none
 */
export async function createConnection(
  settings: DirectorySettings,
  http: HttpOptions,
  deadlineMs: number,
): Promise<Connection> {
  const { Client: LdapClient } = await import('ldapts')
  // Most domains have an authority of their own.
  const given: Authorities[] = settings.ca === undefined ? [] : [{ what: 'The setting ca', pem: settings.ca }]
  if (http.caFile !== undefined) given.push(await authoritiesIn(http.caFile))
  const secureContext = given.length === 0 ? undefined : await trust(given)
  const spec: LdapCall = { system: 'Active Directory', base: settings.shown, method: 'BIND', path: '', write: false }
  let address: string | undefined
  let current: Promise<{ client: Client; socket: TLSSocket }> | undefined
  let latest: { client: Client; socket: TLSSocket } | undefined
  let isClosed = false

  async function open(): Promise<{ client: Client; socket: TLSSocket }> {
    const socket = await openSecureSocket({
      ...settings,
      ...(address === undefined ? {} : { address }),
      secureContext,
      deadlineMs,
      signal: http.signal,
    }).catch((error: unknown) => {
      throw notOpened(error)
    })
    address ??= socket.remoteAddress
    endUnlessLdap(socket)
    const client = new LdapClient({
      url: `ldap://${settings.host.includes(':') ? 'controller' : settings.host}`,
      timeout: deadlineMs,
      createConnection: once(socket),
    })
    const onAbort = () => socket.destroy()
    http.signal?.addEventListener('abort', onAbort)
    socket.once('close', () => http.signal?.removeEventListener('abort', onAbort))
    try {
      await client.bind(settings.username, settings.password)
    } catch (error) {
      socket.destroy()
      if (error instanceof Error && 'code' in error && typeof error.code === 'number')
        throw readRefusal(spec, error.code, error.message)
      const lost = new LostConnection(error)
      throw notOpened(new Broken(lost.wasTooSlow ? 'timeout' : 'failed', true, lost))
    }
    latest = { client, socket }
    return latest
  }

  function notOpened(error: unknown): K1Error {
    if (http.signal?.aborted) return cancelled(spec)
    if (error instanceof Broken) return notReached(spec, error, deadlineMs)
    if (!(error instanceof NoStartTls)) throw error
    return new K1Error('unreachable', `Active Directory at ${settings.shown} cannot be reached: ${error.message}.`, {
      cause: error,
      facts: factsOf(spec),
      hint: 'Use ldaps://, or give the controller a certificate. Nothing is ever said without TLS.',
    })
  }

  return {
    async client() {
      if (isClosed) throw new K1Error('internal', 'The session with Active Directory is closed.')
      if (current === undefined) {
        const opening = open()
        current = opening
        const forget = () => {
          if (current === opening) current = undefined
        }
        opening.then(({ socket }) => (socket.destroyed ? forget() : socket.once('close', forget)), forget)
      }
      return (await current).client
    },
    drop(client) {
      if (latest?.client !== client) return
      current = undefined
      latest.socket.destroy()
    },
    async close() {
      isClosed = true
      const live = await current?.catch(() => undefined)
      current = undefined
      await live?.client.unbind().catch(() => undefined)
      live?.socket.destroy()
    },
  }
}

/** ldapts connects again by itself; it would then neither begin TLS nor sign in. */
function once(socket: TLSSocket): () => TLSSocket {
  let isTaken = false
  return () => {
    if (isTaken) throw new Error(spent)
    isTaken = true
    return socket
  }
}
