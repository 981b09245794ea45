import { K1Error } from '../../core/errors.ts'
import { jumpcloudAbout as about } from './about.ts'

export interface Settings {
  /** `https://console.eu.jumpcloud.com`, without a path of the API and without a slash at the end. */
  url: string
  auth: 'api-key' | 'service-account'
  tokenUrl: string
  apiKey?: string
  clientId?: string
  clientSecret?: string
  providerId?: string
  orgId?: string
  applePin?: string
}

type Optional = 'apiKey' | 'clientId' | 'clientSecret' | 'providerId' | 'orgId' | 'applePin'

const objectId = /^[0-9a-f]{24}$/i

export const readSettings = {
  /** @throws K1Error `usage` for a value that cannot be right */
  from(given: Readonly<Record<string, string>>): Settings {
    const auth = settingOf(given, 'auth') ?? 'api-key'
    if (auth !== 'api-key' && auth !== 'service-account') {
      throw wrong('auth', `JumpCloud is signed in to with "api-key" or "service-account", not with "${auth}".`)
    }
    for (const key of ['providerId', 'orgId'] as const) {
      const value = settingOf(given, key)
      if (value !== undefined && !objectId.test(value)) {
        throw wrong(key, `"${value}" is no ${key} of JumpCloud: it has 24 digits and letters from a to f.`)
      }
    }
    const pin = settingOf(given, 'applePin')
    if (pin !== undefined && !/^[0-9]{6}$/.test(pin)) {
      throw wrong('applePin', 'The PIN for Macs has exactly six digits: Apple takes no other.')
    }
    const optional: readonly Optional[] = ['apiKey', 'clientId', 'clientSecret', 'providerId', 'orgId', 'applePin']
    const found = optional.flatMap(key => {
      const value = settingOf(given, key)
      return value === undefined ? [] : [[key, value] as const]
    })
    return {
      // Some copy the URL of the API itself.
      url: (settingOf(given, 'url') ?? '').replace(/\/+$/, '').replace(/\/api(?:\/v2)?$/, ''),
      auth,
      tokenUrl: settingOf(given, 'tokenUrl') ?? '',
      ...Object.fromEntries(found),
    }
  },

  /** @throws K1Error `not-set-up` */
  needed(settings: Settings, key: Optional): string {
    const value = settings[key]
    if (value !== undefined) return value
    const label = about.settings.find(field => field.key === key)?.label ?? key
    throw new K1Error('not-set-up', `The connection to JumpCloud has no ${key} (${label}).`, {
      hint: 'Set it up: k1ctl connect jumpcloud',
      facts: { setting: key },
    })
  },
}

function settingOf(given: Readonly<Record<string, string>>, key: string): string | undefined {
  const value = given[key]?.trim() || about.settings.find(field => field.key === key)?.defaultValue
  return value === '' ? undefined : value
}

function wrong(key: string, sentence: string): K1Error {
  return new K1Error('usage', sentence, {
    hint: `Set it again: k1ctl connect jumpcloud --set ${key}=VALUE`,
    facts: { setting: key },
  })
}
