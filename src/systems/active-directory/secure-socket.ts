import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'
import { Broken } from '../../http/exchange.ts'
import type { DirectorySettings } from './settings.ts'
import { startTlsRequest, startTlsResult } from './start-tls.ts'

export interface SocketOptions extends Pick<DirectorySettings, 'host' | 'port' | 'startTls' | 'serverName'> {
  /** The address of the controller that this session began with: a domain's name leads to another one each time. */
  address?: string
  /** Absent: whom Node trusts. */
  secureContext: SecureContext | undefined
  deadlineMs: number
  signal: AbortSignal | undefined
}

/** The controller refused to begin TLS. */
export class NoStartTls extends Error {
  override readonly name = 'NoStartTls'
}

/**
 * A socket with TLS, before anything is said over it: from the first byte, or after StartTLS. ldapts could do both, but
 * would after a lost connection go on without TLS and without signing in.
 * @throws Broken, NoStartTls
 */
export async function openSecureSocket(options: SocketOptions): Promise<TLSSocket> {
  const [net, tls, { isIP }] = await Promise.all([import('node:net'), import('node:tls'), import('node:net')])
  const { host, port, startTls, serverName, address, secureContext, deadlineMs, signal } = options
  const plain = net.connect({ host: address ?? host, port })
  let secure: TLSSocket | undefined
  let giveUp: (error: Error) => void = () => {}
  const stopped = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  const timer = setTimeout(() => giveUp(new Broken('timeout', false)), deadlineMs)
  const onAbort = () => giveUp(new Broken('aborted', false))
  signal?.addEventListener('abort', onAbort)
  try {
    if (signal?.aborted) throw new Broken('aborted', false)
    await Promise.race([arrived(plain, 'connect'), stopped])
    if (startTls) await Promise.race([beginTls(plain), stopped])
    // An address cannot be asked for by SNI; the certificate is compared with the host then.
    const name = serverName ?? (isIP(host) === 0 ? host : undefined)
    secure = tls.connect({
      socket: plain,
      host,
      minVersion: 'TLSv1.2',
      // Said, not left to the default: NODE_TLS_REJECT_UNAUTHORIZED=0 would change that one.
      rejectUnauthorized: true,
      ...(name === undefined ? {} : { servername: name }),
      ...(secureContext === undefined ? {} : { secureContext }),
    })
    await Promise.race([arrived(secure, 'secureConnect'), stopped])
    return secure
  } catch (error) {
    secure?.destroy()
    plain.destroy()
    throw error instanceof Broken || error instanceof NoStartTls ? error : new Broken('failed', false, error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    stopped.catch(() => undefined)
  }
}

function arrived(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
  })
}

function beginTls(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const answer = startTlsResult(bytes)
      if (answer === null && bytes.length < 4096) return
      socket.off('data', onData)
      // Otherwise it would flow on, and lose what belongs to TLS.
      socket.pause()
      if (answer === 0) resolve()
      else reject(new NoStartTls(answer == null ? 'it does not speak LDAP' : `StartTLS was refused (${answer})`))
    }
    socket.on('data', onData)
    socket.once('error', reject)
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    socket.write(startTlsRequest())
  })
}
