import type { ConnectionRecord } from '../core/ports.ts'
import type { App } from './app.ts'

/** Removes a connection, and its secret when no other connection shares it. */
export async function forget(app: App, connection: ConnectionRecord): Promise<void> {
  const config = await app.config()
  await config.disconnect(connection.tenant, connection.system)
  const { secretRef, place } = connection
  if (secretRef === undefined || config.connections().some(c => c.secretRef === secretRef)) return
  await (await app.secrets()).remove(secretRef, place)
}
