import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import type { Clock, SignInPrompt } from '../../core/ports.ts'
import { printable, rememberSecret } from '../../core/redact.ts'
import { type HttpClient, path } from '../../http/client.ts'
import { type Issued, issuedSchema } from './issued-token.ts'
import { readSignInError } from './sign-in-error.ts'

export interface DeviceCodeClient {
  tenantId: string
  clientId: string
  scope: string
}

const begunSchema = z.object({
  device_code: z.string().min(1),
  user_code: z.string().min(1),
  verification_uri: z.string().min(1),
  /** Seconds. */
  expires_in: z.number().positive(),
  interval: z.number().positive().nullish(),
})

const pendingSchema = z.object({ error: z.string() })

/**
 * The device authorization grant (RFC 8628): shows a code and an address, and waits for the person to sign in there.
 * @throws K1Error `sign-in` when nobody can be asked, or the person declines or takes too long
 */
export async function signInWithCode(
  http: HttpClient,
  client: DeviceCodeClient,
  clock: Clock,
  prompt: SignInPrompt | undefined,
): Promise<Issued> {
  if (prompt === undefined) {
    throw new K1Error('sign-in', 'Microsoft 365 wants a person to sign in with a code, and nobody can be asked.', {
      hint: 'Run k1ctl connect microsoft-365 at a terminal.',
    })
  }
  const { tenantId, clientId, scope } = client
  const { body: begun } = await http.request({
    method: 'POST',
    path: path`/${tenantId}/oauth2/v2.0/devicecode`,
    form: { client_id: clientId, scope },
    answer: begunSchema,
    anonymous: true,
    write: false,
  })
  rememberSecret(begun.device_code)
  const message = `To sign in to Microsoft 365, open ${begun.verification_uri} and enter the code ${begun.user_code}`
  return prompt.push(printable(message), signal => poll(http, client, begun, clock, signal))
}

async function poll(
  http: HttpClient,
  { tenantId, clientId }: DeviceCodeClient,
  begun: z.infer<typeof begunSchema>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Issued> {
  const end = clock.now().getTime() + begun.expires_in * 1000
  let pauseMs = (begun.interval ?? 5) * 1000
  while (clock.now().getTime() < end) {
    await clock.sleep(pauseMs, signal)
    const answer = await http.request({
      method: 'POST',
      path: path`/${tenantId}/oauth2/v2.0/token`,
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: clientId,
        device_code: begun.device_code,
      },
      answer: z.union([issuedSchema, pendingSchema]),
      accept: [400],
      anonymous: true,
      write: false,
    })
    if (answer.status !== 400 && 'access_token' in answer.body) return answer.body
    const error = 'error' in answer.body ? answer.body.error : ''
    if (error === 'slow_down') pauseMs += 5000
    else if (error !== 'authorization_pending') throw ended(error, answer.body)
  }
  throw ended('expired_token', {})
}

function ended(error: string, body: unknown): K1Error {
  if (error === 'authorization_declined' || error === 'access_denied') {
    return new K1Error('sign-in', 'The sign-in to Microsoft 365 was declined in the browser.', { facts: { error } })
  }
  if (error === 'expired_token') {
    return new K1Error('sign-in', 'Nobody entered the code in time.', {
      hint: 'Run the command again for a new code.',
      facts: { error },
    })
  }
  return readSignInError(400, body) ?? new K1Error('sign-in', 'Microsoft Entra did not accept the code.')
}
