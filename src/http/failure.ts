import { K1Error } from '../core/errors.ts'
import { cut } from '../core/printable.ts'
import type { Broken } from './exchange.ts'
import { looksLikeHtml, quotable, readMessage } from './message.ts'
import type { Path } from './path.ts'
import type { Trouble } from './retry.ts'

/** What sentences about a call need: `BMS`, its address without secrets, and `GET /v2/x`. */
export interface Call {
  system: string
  base: string
  method: string
  path: string
  write: boolean
}

/** The path is made fit for a sentence when one is made, which is seldom. */
export class SentCall implements Call {
  readonly system: string
  readonly base: string
  readonly method: string
  readonly write: boolean
  readonly #path: Path

  constructor(system: string, base: string, { method, path }: { method: string; path: Path }, write: boolean) {
    this.system = system
    this.base = base
    this.method = method
    this.write = write
    this.#path = path
  }

  get path(): string {
    return quotable(this.#path.text)
  }
}

export function factsOf(call: Call, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { system: call.system, url: call.base, method: call.method, path: call.path, ...more }
}

// ---- no answer ----------------------------------------------------------------------------------------------------

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  EHOSTUNREACH: 'no network leads there',
  ENETUNREACH: 'no network leads there',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
}

const certificateReasons: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that this machine does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that this machine does not trust',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an authority that this machine does not trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that this machine does not trust',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
}

const lastingCodes = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'UND_ERR_INVALID_ARG', 'UND_ERR_ABORTED'])

function codeOf(broken: Broken): string {
  for (let cause = broken.cause; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
  }
  return ''
}

export function troubleOf(broken: Broken): Trouble {
  if (broken.sent) return { what: 'lost' }
  const code = codeOf(broken)
  return { what: 'unsent', lasting: code in certificateReasons || lastingCodes.has(code) || code.startsWith('ERR_TLS') }
}

/** What the failure of the connection means, as the second half of a sentence. */
function reasonOf(broken: Broken): string {
  const code = codeOf(broken)
  const proxy = /^Proxy response \((\d+)\)/.exec(broken.message)
  if (proxy !== null) return `the proxy in HTTPS_PROXY refused to connect (${proxy[1]})`
  return certificateReasons[code] ?? reasons[code] ?? quotable(broken.message)
}

export function unreachable(call: Call, broken: Broken, deadlineMs: number): K1Error {
  const facts = factsOf(call, { code: codeOf(broken) || broken.why })
  const details = { cause: broken, facts }
  if (broken.why === 'timeout') {
    return new K1Error('unreachable', `${call.system} at ${call.base} did not answer within ${seconds(deadlineMs)}.`, {
      ...details,
      hint: 'Check the network, or give it more time.',
    })
  }
  const hint =
    codeOf(broken) in certificateReasons
      ? 'If your network inspects TLS, give its certificate authority with --ca-file.'
      : 'Check the URL, the network and the proxy.'
  return new K1Error('unreachable', `${call.system} at ${call.base} cannot be reached: ${reasonOf(broken)}.`, {
    ...details,
    hint,
  })
}

/** A write that left, and then silence: it may have been done. */
export function lostAnswer(call: Call, how: string, cause: unknown): K1Error {
  return new K1Error('lost-answer', `${call.method} ${call.path} was sent to ${call.system}, but ${how}.`, {
    cause,
    facts: factsOf(call),
    hint: 'Nobody knows whether it took effect. Look before you send it again.',
  })
}

export function lostBecause(broken: Broken, deadlineMs: number): string {
  if (broken.why === 'timeout') return `no answer came within ${seconds(deadlineMs)}`
  if (broken.why === 'aborted') return 'it was cancelled before the answer came'
  return `no answer came: ${reasonOf(broken)}`
}

export function cancelled(call: Call): K1Error {
  return new K1Error('cancelled', `Interrupted while talking to ${call.system}.`, { facts: factsOf(call) })
}

function seconds(ms: number): string {
  const whole = Math.max(1, Math.round(ms / 1000))
  return whole === 1 ? '1 second' : `${whole} seconds`
}

