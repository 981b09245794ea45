import { K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'
import type { OpenDeps } from '../../core/system.ts'
import { createBearer } from '../../http/bearer.ts'
import { createHttpClient, path } from '../../http/client.ts'
import { tokenSchema } from './schemas.ts'
import { readSettings, type Settings } from './settings.ts'

/** What goes with every request, and how to get another one when it was refused. */
export interface Credential {
  /** For sentences: "API key", "service account 7f…". */
  name: string
  authorize(headers: Record<string, string>): Promise<void>
  /** True when there is something else to sign with. */
  renew(refused: Readonly<Record<string, string>>): Promise<boolean>
  close(): Promise<void>
}

/** Tokens last an hour where the answer does not say. */
const usualSeconds = 3600

/** @throws K1Error `not-set-up` for what the chosen way of signing in lacks */
export function createCredential(settings: Settings, deps: OpenDeps): Credential {
  return settings.auth === 'service-account' ? createServiceAccount(settings, deps) : createApiKey(settings)
}

function createApiKey(settings: Settings): Credential {
  const key = readSettings.needed(settings, 'apiKey')
  rememberSecret(key)
  return {
    name: 'API key',
    async authorize(headers) {
      headers['x-api-key'] = key
    },
    renew: async () => false,
    close: async () => {},
  }
}

/** OAuth 2.0 client credentials: one token for all requests, fetched when first needed. */
function createServiceAccount(settings: Settings, deps: OpenDeps): Credential {
  const clientId = readSettings.needed(settings, 'clientId')
  const secret = readSettings.needed(settings, 'clientSecret')
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64')
  rememberSecret(secret)
  rememberSecret(basic)
  const { url, tokenPath } = splitTokenUrl(settings.tokenUrl)
  const http = createHttpClient({ baseUrl: url, system: 'JumpCloud sign-in', http: deps.http, clock: deps.clock })
  const bearer = createBearer(deps.clock, async () => {
    const { body } = await http.request({
      method: 'POST',
      path: tokenPath,
      form: { grant_type: 'client_credentials', scope: 'api' },
      headers: { authorization: `Basic ${basic}` },
      answer: tokenSchema,
      anonymous: true,
      write: false,
      repeatable: true,
    })
    rememberSecret(body.access_token)
    return { token: body.access_token, seconds: body.expires_in ?? usualSeconds }
  })

  return {
    name: `service account ${clientId}`,
    authorize: bearer.authorize,
    renew: bearer.renew,
    close: () => http.close(),
  }
}

function splitTokenUrl(text: string) {
  try {
    const { origin, pathname } = new URL(text)
    const segments = pathname.split('/').filter(Boolean)
    const last = segments.pop()
    if (last !== undefined) return { url: [origin, ...segments].join('/'), tokenPath: path`/${last}` }
  } catch {
    // Told below.
  }
  throw new K1Error('usage', 'The token endpoint of JumpCloud is not a web address with a path.', {
    hint: 'Leave tokenUrl out, or give a whole URL, such as https://admin-oauth.id.jumpcloud.com/oauth2/token.',
    facts: { setting: 'tokenUrl' },
  })
}
