import { createHmac, timingSafeEqual } from 'node:crypto'

const toleranceSeconds = 5 * 60

/** What a receiver gets besides the body. Lower-case names. */
export type WebhookHeaders = Record<string, string>

/**
 * Why a message is not taken, as Standard Webhooks 1.0.0 has its receivers check; null when it is genuine and fresh.
 * One signature that fits will do, by any secret: that is how secrets are changed without a gap.
 */
export function complaintAbout(headers: WebhookHeaders, body: Buffer, secrets: readonly string[], now: Date) {
  const { 'webhook-id': id = '', 'webhook-timestamp': sent = '', 'webhook-signature': given = '' } = headers
  if (id === '' || sent === '' || given === '') return 'webhook-id, webhook-timestamp or webhook-signature is missing'
  if (!/^\d{1,12}$/.test(sent)) return 'webhook-timestamp is not a number of seconds'
  const seconds = Math.floor(now.getTime() / 1000)
  if (Math.abs(seconds - Number(sent)) > toleranceSeconds) return 'webhook-timestamp is more than five minutes off'
  const expected = secrets.map(secret =>
    createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
      .update(`${id}.${sent}.`)
      .update(body)
      .digest(),
  )
  const fits = given.split(' ').some(one => {
    const [version, code = ''] = one.split(',')
    const bytes = Buffer.from(code, 'base64')
    return version === 'v1' && expected.some(hmac => hmac.length === bytes.length && timingSafeEqual(hmac, bytes))
  })
  return fits ? null : 'no signature fits'
}
