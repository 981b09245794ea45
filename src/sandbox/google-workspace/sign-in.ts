import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import { GoogleError, notAuthorized } from './google-error.ts'
import { readAssertion, sandboxServiceAccount } from './service-account.ts'
import type { GoogleState, GoogleUserState } from './state.ts'

const scopeBase = 'https://www.googleapis.com/auth/'
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** `POST /token`: an assertion for a token, as RFC 7523 and Google's rules for it have it. */
export function exchange(
  state: GoogleState,
  request: SimulatedRequest,
  { now, token, url }: { now: Date; token: () => string; url: string },
): SimulatedResponse {
  const form = new URLSearchParams(request.body.toString('utf8'))
  const refuse = (status: number, error: string, error_description: string) => ({
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { error, error_description },
  })
  if (form.get('grant_type') !== jwtBearer) return refuse(400, 'unsupported_grant_type', 'Invalid grant_type')
  const claims = readAssertion(form.get('assertion') ?? '')
  if (claims === null) return refuse(400, 'invalid_grant', 'Invalid JWT Signature.')
  const { iss, sub, scope, aud, iat, exp } = claims
  const seconds = now.getTime() / 1000
  if (iss !== sandboxServiceAccount().email) return refuse(400, 'invalid_grant', 'Invalid grant: account not found')
  if (typeof aud !== 'string' || !aud.endsWith(url)) return refuse(400, 'invalid_grant', 'Invalid JWT: wrong audience')
  const isTimely = typeof iat === 'number' && typeof exp === 'number' && exp - iat <= 3600 && iat <= seconds + 300
  if (!isTimely || exp < seconds) {
    return refuse(400, 'invalid_grant', 'Invalid JWT: Token must be a short-lived token (60 minutes)')
  }
  const user = [...state.users.values()].find(one => one.primaryEmail.toLowerCase() === String(sub).toLowerCase())
  if (user === undefined || user.deletedAt !== null) return refuse(400, 'invalid_grant', 'Invalid email or User ID')
  const scopes = String(scope)
    .split(' ')
    .map(one => one.replace(scopeBase, ''))
  if (scopes.some(one => state.quirks.withoutScopes.includes(one))) {
    const words =
      'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of'
    return refuse(401, 'unauthorized_client', `${words} the scopes requested.`)
  }
  const made = token()
  state.tokens.set(made, { scopes, sub: user.id, until: now.getTime() + 3_599_000 })
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { access_token: made, expires_in: 3599, token_type: 'Bearer' },
  }
}

/** Whom the token stands for. @throws GoogleError 401, 403 */
export function authorize(
  state: GoogleState,
  request: SimulatedRequest,
  scopes: readonly string[],
  now: Date,
): GoogleUserState {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const known = state.tokens.get(token)
  if (known === undefined || known.until < now.getTime()) {
    throw new GoogleError(401, 'authError', 'Invalid Credentials')
  }
  const has = (scope: string) => known.scopes.includes(scope) && !state.quirks.tokenLacks.includes(scope)
  if (!scopes.some(has)) {
    throw new GoogleError(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.')
  }
  const user = state.users.get(known.sub)
  const isAdmin = user?.isAdmin || state.assignments.some(one => one.assignedTo === known.sub)
  if (user === undefined || user.suspended || !isAdmin) throw notAuthorized()
  return user
}
