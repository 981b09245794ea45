import { K1Error } from '../core/errors.ts'
import type { TenantRecord } from '../core/stores.ts'
import type { Context } from './command.ts'
import { tenantNamed } from './tenant-name.ts'

/** What a person chose in this call: one call asks once. */
const chosen = new WeakMap<Context, TenantRecord>()

/** The one tenant of this call: flag, then K1CTL_TENANT, then the stored choice, then the only one, then a prompt. */
export async function askTenant(context: Context): Promise<TenantRecord> {
  const { app, words, output } = context
  const config = await app.config()
  const named = words.text('tenant') ?? (app.env.K1CTL_TENANT || undefined) ?? config.current()
  if (named !== undefined) return tenantNamed({ app }, named)
  const tenants = config.tenants()
  const [only, second] = tenants
  if (!only) {
    throw new K1Error('no-tenant', 'There is no tenant yet.', {
      hint: 'Add one: k1ctl tenant add NAME --domain customer.example',
    })
  }
  if (!second) return only
  if (output.canAsk) {
    const before = chosen.get(context)
    if (before) return before
    const prompter = await app.prompter()
    // Whose people are named: the list begins there, and the person still says so.
    const named = new Set(words.rest(0).map(word => word.slice(word.indexOf('@') + 1).toLowerCase()))
    const theirs = tenants.find(t => t.domains.some(domain => named.has(domain)))
    const tenant = await prompter.choose(
      'Which tenant?',
      tenants.map(t => ({
        value: t,
        name: t.name,
        description: t.domains.join(', '),
        ...(t === theirs ? { current: 'their domain' as const } : {}),
      })),
    )
    chosen.set(context, tenant)
    return tenant
  }
  throw noTenant(tenants)
}

/** The tenants of a call that may span the fleet. */
export async function chooseTenants(context: Context): Promise<TenantRecord[]> {
  if (!context.words.flag('allTenants')) return [await askTenant(context)]
  if (context.words.text('tenant') !== undefined) {
    throw new K1Error('usage', '--tenant and --all-tenants contradict each other.')
  }
  const tenants = (await context.app.config()).tenants()
  if (tenants.length > 0) return tenants
  throw new K1Error('no-tenant', 'There is no tenant yet.', { hint: 'Add one: k1ctl tenant add NAME' })
}

function noTenant(tenants: readonly TenantRecord[]): K1Error {
  const names = tenants.map(t => t.name)
  return new K1Error('no-tenant', `There are ${names.length} tenants and none is chosen.`, {
    hint: `Name one with --tenant, or keep one with k1ctl tenant use NAME. There are: ${names.join(', ')}`,
    facts: { tenants: names },
  })
}
