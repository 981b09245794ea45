import { isK1Error } from '../../../core/errors.ts'
import { partOf } from '../../../core/parts.ts'
import type { Clock, HttpOptions } from '../../../core/ports.ts'
import { createHttpClient } from '../../../http/client.ts'
import type { Connection } from '../connection.ts'
import type { SignIn } from '../sign-in.ts'
import { parseClaims } from '../token-claims.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { readExchangeError } from './exchange-error.ts'
import { hiddenInExchange, missingInExchange } from './exchange-rights.ts'
import { createInvoke } from './invoke.ts'

/** Exchange Online of one tenant, and what the credential lacks for it, as sentences. */
export interface ExchangeAccess {
  exchange: Exchange
  lacks: readonly string[]
  /** What it is not shown although it may change mailboxes, as sentences. */
  hidden: readonly string[]
  close(): Promise<void>
}

/** Nothing answers there, nor ever will (RFC 2606). */
const nowhere = 'https://exchange.invalid'

const notThere = 'There is no address of Exchange Online: set exchangeUrl with k1ctl connect microsoft-365.'

/** Gets a token for it, and looks what that may. Nothing of anybody is asked for. */
export async function openExchange(
  connection: Connection,
  signIn: SignIn,
  { http: options, clock }: { http: HttpOptions; clock: Clock },
): Promise<ExchangeAccess> {
  const { tenantId, exchangeUrl } = connection
  const bearer = signIn.forService(exchangeUrl ?? nowhere)
  const open = (url: string) =>
    createHttpClient({
      baseUrl: `${url}/adminapi/beta`,
      system: 'Exchange Online',
      http: options,
      clock,
      authorize: bearer.authorize,
      onUnauthorized: bearer.renew,
      readError: readExchangeError,
    })
  const part = await partOf(Promise.resolve(exchangeUrl).then(url => (url === undefined ? undefined : open(url))))
  const http = part.value ?? open(nowhere)
  const exchange = createExchange(
    createInvoke(http, { clock, signal: options.signal }, `${exchangeUrl ?? nowhere}/adminapi/beta`, tenantId),
  )
  // An address that cannot be one stops mail only: nobody is kept out by it.
  const unusable = part.error?.message ?? (exchangeUrl === undefined ? notThere : undefined)
  const rights = unusable === undefined ? await rightsOf(() => bearer.token()) : { lacks: [unusable], hidden: [] }
  return { exchange, ...rights, close: () => http.close() }
}

/** Whoever is down may be up again when it is needed: only a no is one. */
async function rightsOf(token: () => Promise<string>): Promise<Pick<ExchangeAccess, 'lacks' | 'hidden'>> {
  try {
    const claims = parseClaims(await token())
    return { lacks: missingInExchange(claims), hidden: hiddenInExchange(claims) }
  } catch (error) {
    if (!isK1Error(error) || error.kind === 'cancelled') throw error
    return { lacks: error.kind === 'sign-in' ? [error.message] : [], hidden: [] }
  }
}
