import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'

const refusalSchema = z.object({ error: z.string(), error_description: z.string().nullish() })

const hints: Record<string, string> = {
  AADSTS7000215: 'Give the value of the client secret, not its id: k1ctl connect microsoft-365.',
  AADSTS7000222: 'The client secret has expired: make a new one, then run k1ctl connect microsoft-365.',
  AADSTS700027: 'Upload the certificate to the application (Certificates & secrets).',
  AADSTS700016: 'The application is not in this tenant: have its administrator consent to it first.',
  AADSTS65001: 'The application has no consent in this tenant: have its administrator consent to it first.',
  AADSTS90002: 'Check the tenant id.',
  AADSTS7000218: 'Allow public client flows for the application, to sign in with a code.',
}

/** What the token endpoint says no with (RFC 6749, 5.2), as a sentence with what to do. */
export function readSignInError(status: number, body: unknown): K1Error | undefined {
  const parsed = refusalSchema.safeParse(body)
  if (!parsed.success || status === 429 || status >= 500) return undefined
  const { error, error_description } = parsed.data
  const words = (error_description ?? error).split(/ Trace ID|\r|\n/)[0] ?? error
  const code = /AADSTS\d+/.exec(words)?.[0] ?? ''
  return new K1Error('sign-in', `Microsoft Entra did not accept the sign-in: ${words.replace(/\.?\s*$/, '.')}`, {
    hint: hints[code] ?? 'Check the tenant id, the client id and the credential, then run k1ctl connect microsoft-365.',
    facts: { status, error, ...(code === '' ? {} : { code }) },
  })
}
