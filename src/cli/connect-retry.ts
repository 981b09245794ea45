import type { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import { applies, type SettingField, type SystemAbout } from '../core/system.ts'
import type { ConnectEntry } from './connect-entry.ts'

/** A person has so many tries: systems lock accounts over more. */
export const mostTries = 3

/**
 * Of the settings of a sign-in that failed, those that can be wrong, as far as the failure tells. None where entering
 * something else would not help, and none that the environment or a vault gives: they would give it again.
 */
export function suspectsOf(error: K1Error, about: SystemAbout, entry: ConnectEntry): readonly SettingField[] {
  // It was the second factor, which the sign-in itself asks for.
  if (['wrong-code', 'push-denied'].includes(String(error.facts.code)) || error.facts.needs === 'mfaCode') return []
  const here = about.settings.filter(f => applies(f, entry.settings) && !entry.isFromElsewhere(f))
  const named = here.filter(f => f.key === error.facts.setting)
  if (named.length > 0) return named
  switch (error.kind) {
    case 'sign-in':
    case 'forbidden':
      return here.filter(f => f.required && !f.suggestions && !isPlace(f))
    case 'no-tenant':
      return here.filter(f => f.later && !f.secret)
    case 'unreachable':
    case 'contract':
    case 'rejected':
    case 'usage':
      return here.filter(f => f.required && isPlace(f))
    default:
      return []
  }
}

/** Where the system is, rather than who signs in. */
function isPlace({ key }: SettingField): boolean {
  return /url$/i.test(key) || key === 'region'
}

/** The call that has all that was entered, but for secrets and contents of files. */
export function callOf(
  connection: string,
  tenant: string,
  about: SystemAbout,
  settings: Readonly<Record<string, string>>,
): string {
  const [kind = connection, name] = connection.split(':')
  const given = about.settings.flatMap(({ key, secret, file, defaultValue }) => {
    const value = settings[key]
    if (secret || file || value === undefined || value === defaultValue) return []
    return ['url', 'username', 'company'].includes(key)
      ? [`--${key} ${quoted(value)}`]
      : [`--set ${quoted(`${key}=${value}`)}`]
  })
  const named = name === undefined ? [] : [`--name ${name}`]
  return ['k1ctl connect', kind, ...named, ...given, `--tenant ${quoted(tenant)}`].join(' ')
}
