import { K1Error } from '../../core/errors.ts'
import type { SignInPrompt } from '../../core/ports.ts'
import type { SeenTenant } from '../../core/system.ts'
import type { Endpoint } from './problem.ts'

/** So many names go into a hint; all of them into the facts. */
const mostNames = 12

/**
 * The tenant to work in: the wanted one (id, or name ignoring case), else the only one, else the one that a person picks.
 * @throws K1Error `no-tenant`, with the names
 */
export async function chooseTenant(
  endpoint: Endpoint,
  tenants: readonly SeenTenant[],
  wanted: string | undefined,
  prompt: SignInPrompt | undefined,
): Promise<SeenTenant> {
  const { title } = endpoint
  const only = tenants[0]
  if (only === undefined) {
    throw new K1Error('no-tenant', `${title} shows this account no tenant that it may administer.`, {
      hint: 'Ask an administrator to give the account access, or connect with another account.',
      facts: { candidates: [] },
    })
  }
  if (wanted !== undefined && wanted !== '') return byIdOrName(endpoint, tenants, wanted)
  if (tenants.length === 1) return only
  if (prompt === undefined)
    throw noTenant(endpoint, `${title} shows this account ${tenants.length} tenants, and none is chosen.`, tenants)
  return byIdOrName(endpoint, tenants, await prompt.tenant(tenants))
}

function byIdOrName(endpoint: Endpoint, tenants: readonly SeenTenant[], wanted: string): SeenTenant {
  const byId = withId(tenants, wanted)
  if (byId !== undefined) return byId
  const byName = tenants.filter(tenant => tenant.name.toLowerCase() === wanted.toLowerCase())
  const match = byName[0]
  if (match !== undefined && byName.length === 1) return match
  const { title } = endpoint
  throw noTenant(
    endpoint,
    byName.length > 1
      ? `${title} shows ${byName.length} tenants called "${wanted}".`
      : `${title} shows this account no tenant "${wanted}".`,
    byName.length > 1 ? byName : tenants,
    byName.length > 1 ? tenant => `${tenant.name} (${tenant.id})` : undefined,
  )
}

/** By list: a credential that sees a thousand tenants is asked for each of them. */
const indexes = new WeakMap<readonly SeenTenant[], ReadonlyMap<string, SeenTenant>>()

function withId(tenants: readonly SeenTenant[], id: string): SeenTenant | undefined {
  const index = indexes.get(tenants) ?? new Map(tenants.toReversed().map(tenant => [tenant.id, tenant]))
  indexes.set(tenants, index)
  return index.get(id)
}

function noTenant(
  endpoint: Endpoint,
  sentence: string,
  tenants: readonly SeenTenant[],
  show: (tenant: SeenTenant) => string = tenant => tenant.name,
): K1Error {
  const names = tenants.slice(0, mostNames).map(show).join(', ')
  const more = tenants.length > mostNames ? ` and ${tenants.length - mostNames} more` : ''
  return new K1Error('no-tenant', sentence, {
    hint: `It shows ${names}${more}. Choose one: k1ctl connect ${endpoint.id} --set tenantId=NAME`,
    facts: { candidates: tenants.map(({ id, name }) => ({ id, name })) },
  })
}
