import { K1Error } from '../../core/errors.ts'
import type { Clock, SignInPrompt } from '../../core/ports.ts'
import { rememberSecret } from '../../core/redact.ts'
import { type Bearer, createBearer } from '../../http/bearer.ts'
import { type HttpClient, path } from '../../http/client.ts'
import { readCertificate, type SigningCertificate, signAssertion } from './client-assertion.ts'
import type { Connection } from './connection.ts'
import { signInWithCode } from './device-code.ts'
import { type Issued, issuedSchema } from './issued-token.ts'

export interface SignIn extends Bearer {
  /** The newest refresh token, of a person's sign-in. */
  refreshToken(): string | undefined
  /** A token of its own for another service, by the same credential. @param resource its address */
  forService(resource: string): Bearer
}

/** @param http its base URL is `signInUrl`. */
export function createSignIn(
  http: HttpClient,
  connection: Connection,
  clock: Clock,
  prompt: SignInPrompt | undefined,
): SignIn {
  const { tenantId, clientId, credentials, signInUrl, url } = connection
  const where = path`/${tenantId}/oauth2/v2.0/token`
  const certificate: SigningCertificate | undefined =
    credentials.kind === 'certificate' ? readCertificate(credentials.pem) : undefined
  let refreshToken = credentials.kind === 'device-code' ? credentials.refreshToken : undefined

  async function post(form: Record<string, string>): Promise<Issued> {
    const answer = await http.request({
      method: 'POST',
      path: where,
      form: { client_id: clientId, ...form },
      answer: issuedSchema,
      anonymous: true,
      write: false,
      repeatable: true,
    })
    return answer.body
  }

  async function asApplication(resource: string): Promise<Issued> {
    const proof =
      certificate === undefined
        ? { client_secret: credentials.kind === 'client-secret' ? credentials.clientSecret : '' }
        : {
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: signAssertion(certificate, clientId, `${signInUrl}${where.text}`, clock.now()),
          }
    return post({ grant_type: 'client_credentials', scope: `${resource}/.default`, ...proof })
  }

  async function asPerson(resource: string): Promise<Issued> {
    const scope = `${resource}/.default offline_access`
    if (refreshToken !== undefined) {
      try {
        return await post({ grant_type: 'refresh_token', refresh_token: refreshToken, scope })
      } catch (error) {
        // It was revoked or is too old: only a person can help.
        if (!(error instanceof K1Error) || error.kind !== 'sign-in' || prompt === undefined) throw error
      }
    }
    return signInWithCode(http, { tenantId, clientId, scope }, clock, prompt)
  }

  async function fetchToken(resource: string): Promise<{ token: string; seconds: number }> {
    const issued = await (credentials.kind === 'device-code' ? asPerson(resource) : asApplication(resource))
    rememberSecret(issued.access_token)
    if (issued.refresh_token) {
      rememberSecret(issued.refresh_token)
      refreshToken = issued.refresh_token
    }
    return { token: issued.access_token, seconds: issued.expires_in }
  }

  const forService = (resource: string) => createBearer(clock, () => fetchToken(resource))
  return { ...forService(url), refreshToken: () => refreshToken, forService }
}
