import { z } from 'zod'
import { isK1Error, K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'
import { createHttpClient, path } from '../../http/client.ts'
import type { Endpoints } from './endpoints.ts'
import { createExchange, type Grant, type GrantDeps } from './grant.ts'
import { createKeyGrant } from './key-grant.ts'
import { claimsFor, readServiceAccountKey } from './service-account-key.ts'
import type { GoogleSettings } from './settings.ts'

const signed = z.object({ signedJwt: z.string().min(1) })

/**
 * Application default credentials. Those that are a key file sign for themselves. All others (a person's, a machine's,
 * a federated one) cannot stand for an administrator on their own: Google's library ignores the subject there
 * (google-auth-library-nodejs #802, #916). So the IAM Credentials API signs for the service account that was named.
 * @throws K1Error `sign-in`, `not-set-up`
 */
export async function createDefaultGrant(
  { serviceAccount, adminEmail }: GoogleSettings,
  endpoints: Endpoints,
  deps: GrantDeps,
): Promise<Grant> {
  const { credentials, client } = await find(deps.http.env.GOOGLE_APPLICATION_CREDENTIALS)
  if (isKeyFile(credentials)) return createKeyGrant(readServiceAccountKey(credentials), adminEmail, deps)
  if (serviceAccount === undefined) throw cannotDelegate()

  const { exchange, close } = createExchange(endpoints.token, deps)
  const iam = createHttpClient({
    baseUrl: endpoints.iamCredentials,
    system: 'Google IAM Credentials',
    http: deps.http,
    clock: deps.clock,
    async authorize(headers) {
      headers.authorization = `Bearer ${await client.token()}`
    },
  })
  return {
    issuer: serviceAccount,
    clientId: undefined,
    async fetch(scopes) {
      const claims = claimsFor(serviceAccount, { adminEmail, scopes, audience: endpoints.token }, deps.clock.now())
      const { body } = await iam.request({
        method: 'POST',
        path: path`/v1/projects/-/serviceAccounts/${serviceAccount}:signJwt`,
        json: { payload: JSON.stringify(claims) },
        write: false,
        repeatable: true,
        answer: signed,
      })
      return exchange(body.signedJwt)
    },
    async close() {
      await Promise.all([iam.close(), close()])
    },
  }
}

/** Google's library knows all the places where such credentials may be. It is loaded only when they are asked for. */
async function find(keyFilename: string | undefined) {
  try {
    const { GoogleAuth } = await import('google-auth-library')
    const auth = new GoogleAuth({
      scopes: ['https://www.googleapis.com/auth/cloud-platform'],
      ...(keyFilename ? { keyFilename } : {}),
    })
    const client = await auth.getClient()
    return { credentials: auth.jsonContent, client: { token: () => tokenOf(() => client.getAccessToken()) } }
  } catch (error) {
    throw notFound(error)
  }
}

async function tokenOf(get: () => Promise<{ token?: string | null }>): Promise<string> {
  try {
    const { token } = await get()
    if (!token) throw new Error('they gave no token')
    rememberSecret(token)
    return token
  } catch (error) {
    throw notFound(error)
  }
}

function isKeyFile(credentials: unknown): boolean {
  return z.object({ type: z.literal('service_account') }).safeParse(credentials).success
}

function cannotDelegate(): K1Error {
  return new K1Error('not-set-up', 'These application default credentials cannot stand for an administrator.', {
    hint: 'Name the service account that may (setting serviceAccount), and give yourself Service Account Token Creator on it; or connect with its key.',
    facts: { setting: 'serviceAccount' },
  })
}

function notFound(cause: unknown): K1Error {
  if (isK1Error(cause)) return cause
  // What the library says may quote an answer; only its first line, and what it is about.
  const said = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''
  return new K1Error('sign-in', `There are no application default credentials that work: ${said.slice(0, 160)}`, {
    hint: 'Run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS.',
  })
}
