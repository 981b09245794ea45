import { createServer, type Socket } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Listening, Stand } from '../simulator.ts'
import type { Identity } from './certificate.ts'
import { Connection } from './connection.ts'
import type { DomainController } from './controller.ts'

/**
 * Opens a free port on 127.0.0.1. It takes TLS from the first byte (`ldaps:`, the URL it gives), and on the same number
 * LDAP in the clear (`ldap:`) for StartTLS.
 */
export async function openPort(
  controller: () => DomainController,
  identity: Identity,
  stand: Stand,
): Promise<Listening> {
  let made: SecureContext | undefined
  const context = () => {
    made ??= createSecureContext({ key: identity.key, cert: identity.certificate })
    return made
  }
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.setNoDelay(true)
    new Connection(controller(), stand, context, socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `ldaps://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
