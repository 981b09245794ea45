import type { ConfigDraft, ConnectionRecord } from '../core/stores.ts'
import {
  addTenant,
  connect,
  disconnect,
  named,
  of,
  removeTenant,
  requireTenant,
  updateTenant,
} from './config-changes.ts'
import type { Config } from './config-schema.ts'
import { dropLeaving, expectSecret, noteLeaving } from './leaving-secrets.ts'
import { protectedIn, protectPerson, unprotectPerson } from './protected-people.ts'

/** The configuration as one may read and change it: each change is from what is there at that moment. */
export function openDraft(now: () => Config, put: (config: Config) => void): ConfigDraft {
  /** Whatever a change does to connections, a secret that none of them uses any more is to go. */
  function change(alter: (config: Config) => Config): void {
    const before = now()
    put(noteLeaving(before, alter(before)))
  }
  const tenantName = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : requireTenant(now(), name).name
  return {
    tenants: () => structuredClone(now().tenants),
    tenant: name => structuredClone(now().tenants.find(named(name))),
    current: () => now().tenants.find(named(now().current ?? ''))?.name,
    connections: tenant =>
      structuredClone(tenant === undefined ? now().connections : now().connections.filter(of(tenant))),
    connection: (tenant, system) => copyOf(connectionIn(now().connections, tenant, system)),
    protectedPeople: () => structuredClone(now().protected ?? []),
    protectedFor: tenant => protectedIn(now(), tenant),
    leavingSecrets: () => structuredClone(now().leaving ?? []),

    addTenant: tenant => change(config => addTenant(config, tenant)),
    updateTenant: (name, update) => {
      const tenant = requireTenant(now(), name)
      const wanted = typeof update === 'function' ? update(structuredClone(tenant)) : update
      change(config => updateTenant(config, name, wanted))
    },
    removeTenant: name => change(config => removeTenant(config, name)),
    use: name => change(config => ({ ...config, current: requireTenant(config, name).name })),
    connect: (...connections) => change(config => connections.reduce(connect, config)),
    disconnect: (tenant, system) => change(config => disconnect(config, tenant, system)),
    protect: record => {
      const tenant = tenantName(record.tenant)
      change(config => protectPerson(config, tenant === undefined ? record : { ...record, tenant }))
    },
    unprotect: (person, tenant) => {
      const name = tenantName(tenant)
      change(config => unprotectPerson(config, person, name))
    },
    expectSecret: secret => change(config => expectSecret(config, secret)),
    forgotSecret: secret => change(config => dropLeaving(config, secret)),
  }
}

/** Not as `structuredClone` does it, which writes and reads again: a fleet asks for thousands. */
function copyOf(one: ConnectionRecord | undefined): ConnectionRecord | undefined {
  if (one === undefined) return undefined
  const { settings, secretFields, command } = one
  const copy = { ...one, settings: { ...settings }, secretFields: [...secretFields] }
  return command === undefined ? copy : { ...copy, command: [...command] }
}

/** By list: a fleet looks up each connection once, and each would be compared with all the others. */
const byPlace = new WeakMap<readonly ConnectionRecord[], ReadonlyMap<string, ConnectionRecord>>()

function connectionIn(all: readonly ConnectionRecord[], tenant: string, system: string): ConnectionRecord | undefined {
  const place = (inTenant: string, of: string) => `${inTenant.toLowerCase()}\n${of}`
  // The first of several counts, as when they were looked through.
  const known = byPlace.get(all) ?? new Map(all.toReversed().map(one => [place(one.tenant, one.system), one]))
  byPlace.set(all, known)
  return known.get(place(tenant, system))
}
