import { rememberSecret } from '../core/redact.ts'
import { environmentName, type SettingField } from '../core/system.ts'

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
