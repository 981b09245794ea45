import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { K1Error } from '../../core/errors.ts'
import type { Signed } from '../../core/team.ts'

/** An operator's own key, Ed25519 (RFC 8032). */
export interface OperatorKey {
  /** The first 32 hex digits of the SHA-256 of the public one: 128 bits, which nobody finds a second key for. */
  id: string
  /** SPKI, base64. */
  public: string
  /** PKCS #8, PEM. */
  pem(): string
  /** @param what tells signatures of different things apart: nobody can pass one for another */
  sign(what: string, text: string): Signed
}

export function makeKey(): OperatorKey {
  return keyOf(generateKeyPairSync('ed25519').privateKey)
}

/** @throws K1Error `not-set-up` when the text is no Ed25519 key; it is not repeated */
export function readKey(pem: string, where: string): OperatorKey {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey(pem)
  } catch {
    // Said below, without the library's words: they may quote the key.
  }
  if (key?.asymmetricKeyType === 'ed25519') return keyOf(key)
  throw new K1Error('not-set-up', `What ${where} holds is no key of an operator.`, {
    hint: 'It is a PEM file, as k1ctl operator register --to FILE writes it.',
  })
}

function keyOf(secret: KeyObject): OperatorKey {
  const spki = createPublicKey(secret).export({ type: 'spki', format: 'der' }).toString('base64')
  const id = keyIdOf(spki)
  return {
    id,
    public: spki,
    pem: () => secret.export({ type: 'pkcs8', format: 'pem' }).toString(),
    sign: (what, text) => ({ key: id, sig: sign(null, messageOf(what, text), secret).toString('base64') }),
  }
}

/** @param spki base64 */
export function keyIdOf(spki: string): string {
  return createHash('sha256').update(Buffer.from(spki, 'base64')).digest('hex').slice(0, 32)
}

/** False also for what is no key or no signature. @param spki base64 */
export function isSignedBy(spki: string, sig: string, what: string, text: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), type: 'spki', format: 'der' })
    return key.asymmetricKeyType === 'ed25519' && verify(null, messageOf(what, text), key, Buffer.from(sig, 'base64'))
  } catch {
    return false
  }
}

function messageOf(what: string, text: string): Buffer {
  return Buffer.from(`k1ctl ${what}\n${text}`)
}
