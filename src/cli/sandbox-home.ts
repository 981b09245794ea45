import { K1Error } from '../core/errors.ts'
import type { ConnectionRecord } from '../core/stores.ts'
import type { App, RunningSandbox } from './app.ts'
import type { Context } from './command.ts'
import { tidyLeft } from './left-secrets.ts'

/** A home that is connected to the sandbox while it runs. */
export interface SandboxHome {
  path: string
  /** It is the sandbox's own, and goes with it. */
  isOwn: boolean
  /** Takes away what the sandbox put there. */
  leave(): Promise<void>
}

/**
 * Where K1CTL_HOME names a home, that one; else one of its own, for nobody's real tenants are to be mixed with these.
 * @throws K1Error `refused` for a home with real connections
 */
export async function furnish(context: Context, sandbox: RunningSandbox): Promise<SandboxHome> {
  const { app } = context
  const named = app.env.K1CTL_HOME
  if (named !== undefined && named !== '') {
    const written = await connectSandbox(app, sandbox)
    return { path: named, isOwn: false, leave: () => takeAway(context, written) }
  }
  const own = await app.temporaryHome()
  try {
    await connectSandbox(own.app, sandbox)
    return { path: own.path, isOwn: true, leave: own.remove }
  } catch (error) {
    await own.remove()
    throw error
  }
}

interface Written {
  /** Tenants that were not there. */
  tenants: readonly string[]
  connections: readonly ConnectionRecord[]
}

/** Writes the seed's tenants and connections. Real connections are never replaced. */
export async function connectSandbox(app: App, sandbox: RunningSandbox): Promise<Written> {
  const config = await app.config()
  const real = config.connections().find(c => !isOnThisMachine(c.settings.url ?? ''))
  if (real) {
    throw new K1Error('refused', `${config.path} holds real connections (${real.system} for ${real.tenant}).`, {
      hint: 'Without K1CTL_HOME the sandbox makes a home of its own: env -u K1CTL_HOME k1ctl sandbox start --connect',
    })
  }
  const secrets = await app.secrets()
  const written = new Set<string>()
  const tenants: string[] = []
  const records: ConnectionRecord[] = []
  for (const tenant of sandbox.tenants) {
    const isOlder = config.connections(tenant.name).some(c => c.secretRef?.startsWith('sandbox:'))
    if (!config.tenant(tenant.name) || isOlder) tenants.push(tenant.name)
    if (!config.tenant(tenant.name)) await config.addTenant({ name: tenant.name, domains: [...tenant.domains] })
    for (const [system, { settings, secrets: values }] of Object.entries(tenant.connections)) {
      const account = [settings.company, settings.username].filter(word => word !== undefined)
      const secretRef = ['sandbox', system, ...account].join(':')
      if (!written.has(secretRef)) await secrets.write(secretRef, values, 'plain')
      written.add(secretRef)
      records.push({
        tenant: tenant.name,
        system,
        settings,
        secretRef,
        secretFields: Object.keys(values),
        place: 'plain' as const,
        as: settings.username ?? '',
        connectedAt: app.clock.now().toISOString(),
      })
    }
  }
  await config.connect(...records)
  return { tenants, connections: records }
}

/** What is connected to this sandbox goes, whoever connected it: nothing answers there any more. */
async function takeAway(context: Context, { tenants, connections }: Written): Promise<void> {
  const config = await context.app.config()
  const removeTheirSecrets = await tidyLeft(context)
  const urls = new Set(connections.map(c => c.settings.url))
  await config.change(draft => {
    for (const { tenant, system, settings } of draft.connections()) {
      if (settings.url !== undefined && urls.has(settings.url)) draft.disconnect(tenant, system)
    }
    for (const name of tenants) {
      if (draft.tenant(name) && draft.connections(name).length === 0) draft.removeTenant(name)
    }
  })
  await removeTheirSecrets()
}

export function isOnThisMachine(url: string): boolean {
  return /^(?:https?|ldaps?):\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?(\/|$)/.test(url)
}
