import { rememberSecret } from '../core/redact.ts'
import type { SettingField } from '../core/system.ts'

/** `K1CTL_DATTO_PARTNER_PORTAL_TENANT_ID` for `datto-partner-portal` and `tenantId`. */
export function environmentName(systemId: string, key: string): string {
  return `K1CTL_${shout(systemId)}_${shout(key)}`
}

/**
 * What the environment says about one system. A variable that is set but empty counts as not set, as CI systems set
 * those for secrets that a job may not see.
 */
export function fromEnvironment(
  systemId: string,
  fields: readonly SettingField[],
  env: Readonly<Record<string, string | undefined>>,
): { settings: Record<string, string>; secrets: Record<string, string> } {
  const settings: Record<string, string> = {}
  const secrets: Record<string, string> = {}
  for (const field of fields) {
    const value = env[environmentName(systemId, field.key)]
    if (value === undefined || value === '') continue
    if (field.secret) rememberSecret(value)
    const into = field.secret ? secrets : settings
    into[field.key] = value
  }
  return { settings, secrets }
}

function shout(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
}
