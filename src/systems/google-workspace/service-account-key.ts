import { createPrivateKey, createSign, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'

const keyFile = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  client_id: z.string().optional(),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.string().default('https://oauth2.googleapis.com/token'),
})

/** A service account that can sign for itself. */
export interface ServiceAccountKey {
  email: string
  /** What the Admin console knows the account by, under domain-wide delegation. */
  clientId: string | undefined
  tokenUri: string
  keyId: string | undefined
  privateKey: KeyObject
}

/** @throws K1Error `usage` when the text is not the JSON key of a service account */
export function parseServiceAccountKey(text: string): ServiceAccountKey {
  rememberSecret(text)
  return readServiceAccountKey(parseJson(text))
}

/** @throws K1Error `usage` */
export function readServiceAccountKey(value: unknown): ServiceAccountKey {
  const parsed = keyFile.safeParse(value)
  if (!parsed.success) throw noKey(String(parsed.error.issues[0]?.path.join('.') ?? ''))
  const { client_email, client_id, private_key, private_key_id, token_uri } = parsed.data
  rememberSecret(private_key)
  return {
    email: client_email,
    clientId: client_id,
    tokenUri: token_uri,
    keyId: private_key_id,
    privateKey: readPem(private_key),
  }
}

function readPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    // The library's own words could quote the key.
    throw noKey('private_key')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw noKey('')
  }
}

function noKey(field: string): K1Error {
  const at = field === '' ? 'it is not JSON' : `its ${field} is missing or wrong`
  return new K1Error('usage', `serviceAccountKey is not the JSON key of a service account: ${at}.`, {
    hint: 'Give the file that Google Cloud offers under IAM > Service Accounts > Keys > Add key > JSON.',
    facts: { setting: 'serviceAccountKey', ...(field === '' ? {} : { field }) },
  })
}

export interface Claims {
  iss: string
  /** The administrator whom the service account stands for. */
  sub: string
  scope: string
  aud: string
  iat: number
  exp: number
}

/** At most an hour: Google refuses more. @param now the clock's time */
export function claimsFor(
  issuer: string,
  { adminEmail, scopes, audience }: { adminEmail: string; scopes: readonly string[]; audience: string },
  now: Date,
): Claims {
  const iat = Math.floor(now.getTime() / 1000)
  return { iss: issuer, sub: adminEmail, scope: scopes.join(' '), aud: audience, iat, exp: iat + 3600 }
}

/** RFC 7523 with RS256. */
export function signClaims({ privateKey, keyId }: ServiceAccountKey, claims: Claims): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) }
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
