import type { SecretAddress } from '../core/stores.ts'
import { type Config, withVersion } from './config-schema.ts'

/**
 * Secrets that no connection uses, and that still have to be removed where they are kept. The list is written in the
 * same moment as the change that makes a secret useless, and a secret's address before the secret itself: whenever a
 * process is killed, the next one knows what it left.
 */
export function noteLeaving(before: Config, after: Config): Config {
  const used = addressesOf(after)
  const free = [...addressesOf(before), ...(after.leaving ?? [])].filter(
    (secret, index, all) => !used.some(isSame(secret)) && all.findIndex(isSame(secret)) === index,
  )
  return withLeaving(after, free)
}

/** Written down before the secret is: unless a connection comes to use it, it is to go. */
export function expectSecret(config: Config, secret: SecretAddress): Config {
  return withLeaving(config, [...(config.leaving ?? []), secret])
}

export function dropLeaving(config: Config, secret: SecretAddress): Config {
  return withLeaving(
    config,
    (config.leaving ?? []).filter(other => !isSame(secret)(other)),
  )
}

function addressesOf(config: Config): SecretAddress[] {
  return config.connections.flatMap(({ secretRef: ref, place }) =>
    ref === undefined || place === 'environment' || place === 'command' ? [] : [{ ref, place }],
  )
}

function isSame(secret: SecretAddress): (other: SecretAddress) => boolean {
  return other => other.ref === secret.ref && other.place === secret.place
}

function withLeaving(config: Config, leaving: SecretAddress[]): Config {
  const { leaving: _, ...rest } = config
  return withVersion(leaving.length > 0 ? { ...rest, leaving } : rest)
}
