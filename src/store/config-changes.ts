import { K1Error } from '../core/errors.ts'
import type { ConnectionRecord, TenantRecord, TenantValues } from '../core/stores.ts'
import type { Config } from './config-schema.ts'
import { suggest } from './nearest.ts'
import { moveProtected } from './protected-people.ts'

export function emptyConfig(): Config {
  return { version: 1, tenants: [], connections: [] }
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

export function named(name: string): (tenant: TenantRecord) => boolean {
  return tenant => same(tenant.name, name)
}

export function of(tenant: string, system?: string): (connection: ConnectionRecord) => boolean {
  return connection => same(connection.tenant, tenant) && (system === undefined || connection.system === system)
}

export function requireTenant(config: Config, name: string): TenantRecord {
  const tenant = config.tenants.find(named(name))
  if (tenant) return tenant
  const names = config.tenants.map(known => known.name)
  throw new K1Error('usage', `There is no tenant "${name}".`, {
    hint: names.length === 0 ? 'No tenant is set up yet: add one first.' : suggest(name, names),
    facts: { tenant: name, candidates: names },
  })
}

/** A name or domain as it is kept: trimmed, and on one line. */
function cleanName(name: string): string {
  const clean = name.trim()
  if (clean === '' || /[\u0000-\u001f\u007f]/.test(clean)) {
    throw new K1Error('usage', 'A tenant needs a name, of printable characters.', { facts: { tenant: name } })
  }
  return clean
}

function cleanDomains(domains: readonly string[]): string[] {
  return [...new Set(domains.map(domain => domain.trim().toLowerCase()).filter(domain => domain !== ''))]
}

function refuseTaken(config: Config, name: string): void {
  const taken = config.tenants.find(named(name))
  if (!taken) return
  throw new K1Error('usage', `There is a tenant "${taken.name}" already.`, {
    hint: 'Choose another name: upper and lower case make no difference.',
    facts: { tenant: taken.name },
  })
}

export function addTenant(config: Config, tenant: TenantRecord): Config {
  const name = cleanName(tenant.name)
  refuseTaken(config, name)
  return { ...config, tenants: [...config.tenants, { ...tenant, name, domains: cleanDomains(tenant.domains) }] }
}

export function updateTenant(config: Config, old: string, update: TenantValues): Config {
  const tenant = requireTenant(config, old)
  const name = update.name === undefined ? tenant.name : cleanName(update.name)
  if (!same(name, tenant.name)) refuseTaken(config, name)
  const domains = update.domains === undefined ? tenant.domains : cleanDomains(update.domains)
  const approval = update.approval === undefined ? tenant.approval : update.approval
  const zone = update.zone === undefined ? tenant.zone : update.zone
  const changed: TenantRecord = { name, domains, ...(zone ? { zone } : {}), ...(approval ? { approval } : {}) }
  const next: Config = {
    ...config,
    tenants: config.tenants.map(known => (known === tenant ? changed : known)),
    connections: config.connections.map(known => (of(tenant.name)(known) ? { ...known, tenant: name } : known)),
  }
  if (config.current !== undefined && same(config.current, tenant.name)) next.current = name
  return moveProtected(next, tenant.name, name)
}

export function removeTenant(config: Config, name: string): Config {
  const tenant = requireTenant(config, name)
  const { current, ...rest } = config
  const next: Config = {
    ...rest,
    tenants: config.tenants.filter(known => known !== tenant),
    connections: config.connections.filter(known => !of(tenant.name)(known)),
  }
  if (current !== undefined && !same(current, tenant.name)) next.current = current
  return moveProtected(next, tenant.name, null)
}

export function connect(config: Config, connection: ConnectionRecord): Config {
  const tenant = requireTenant(config, connection.tenant).name
  const others = config.connections.filter(known => !of(tenant, connection.system)(known))
  return { ...config, connections: [...others, { ...connection, tenant }] }
}

export function disconnect(config: Config, name: string, system: string): Config {
  const tenant = requireTenant(config, name).name
  const systems = config.connections.filter(of(tenant)).map(connection => connection.system)
  if (!systems.includes(system)) {
    throw new K1Error('usage', `${tenant} has no connection to ${system}.`, {
      hint: systems.length === 0 ? 'It has no connection at all.' : suggest(system, systems),
      facts: { tenant, system, candidates: systems },
    })
  }
  return { ...config, connections: config.connections.filter(known => !of(tenant, system)(known)) }
}
