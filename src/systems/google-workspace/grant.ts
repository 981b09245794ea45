import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import type { Clock, HttpOptions } from '../../core/ports.ts'
import { rememberSecret } from '../../core/redact.ts'
import { createHttpClient, path } from '../../http/client.ts'
import { readMessage } from '../../http/message.ts'

/** A token, and how long it lasts. */
export interface Granted {
  token: string
  seconds: number
}

/** Gets a token for these scopes. @throws K1Error `sign-in`; `facts.error` is the word of OAuth */
export interface Grant {
  /** Who signs: the e-mail of the service account. */
  issuer: string
  /** What the Admin console knows it by; undefined where only its e-mail is known. */
  clientId: string | undefined
  fetch(scopes: readonly string[]): Promise<Granted>
  close(): Promise<void>
}

export interface GrantDeps {
  clock: Clock
  http: HttpOptions
}

const answer = z.object({ access_token: z.string().min(1), expires_in: z.number() })
const refusal = z.object({ error: z.string(), error_description: z.string().optional() })

/** Exchanges a signed assertion for a token (RFC 7523) at the address that the key names. */
export function createExchange(tokenUri: string, { clock, http }: GrantDeps) {
  const url = readUri(tokenUri)
  const last = url.pathname.split('/').at(-1) ?? ''
  const client = createHttpClient({
    baseUrl: url.origin + url.pathname.slice(0, -last.length - 1),
    system: 'Google Workspace',
    http,
    clock,
    readError: readRefusal,
  })
  return {
    async exchange(assertion: string): Promise<Granted> {
      rememberSecret(assertion)
      const { body } = await client.request({
        method: 'POST',
        path: path`/${last}`,
        form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion },
        anonymous: true,
        write: false,
        repeatable: true,
        answer,
      })
      rememberSecret(body.access_token)
      return { token: body.access_token, seconds: body.expires_in }
    },
    close: () => client.close(),
  }
}

const hints: Readonly<Record<string, string>> = {
  unauthorized_client:
    'In the Admin console, under Security > Access and data control > API controls > Domain-wide delegation, add the client id of the service account with all scopes that k1ctl systems lists.',
  invalid_grant:
    'Check that adminEmail is a user of this Google Workspace, that the key was not deleted, and that the clock of this machine is right.',
  invalid_client: 'The service account or its key is gone: make a new key and connect again.',
}

function readRefusal(status: number, body: unknown): K1Error | undefined {
  const parsed = refusal.safeParse(body)
  if (!parsed.success || status >= 500 || status === 429) return undefined
  const { error } = parsed.data
  const said = readMessage(body) ?? error
  return new K1Error('sign-in', `Google did not accept the service account (${error}): ${said.replace(/[.]?$/, '.')}`, {
    facts: { status, error },
    hint: hints[error] ?? 'Check serviceAccountKey and adminEmail, then connect again.',
  })
}

function readUri(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw new K1Error('usage', 'The token_uri of the service account key is not an address.', {
      facts: { setting: 'serviceAccountKey', field: 'token_uri' },
    })
  }
}
