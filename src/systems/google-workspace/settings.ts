import { K1Error } from '../../core/errors.ts'
import { parseLicences, type Wanted } from './licences.ts'

const licenceModes = ['keep', 'remove', 'archive'] as const

export type LicenceMode = (typeof licenceModes)[number]

export interface GoogleSettings {
  auth: 'service-account' | 'adc'
  /** The JSON key, as text; only with `service-account`. */
  serviceAccountKey: string | undefined
  /** The service account that ADC signs for; only with `adc`. */
  serviceAccount: string | undefined
  adminEmail: string
  /** `/Former employees`; undefined: leavers stay in their organizational unit. */
  leaversOrgUnit: string | undefined
  licenceMode: LicenceMode
  licences: Wanted
  url: string
}

export const googleUrl = 'https://admin.googleapis.com'

/** @throws K1Error `not-set-up`, `usage` */
export function readSettings(settings: Readonly<Record<string, string>>): GoogleSettings {
  const given = (key: string) => (settings[key] ?? '').trim() || undefined
  const auth = given('auth') ?? 'service-account'
  if (auth !== 'service-account' && auth !== 'adc') throw unknownValue('auth', auth, ['service-account', 'adc'])
  const licenceMode = licenceModes.find(mode => mode === (given('licenceMode') ?? 'keep'))
  if (licenceMode === undefined) throw unknownValue('licenceMode', given('licenceMode') ?? '', licenceModes)
  const adminEmail = given('adminEmail')
  if (adminEmail === undefined) throw missing('adminEmail')
  if (auth === 'service-account' && given('serviceAccountKey') === undefined) throw missing('serviceAccountKey')
  const leaversOrgUnit = given('leaversOrgUnit')
  if (leaversOrgUnit !== undefined && !leaversOrgUnit.startsWith('/')) {
    throw new K1Error('usage', `"${leaversOrgUnit}" is not the path of an organizational unit.`, {
      hint: 'Start it with a slash: /Former employees.',
      facts: { setting: 'leaversOrgUnit' },
    })
  }
  return {
    auth,
    serviceAccountKey: given('serviceAccountKey'),
    serviceAccount: given('serviceAccount'),
    adminEmail,
    leaversOrgUnit,
    licenceMode,
    licences: parseLicences(given('licences')),
    url: (given('url') ?? googleUrl).replace(/\/+$/, ''),
  }
}

function missing(setting: string): K1Error {
  return new K1Error('not-set-up', `The connection to Google Workspace has no ${setting}.`, {
    hint: 'Set it up: k1ctl connect google-workspace',
    facts: { setting },
  })
}

function unknownValue(setting: string, value: string, known: readonly string[]): K1Error {
  return new K1Error('usage', `"${value}" is not a value for ${setting} of Google Workspace.`, {
    hint: `Use one of: ${known.join(', ')}.`,
    facts: { setting },
  })
}
