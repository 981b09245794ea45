import { K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'
import { microsoft365About as about } from './about.ts'

export type Credentials =
  | { kind: 'client-secret'; clientSecret: string }
  | { kind: 'certificate'; pem: string }
  | { kind: 'device-code'; refreshToken: string | undefined }

/** What the settings say, read and checked. */
export interface Connection {
  url: string
  signInUrl: string
  tenantId: string
  clientId: string
  credentials: Credentials
  removesLicences: boolean
  autoReply: string | undefined
}

/** @throws K1Error `not-set-up`, `usage` */
export function readConnection(settings: Readonly<Record<string, string>>): Connection {
  const missing: string[] = []
  const need = (key: string): string => {
    const field = about.settings.find(one => one.key === key)
    const value = (settings[key] ?? field?.defaultValue ?? '').trim()
    if (value === '') missing.push(key)
    else if (field?.secret) rememberSecret(value)
    return value
  }
  const connection = {
    url: need('url').replace(/\/+$/, ''),
    signInUrl: need('signInUrl').replace(/\/+$/, ''),
    tenantId: need('tenantId'),
    clientId: need('clientId'),
    credentials: readCredentials(need),
    removesLicences: chosen(need('licences'), 'licences', ['keep', 'remove']) === 'remove',
    autoReply: settings.autoReply?.trim() || undefined,
  }
  if (missing.length > 0) {
    throw new K1Error('not-set-up', `The connection to ${about.title} lacks ${missing.join(', ')}.`, {
      hint: `Run k1ctl connect ${about.id}.`,
      facts: { missing },
    })
  }
  return connection

  function readCredentials(need: (key: string) => string): Credentials {
    switch (chosen(need('auth'), 'auth', ['client-secret', 'certificate', 'device-code'])) {
      case 'certificate':
        return { kind: 'certificate', pem: need('certificate') }
      case 'device-code': {
        const refreshToken = settings.refreshToken?.trim() || undefined
        if (refreshToken !== undefined) rememberSecret(refreshToken)
        return { kind: 'device-code', refreshToken }
      }
      default:
        return { kind: 'client-secret', clientSecret: need('clientSecret') }
    }
  }
}

function chosen(value: string, key: string, choices: readonly string[]): string {
  if (choices.includes(value)) return value
  throw new K1Error('usage', `"${value}" is no choice for ${key} of ${about.title}.`, {
    hint: `Choose one of: ${choices.join(', ')}.`,
    facts: { setting: key },
  })
}
