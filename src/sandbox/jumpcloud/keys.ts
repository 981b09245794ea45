import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'

export interface Keys {
  apiKey: string
  /** Of an administrator of the second organization alone: sees no other, and need not name it. */
  singleKey: string
  clientId: string
  clientSecret: string
}

const lifetimeSeconds = 3600

export function isSignedIn(
  { headers }: SimulatedRequest,
  keys: Keys,
  tokens: ReadonlyMap<string, number>,
  now: Date,
): boolean {
  if (headers['x-api-key'] !== undefined)
    return headers['x-api-key'] === keys.apiKey || headers['x-api-key'] === keys.singleKey
  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  const endsAt = bearer === undefined ? undefined : tokens.get(bearer)
  return endsAt !== undefined && now.getTime() < endsAt
}

/** OAuth 2.0 client credentials, with Basic and nothing else. */
export function issueToken(
  { method, headers, body }: SimulatedRequest,
  keys: Keys,
  tokens: Map<string, number>,
  token: () => string,
  now: Date,
): SimulatedResponse {
  if (method !== 'POST') return { status: 405 }
  const basic = `Basic ${Buffer.from(`${keys.clientId}:${keys.clientSecret}`).toString('base64')}`
  if (headers.authorization !== basic) return { status: 401, body: { error: 'invalid_client' } }
  const form = new URLSearchParams(body.toString('utf8'))
  if (form.get('grant_type') !== 'client_credentials') return { status: 400, body: { error: 'unsupported_grant_type' } }
  if (form.get('scope') !== 'api') return { status: 400, body: { error: 'invalid_scope' } }
  const value = token()
  tokens.set(value, now.getTime() + lifetimeSeconds * 1000)
  return { status: 200, body: { access_token: value, token_type: 'bearer', expires_in: lifetimeSeconds, scope: 'api' } }
}
