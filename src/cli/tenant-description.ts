import type { ConfigStore, ConnectionRecord } from '../core/stores.ts'

/** Where a secret is kept, as a table says it. */
export const places = {
  keyring: "this machine's keyring",
  sealed: 'sealed file',
  plain: 'PLAIN TEXT file',
  environment: 'environment',
  command: 'secret command',
} as const

/** A tenant as `--json` shows it. */
export function describeTenant(config: ConfigStore, name: string) {
  const tenant = config.tenant(name)
  return {
    name: tenant?.name ?? name,
    current: config.current() === tenant?.name,
    domains: tenant?.domains ?? [],
    zone: tenant?.zone ?? null,
    approval: tenant?.approval ?? null,
    connections: config.connections(name).map(publicConnection),
  }
}

export function publicConnection({ secretRef: _, ...rest }: ConnectionRecord): Omit<ConnectionRecord, 'secretRef'> {
  return rest
}
