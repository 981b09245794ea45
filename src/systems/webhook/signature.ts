import { createHmac } from 'node:crypto'
import { K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'

/** The name that signatures go by when they are symmetric: HMAC-SHA256 (Standard Webhooks 1.0.0, "Signature scheme"). */
const scheme = 'v1'
/** Of a signing secret, in bytes: the specification's 192 to 512 bits. */
const fewest = 24
const most = 64

/**
 * The keys in a setting that holds one signing secret, or several with spaces between them while one takes the place of
 * another: each signs, so that the receiver may know either.
 * @throws K1Error `not-set-up`; says nothing of the secret
 */
export function readKeys(setting: string): Buffer[] {
  const secrets = setting.split(/\s+/).filter(secret => secret !== '')
  const keys = secrets.map(readKey)
  if (keys.length === 0) throw noSecret('is empty')
  return keys
}

function readKey(secret: string): Buffer {
  rememberSecret(secret)
  if (secret.startsWith('whsk_') || secret.startsWith('whpk_')) {
    throw noSecret('is an asymmetric key, and k1ctl signs with a secret that both sides know')
  }
  const coded = secret.replace(/^whsec_/, '')
  rememberSecret(coded)
  // Node reads any text as base64, and skips what is none.
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(coded)) {
    throw noSecret('is not base64')
  }
  const key = Buffer.from(coded, 'base64')
  if (key.length < fewest || key.length > most) {
    throw noSecret(`has ${key.length} bytes, and has to have ${fewest} to ${most}`)
  }
  return key
}

function noSecret(why: string): K1Error {
  return new K1Error('not-set-up', `The signing secret of the webhook ${why}.`, {
    hint: 'Make one: echo "whsec_$(openssl rand -base64 32)". Give the same to the receiver.',
    facts: { setting: 'secret' },
  })
}

/** The header `webhook-signature`: one signature a key, with spaces between them. `timestamp` is in seconds. */
export function sign(keys: readonly Buffer[], id: string, timestamp: number, body: string): string {
  const signed = `${id}.${timestamp}.${body}`
  return keys.map(key => `${scheme},${createHmac('sha256', key).update(signed).digest('base64')}`).join(' ')
}
