import { isK1Error, K1Error } from '../../core/errors.ts'
import type { Clock, SignInPrompt } from '../../core/ports.ts'
import { rememberSecret } from '../../core/redact.ts'
import { type HttpClient, path, type RequestSpec } from '../../http/client.ts'
import { type Done, envelope, type Failed, isFailed, messageOf } from './envelope.ts'
import { type IssuedTokens, tokens as tokenShape } from './schemas.ts'

export interface Credentials {
  username: string
  company: string
  password: string
  mfaCode: string | undefined
}

export interface SignIn {
  /** The access token, signed in or refreshed as needed. */
  token(): Promise<string>
  /** This token was refused: gets another one, unless a call side by side already has. True when there is another. */
  renew(refused: string): Promise<boolean>
}

interface Tokens {
  access: string
  refresh: string | undefined
  /** Milliseconds since 1970; undefined: only a 401 will tell. */
  expiresAt: number | undefined
}

type TokenAnswer = Done<IssuedTokens> | Failed

/** A token is replaced this long before it expires, so that it does not expire on its way. */
const marginMs = 60_000
const mostCodes = 3
const aboutCode =
  /\b(?:mfa|otp|2fa|totp)\b|mfa\s?code|two.?factor|multi.?factor|one.?time|authenticator|verification code/i
const aboutCompany = /\b(?:tenant|company)\b/i

/** Signs in with a password, keeps the tokens fresh, and asks for a 2FA code when BMS wants one. */
export function createSignIn(
  http: HttpClient,
  credentials: Credentials,
  clock: Clock,
  prompt: SignInPrompt | undefined,
): SignIn {
  let tokens: Tokens | undefined
  let running: Promise<Tokens> | undefined
  /** It is good once: a code that was sent is not sent again. */
  let givenCode = credentials.mfaCode

  /** Side by side, callers share one sign-in. */
  function once(get: () => Promise<Tokens>): Promise<Tokens> {
    running ??= get().finally(() => {
      running = undefined
    })
    return running
  }

  async function signIn(): Promise<Tokens> {
    let code = givenCode
    givenCode = undefined
    for (let asked = 0; ; asked++) {
      const answer = await authenticate(code)
      if (!isFailed(answer)) return accept(answer.result)
      const words = messageOf(answer)
      if (!aboutCode.test(words)) throw refused(words)
      if (prompt === undefined || asked >= mostCodes) throw codeRefused(words, code !== undefined)
      code = await prompt.code(asked + 1)
      rememberSecret(code)
    }
  }

  async function authenticate(code: string | undefined): Promise<TokenAnswer> {
    const fields = {
      GrantType: 'password',
      UserName: credentials.username,
      Password: credentials.password,
      Tenant: credentials.company,
      ...(code === undefined ? {} : { MFACode: code }),
    }
    // The contract says multipart; callers in the field send urlencoded.
    return send(path`/v2/security/authenticate`, [{ form: fields }, { multipart: fields }])
  }

  /** Answers undefined when the refresh token is no good (any more). */
  async function refresh(old: Tokens): Promise<Tokens | undefined> {
    if (old.refresh === undefined) return undefined
    const fields = { AccessToken: old.access, RefreshToken: old.refresh }
    // By the contract it wants the old token as authorization, too, like all else.
    const headers = { authorization: `Bearer ${old.access}` }
    const answer = await send(path`/v2/security/refreshtoken`, [{ multipart: fields }, { form: fields }], headers)
    return isFailed(answer) ? undefined : accept(answer.result)
  }

  /** Sends the first encoding, and the next when BMS does not take it (415). A refusal comes back as a failure. */
  async function send(
    where: RequestSpec<unknown>['path'],
    encodings: readonly Pick<RequestSpec<unknown>, 'form' | 'multipart'>[],
    headers: Record<string, string> = {},
  ): Promise<TokenAnswer> {
    for (const encoding of encodings) {
      try {
        const answer = await http.request({
          method: 'POST',
          path: where,
          headers,
          ...encoding,
          answer: envelope(tokenShape),
          anonymous: true,
          write: false,
          accept: [415],
        })
        if (answer.status !== 415) return answer.body
      } catch (error) {
        const refusal = readRefusal(error)
        if (refusal === undefined) throw error
        return refusal
      }
    }
    throw new K1Error('contract', `BMS takes neither form nor multipart at ${where.text} (415).`, {
      facts: { method: 'POST', path: where.text, status: 415 },
    })
  }

  function accept(result: IssuedTokens): Tokens {
    rememberSecret(result.accessToken)
    if (typeof result.refreshToken === 'string') rememberSecret(result.refreshToken)
    tokens = {
      access: result.accessToken,
      refresh: result.refreshToken ?? undefined,
      expiresAt: expiry(result.accessTokenExpireOn ?? '', clock.now().getTime()),
    }
    return tokens
  }

  async function renewed(): Promise<Tokens> {
    const old = tokens
    return (old === undefined ? undefined : await refresh(old)) ?? signIn()
  }

  function refused(words: string): K1Error {
    const facts = { username: credentials.username, company: credentials.company, message: words }
    if (aboutCompany.test(words)) {
      return new K1Error('sign-in', `BMS did not accept the company "${credentials.company}": ${words}`, {
        facts: { ...facts, setting: 'company' },
        hint: 'Give the company as it is typed at the BMS sign-in, and check that the host is the one of its region.',
      })
    }
    if (/kaseyaone/i.test(words)) {
      return new K1Error('sign-in', `BMS did not accept ${credentials.username}: ${words}`, {
        facts,
        hint: 'Require Log In shuts this account out: a BMS administrator must add it to the exceptions in BMS.',
      })
    }
    return new K1Error('sign-in', `BMS did not accept ${credentials.username}: ${words}`, {
      facts,
      hint: 'Check user name, password and company, and that the role of the account has "Has API Access".',
    })
  }

  function codeRefused(words: string, sent: boolean): K1Error {
    const what = sent ? 'did not accept the 2FA code' : 'asks for a 2FA code'
    return new K1Error('sign-in', `BMS ${what} of ${credentials.username}: ${words}`, {
      facts: { username: credentials.username, company: credentials.company, message: words, needs: 'mfaCode' },
      hint: 'Give a fresh code (mfaCode), or use an API Employee account, which has none.',
    })
  }

  return {
    async token() {
      const fresh = tokens !== undefined && (tokens.expiresAt ?? Infinity) - marginMs > clock.now().getTime()
      return (fresh && tokens !== undefined ? tokens : await once(renewed)).access
    },
    async renew(refused) {
      if (running !== undefined || tokens === undefined || tokens.access === refused) await once(renewed)
      return true
    },
  }
}

/** A 4xx at the sign-in is BMS's "no", the same as a failure inside a 200. */
function readRefusal(error: unknown): Failed | undefined {
  if (!isK1Error(error) || !['sign-in', 'forbidden', 'rejected'].includes(error.kind)) return undefined
  const { message, status } = error.facts
  // Not "no such person": there is no sign-in at this address.
  if (status === 404) return undefined
  const words = typeof message === 'string' ? message : 'it gives no reason.'
  return { success: false, error: { message: words } }
}

/**
 * When the token expires by our clock. Undefined when BMS's clock and ours differ so much that it looks expired at
 * once: then refreshing early would go round in circles.
 */
function expiry(text: string, nowMs: number): number | undefined {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`
  const at = Date.parse(zoned)
  return Number.isNaN(at) || at - marginMs <= nowMs ? undefined : at
}