// ---- an answer that is no use ---------------------------------------------------------------------------------------

/** The system (or our own count of its limit) wants us to wait for longer than the call may take. */
export function rateLimited(call: Call, now: Date, askedMs: number | undefined, message?: string): K1Error {
  const words = message === undefined ? '' : ` It says: ${message}`
  if (askedMs === undefined) {
    return new K1Error('rate-limited', `${call.system} still asks to slow down after several tries.${words}`, {
      facts: factsOf(call),
      hint: 'Try again in a few minutes.',
    })
  }
  const at = new Date(Math.ceil((now.getTime() + askedMs) / 1000) * 1000).toISOString()
  return new K1Error('rate-limited', `${call.system} takes no more calls like this one before ${at}.${words}`, {
    facts: factsOf(call, { retryAt: at, retryAfterSeconds: Math.ceil(askedMs / 1000) }),
    hint: `Try again after ${at}.`,
  })
}

/** A status outside 2xx that nobody claimed. `body` is the JSON, or the text where it is none. */
export function refusal(call: Call, status: number, body: unknown, anonymous: boolean): K1Error {
  const message = readMessage(body)
  const words = message === undefined ? '.' : /[.!?…]$/.test(message) ? `: ${message}` : `: ${message}.`
  const facts = factsOf(call, message === undefined ? { status } : { status, message })
  const what = `${call.method} ${call.path}`
  if (status === 401) {
    return new K1Error('sign-in', `${call.system} did not accept the sign-in (401)${words}`, {
      facts,
      hint: 'Check the credentials, then sign in again with k1ctl connect.',
    })
  }
  if (status === 403) {
    return new K1Error('forbidden', `${call.system} does not allow ${what} (403)${words}`, {
      facts,
      hint: `Ask an administrator of ${call.system} for the right that this needs.`,
    })
  }
  if (status >= 500) {
    return new K1Error('server', `${call.system} failed at ${what} (${status})${words}`, {
      facts,
      hint: call.write
        ? 'Nobody knows whether it took effect. Look before you send it again.'
        : 'The fault is on its side. Try again later.',
    })
  }
  if (status === 404 && anonymous) {
    return new K1Error('contract', `There is no ${call.system} at ${call.base}: its sign-in was not found (404).`, {
      facts,
      hint: `Check the URL of ${call.system}.`,
    })
  }
  return new K1Error('rejected', `${call.system} refused ${what} (${status})${words}`, { facts })
}

export function redirected(call: Call, status: number, target: string): K1Error {
  return new K1Error(
    'contract',
    `${call.system} answered ${call.method} ${call.path} with a redirect (${status}) to ${quotable(target)}.`,
    {
      facts: factsOf(call, { status }),
      hint: `Check the URL of ${call.system}; redirects elsewhere are not followed.`,
    },
  )
}

export function tooLarge(call: Call, maxBytes: number): K1Error {
  const size = maxBytes >= 1_000_000 ? `${Math.floor(maxBytes / 1_000_000)} MB` : `${maxBytes} bytes`
  return new K1Error('contract', `${call.system} answered ${call.method} ${call.path} with more than ${size}.`, {
    facts: factsOf(call),
  })
}

/** No interface answers so; whatever walked through it would run out of stack. */
export function tooDeep(call: Call, status: number): K1Error {
  return new K1Error(
    'contract',
    `${call.system} answered ${call.method} ${call.path} with JSON nested too deep to read.`,
    {
      facts: factsOf(call, { status }),
      hint: `Nothing was concluded from the answer. Check what answers at ${call.base}.`,
    },
  )
}

/** JSON was due, and this came. */
export function notJson(call: Call, status: number, text: string): K1Error {
  const html = looksLikeHtml(text)
  const got = text === '' ? 'nothing' : html ? 'a web page' : `something that is not JSON: ${cut(quotable(text), 60)}`
  return new K1Error('contract', `${call.system} answered ${call.method} ${call.path} with ${got}.`, {
    facts: factsOf(call, { status }),
    ...(html
      ? { hint: `Check the URL ${call.base}: a web site answers there, not the interface of ${call.system}.` }
      : {}),
  })
}
