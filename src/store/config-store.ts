import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isK1Error, K1Error } from '../core/errors.ts'
import type { ConfigStore, ConnectionRecord, TenantRecord } from '../core/ports.ts'
import { type Config, checkConfig, parseConfig } from './config-schema.ts'
import type { Home } from './home.ts'
import { suggest } from './nearest.ts'
import { readPrivateFile } from './private-file.ts'
import { moveProtected, protectedIn, protectPerson, unprotectPerson } from './protected-people.ts'
import { storageError } from './storage-error.ts'
import { holdWriteLock } from './write-lock.ts'

const what = 'the configuration'

/**
 * Opens the configuration as it is now. Reading is from that moment's copy; each change reads the file anew under a
 * lock, so that two processes lose nothing of each other.
 * @throws K1Error `storage` when the file is broken, or cannot be read
 */
export async function openConfig(home: Home): Promise<ConfigStore> {
  const path = join(home.config, 'config.json')
  const source = readPrivateFile(path, what)
  let config: Config = source === undefined ? emptyConfig() : parseConfig(source, path)
  let queue: Promise<void> = Promise.resolve()

  /** One at a time in this process too: waiting here is cheaper than trying for the lock. */
  function change(alter: (config: Config) => Config): Promise<void> {
    const turn = queue.then(async () => {
      config = await rewrite(home, path, alter)
    })
    queue = turn.catch(() => undefined)
    return turn
  }

  return {
    path,
    tenants: () => structuredClone(config.tenants),
    tenant: name => structuredClone(config.tenants.find(named(name))),
    current: () => config.tenants.find(named(config.current ?? ''))?.name,
    connections: tenant =>
      structuredClone(tenant === undefined ? config.connections : config.connections.filter(of(tenant))),
    connection: (tenant, system) => structuredClone(config.connections.find(of(tenant, system))),
    addTenant: tenant => change(config => addTenant(config, tenant)),
    updateTenant: (name, update) => change(config => updateTenant(config, name, update)),
    removeTenant: name => change(config => removeTenant(config, name)),
    use: name => change(config => ({ ...config, current: requireTenant(config, name).name })),
    connect: (...connections) => change(config => connections.reduce(connect, config)),
    disconnect: (tenant, system) => change(config => disconnect(config, tenant, system)),
    protectedPeople: () => structuredClone(config.protected ?? []),
    protectedFor: tenant => protectedIn(config, tenant),
    protect: record =>
      change(config =>
        protectPerson(
          config,
          record.tenant === undefined ? record : { ...record, tenant: requireTenant(config, record.tenant).name },
        ),
      ),
    unprotect: (person, tenant) =>
      change(config =>
        unprotectPerson(config, person, tenant === undefined ? undefined : requireTenant(config, tenant).name),
      ),
  }
}

/**
 * Reads, alters and replaces the file under the lock. `conf` is loaded only here: it brings a JSON Schema compiler that
 * costs more than all of `tenant list`, and reading one JSON file needs none of it.
 */
async function rewrite(home: Home, path: string, alter: (config: Config) => Config): Promise<Config> {
  const { default: Conf } = await import('conf')
  return await holdWriteLock(path, () => {
    try {
      const conf = new Conf<Config>({
        cwd: home.config,
        configName: 'config',
        configFileMode: 0o600,
        accessPropertiesByDotNotation: false,
        deserialize: text => parseConfig(text, path),
        serialize: value => `${JSON.stringify(value, undefined, 2)}\n`,
      })
      const next = checkConfig(alter(existsSync(path) ? conf.store : emptyConfig()))
      conf.store = next
      return next
    } catch (error) {
      throw isK1Error(error) ? error : storageError(`write ${what}`, path, error)
    }
  })
}

function emptyConfig(): Config {
  return { version: 1, tenants: [], connections: [] }
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function named(name: string): (tenant: TenantRecord) => boolean {
  return tenant => same(tenant.name, name)
}

function of(tenant: string, system?: string): (connection: ConnectionRecord) => boolean {
  return connection => same(connection.tenant, tenant) && (system === undefined || connection.system === system)
}

function requireTenant(config: Config, name: string): TenantRecord {
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

function addTenant(config: Config, tenant: TenantRecord): Config {
  const name = cleanName(tenant.name)
  refuseTaken(config, name)
  return { ...config, tenants: [...config.tenants, { name, domains: cleanDomains(tenant.domains) }] }
}

function updateTenant(config: Config, old: string, update: { name?: string; domains?: string[] }): Config {
  const tenant = requireTenant(config, old)
  const name = update.name === undefined ? tenant.name : cleanName(update.name)
  if (!same(name, tenant.name)) refuseTaken(config, name)
  const domains = update.domains === undefined ? tenant.domains : cleanDomains(update.domains)
  const next: Config = {
    ...config,
    tenants: config.tenants.map(known => (known === tenant ? { name, domains } : known)),
    connections: config.connections.map(known => (of(tenant.name)(known) ? { ...known, tenant: name } : known)),
  }
  if (config.current !== undefined && same(config.current, tenant.name)) next.current = name
  return moveProtected(next, tenant.name, name)
}

function removeTenant(config: Config, name: string): Config {
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

function connect(config: Config, connection: ConnectionRecord): Config {
  const tenant = requireTenant(config, connection.tenant).name
  const others = config.connections.filter(known => !of(tenant, connection.system)(known))
  return { ...config, connections: [...others, { ...connection, tenant }] }
}

function disconnect(config: Config, name: string, system: string): Config {
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
