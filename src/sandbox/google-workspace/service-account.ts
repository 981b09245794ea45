import { createHash, createPrivateKey, createPublicKey, createVerify, type KeyObject } from 'node:crypto'

/**
 * The service account of every sandbox. Its RSA key is worked out from two words, so that it is the same in every
 * sandbox (a restart must not end connections) and so that no key lies in the sources. Anybody can work it out: it opens
 * nothing but a sandbox.
 */
export interface SandboxServiceAccount {
  email: string
  clientId: string
  keyId: string
  /** PKCS#8 PEM. */
  privateKey: string
  publicKey: KeyObject
}

const exponent = 65537n
/** From the number that a word gives to the next prime. */
const toPrime = { p: 284n, q: 1112n }

let made: SandboxServiceAccount | undefined

export function sandboxServiceAccount(): SandboxServiceAccount {
  made ??= make()
  return made
}

/** The JSON file that Google Cloud gives out. @param url where the simulator is */
export function keyFile(url: string): string {
  const { email, clientId, keyId, privateKey } = sandboxServiceAccount()
  const file = {
    type: 'service_account',
    project_id: 'sandbox-offboarding',
    private_key_id: keyId,
    private_key: privateKey,
    client_email: email,
    client_id: clientId,
    token_uri: `${url}/token`,
  }
  return JSON.stringify(file, null, 2)
}

function make(): SandboxServiceAccount {
  const p = startOf('p') + toPrime.p
  const q = startOf('q') + toPrime.q
  const d = inverse(exponent, (p - 1n) * (q - 1n))
  const number = (value: bigint) => Buffer.from(evenHex(value), 'hex').toString('base64url')
  const key = {
    kty: 'RSA',
    n: number(p * q),
    e: number(exponent),
    d: number(d),
    p: number(p),
    q: number(q),
    dp: number(d % (p - 1n)),
    dq: number(d % (q - 1n)),
    qi: number(inverse(q, p)),
  }
  const privateKey = createPrivateKey({ key, format: 'jwk' })
  return {
    email: 'k1ctl@sandbox-offboarding.iam.gserviceaccount.com',
    clientId: '104857600000000000001',
    keyId: createHash('sha256').update(key.n).digest('hex').slice(0, 40),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(privateKey),
  }
}

/** 1,024 bits, the two highest set, odd. */
function startOf(word: string): bigint {
  const hex = [0, 1, 2, 3].map(part => createHash('sha256').update(`sandbox Google ${word} ${part}`).digest('hex'))
  return BigInt(`0x${hex.join('')}`) | (3n << 1022n) | 1n
}

function evenHex(value: bigint): string {
  const hex = value.toString(16)
  return hex.length % 2 === 0 ? hex : `0${hex}`
}

/** The extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [old, rest] = [value % modulus, modulus]
  let [oldFactor, factor] = [1n, 0n]
  while (rest !== 0n) {
    const quotient = old / rest
    ;[old, rest] = [rest, old - quotient * rest]
    ;[oldFactor, factor] = [factor, oldFactor - quotient * factor]
  }
  return ((oldFactor % modulus) + modulus) % modulus
}

/** The claims of an assertion that this service account signed; null when it did not. */
export function readAssertion(assertion: string): Record<string, unknown> | null {
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  try {
    const { alg }: { alg?: unknown } = JSON.parse(Buffer.from(header, 'base64url').toString())
    const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`)
    const isGood = alg === 'RS256' && verify.verify(sandboxServiceAccount().publicKey, signature, 'base64url')
    return isGood ? JSON.parse(Buffer.from(claims, 'base64url').toString()) : null
  } catch {
    return null
  }
}
