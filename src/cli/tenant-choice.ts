import { K1Error } from '../core/errors.ts'
import type { ConfigStore, TenantRecord } from '../core/ports.ts'
import type { Context } from './command.ts'

/** The one tenant of this call: flag, then K1CTL_TENANT, then the stored choice, then the only one, then a prompt. */
export async function chooseTenant({ app, words, output }: Context): Promise<TenantRecord> {
  const config = await app.config()
  const named = words.text('tenant') ?? (app.env.K1CTL_TENANT || undefined) ?? config.current()
  if (named !== undefined) return found(config, named)
  const tenants = config.tenants()
  const [only, second] = tenants
  if (!only) {
    throw new K1Error('no-tenant', 'There is no tenant yet.', {
      hint: 'Add one: k1ctl tenant add NAME --domain customer.example',
    })
  }
  if (!second) return only
  if (output.canAsk) {
    const prompter = await app.prompter()
    return prompter.choose(
      'Which tenant?',
      tenants.map(t => ({ value: t, name: t.name, description: t.domains.join(', ') })),
    )
  }
  throw noTenant(tenants)
}

/** The tenants of a call that may span the fleet. */
export async function chooseTenants(context: Context): Promise<TenantRecord[]> {
  if (!context.words.flag('allTenants')) return [await chooseTenant(context)]
  if (context.words.text('tenant') !== undefined) {
    throw new K1Error('usage', '--tenant and --all-tenants contradict each other.')
  }
  const tenants = (await context.app.config()).tenants()
  if (tenants.length > 0) return tenants
  throw new K1Error('no-tenant', 'There is no tenant yet.', { hint: 'Add one: k1ctl tenant add NAME' })
}

function found(config: ConfigStore, name: string): TenantRecord {
  const tenant = config.tenant(name)
  if (tenant) return tenant
  const names = config.tenants().map(t => t.name)
  throw new K1Error('no-tenant', `There is no tenant called ${name}.`, {
    hint: names.length > 0 ? `There are: ${some(names)}` : `Add it: k1ctl tenant add '${name}'`,
    facts: { tenants: names },
  })
}

function noTenant(tenants: readonly TenantRecord[]): K1Error {
  const names = tenants.map(t => t.name)
  return new K1Error('no-tenant', `There are ${names.length} tenants and none is chosen.`, {
    hint: `Name one with --tenant, or keep one with k1ctl tenant use NAME. There are: ${names.join(', ')}`,
    facts: { tenants: names },
  })
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ')
  return names.length > 8 ? `${shown} and ${names.length - 8} more (k1ctl tenant list)` : shown
}
