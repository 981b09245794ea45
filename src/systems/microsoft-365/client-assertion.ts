import { constants, createHash, createPrivateKey, type KeyObject, randomUUID, sign, X509Certificate } from 'node:crypto'
import { K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'

/** A certificate and its private key, ready to sign with. */
export interface SigningCertificate {
  key: KeyObject
  /** base64url of the SHA-256 of the certificate's DER encoding. */
  thumbprint: string
}

/** @throws K1Error `not-set-up` when one of the two is missing, unreadable, or they do not belong together */
export function readCertificate(pem: string): SigningCertificate {
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem)?.[0]
  const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/.exec(pem)?.[0]
  if (certificate === undefined || key === undefined) {
    throw unusable(`has no ${certificate === undefined ? 'certificate' : 'private key'}`)
  }
  rememberSecret(key)
  if (/ENCRYPTED/.test(key)) throw unusable('has a private key with a passphrase')
  try {
    const parsed = new X509Certificate(certificate)
    const privateKey = createPrivateKey(key)
    if (privateKey.asymmetricKeyType !== 'rsa') throw unusable('has a key that is not RSA')
    if (!parsed.checkPrivateKey(privateKey)) throw unusable('has a private key that is not that of the certificate')
    return { key: privateKey, thumbprint: createHash('sha256').update(parsed.raw).digest('base64url') }
  } catch (cause) {
    // What the library says may quote the file.
    throw cause instanceof K1Error ? cause : unusable('cannot be read')
  }
}

/**
 * The JWT that stands for a client secret: PS256, `x5t#S256`, for this one token endpoint, for ten minutes.
 * Source: learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export function signAssertion(
  { key, thumbprint }: SigningCertificate,
  clientId: string,
  audience: string,
  now: Date,
): string {
  const seconds = Math.floor(now.getTime() / 1000)
  const header = { alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint }
  const claims = {
    aud: audience,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    nbf: seconds,
    iat: seconds,
    exp: seconds + 600,
  }
  const content = [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign('sha256', Buffer.from(content), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  })
  return `${content}.${signature.toString('base64url')}`
}

function unusable(what: string): K1Error {
  return new K1Error('not-set-up', `The certificate file for Microsoft 365 ${what}.`, {
    hint: 'Give one PEM file with the certificate and its RSA private key, without a passphrase.',
    facts: { setting: 'certificate' },
  })
}
