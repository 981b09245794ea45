import type { Clock, HttpOptions } from '../core/ports.ts'
import { rememberSecret } from '../core/redact.ts'
import { createHttpClient, path } from './client.ts'

/**
 * Posts one JSON document to an address that somebody gave, whatever it answers with. Whoever knows such an address can
 * post there, so its path and query are hidden like a secret.
 * @throws K1Error `usage` for what is no https URL; of every kind in `failure.ts`
 */
export async function postJson(
  address: string,
  json: unknown,
  deps: { clock: Clock; http: HttpOptions },
): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const segments = url?.pathname.split('/') ?? []
  const last = segments.pop() ?? ''
  if (url) rememberSecret(`${url.pathname}${url.search}`)
  for (const part of [...segments, last, ...(url?.searchParams.values() ?? [])]) rememberSecret(part)
  const baseUrl = url ? `${url.origin}${segments.join('/')}` : address
  const client = createHttpClient({ ...deps, baseUrl, system: 'The address of --notify' })
  try {
    await client.request({
      method: 'POST',
      path: last === '' ? path`/` : path`/${decodeURIComponent(last)}`,
      query: Object.fromEntries(url?.searchParams ?? []),
      json,
      // Said twice is better than not said.
      repeatable: true,
    })
  } finally {
    await client.close()
  }
}
