import { hadNoEffect, isK1Error, K1Error } from '../core/errors.ts'
import { once } from '../core/once.ts'
import { redact } from '../core/redact.ts'
import { buildAnswer, isSuccess, readLoosely } from './answer.ts'
import { parseBaseUrl } from './base-url.ts'
import { encodeBody, encodeQuery } from './body.ts'
import type { Connections } from './connections.ts'
import { Broken, exchange, type Outgoing, type RawAnswer } from './exchange.ts'
import {
  type Call,
  cancelled,
  lostAnswer,
  lostBecause,
  rateLimited,
  redirected,
  refusal,
  SentCall,
  tooLarge,
  troubleOf,
  unreachable,
} from './failure.ts'
import { looksLikeHtml, readMessage } from './message.ts'
import type { Path } from './path.ts'
import type { RateLimit } from './rate.ts'
import { ownGate, type RateGate } from './rate-gate.ts'
import { readRedirect } from './redirect.ts'
import type { Answer, HttpClient, HttpClientOptions, RequestSpec } from './request.ts'
import { createRetryBudget, decideRetry, type Trouble } from './retry.ts'
import { parseRetryAfter } from './retry-after.ts'

export { type Path, path } from './path.ts'
export type { RateLimit } from './rate.ts'
export type { Answer, HttpClient, HttpClientOptions, HttpMethod, QueryValues, RequestSpec } from './request.ts'

/** A thousand tenants have as many clients: even a module that is loaded takes time to be asked for. */
const loadConnections = once(() => import('./connections.ts'))

const defaultDeadlineMs = 30_000
const defaultMaxBytes = 8_000_000
const mostRedirects = 3

/** An attempt that brought no answer that can be used, and the error that it is, unless another attempt goes well. */
interface Setback {
  trouble: Trouble
  failure: K1Error
  /** The system's own words. */
  message?: string
}

/**
 * One conversation with one base URL. Nothing is loaded or connected before the first request.
 * @throws K1Error `usage` when the URL is none, or would send secrets in the clear
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { http, clock, system } = options
  const base = parseBaseUrl(options.baseUrl, system)
  const basePath = base.pathname === '/' ? '' : base.pathname
  const deadlineMs = http.deadlineMs ?? defaultDeadlineMs
  const maxBytes = options.maxAnswerBytes ?? defaultMaxBytes
  const random = options.random ?? Math.random
  const budget = createRetryBudget()
  let gate: Promise<RateGate> | undefined
  let opening: Promise<Connections> | undefined
  let opened: Connections | undefined
  let closed = false
  const running = new Set<() => void>()

  function nowMs(): number {
    return clock.now().getTime()
  }

  async function openOnce(): Promise<Connections> {
    if (closed) throw new K1Error('internal', `The connection to ${system} is closed.`)
    opening ??= loadConnections().then(({ openConnections }) => openConnections(base, http))
    opened = await opening
    return opened
  }

  /** Where the limit is kept: with the others of a team, or here. */
  async function openGate(rate: RateLimit): Promise<RateGate> {
    const shared = await http.limits?.()
    if (shared === undefined) return ownGate(rate, clock)
    const { sharedGate } = await import('./shared-gate.ts')
    return sharedGate(rate, shared, `${system} ${base.origin}${basePath}`, clock)
  }

  async function turnOf(call: Call, rate: RateLimit, path: Path, leftMs: number): Promise<number> {
    gate ??= openGate(rate)
    const turn = await (await gate).admit(path, leftMs, http.signal)
    if ('tooLongMs' in turn) throw rateLimited(call, clock.now(), turn.tooLongMs)
    return turn.uncountedMs
  }

  /** Sends it once, and tells `--debug`. */
  async function send(outgoing: Outgoing, attempt: number): Promise<RawAnswer> {
    const { dispatcher } = closed || opened === undefined ? await openOnce() : opened
    const begun = nowMs()
    let status: number | undefined
    try {
      const raw = await exchange(dispatcher, outgoing)
      status = raw.status
      return raw
    } finally {
      if (http.onExchange) {
        const told = status === undefined ? {} : { status }
        const url = redact(outgoing.origin + outgoing.path)
        http.onExchange({ method: outgoing.method, url, ...told, ms: nowMs() - begun, attempt })
      }
    }
  }

  /** What a broken attempt means. @throws K1Error when trying again is out of the question. */
  function readBroken(call: Call, error: unknown): Setback {
    if (!(error instanceof Broken)) throw error
    if (error.why === 'too-large') throw tooLarge(call, maxBytes)
    const how = lostBecause(error, deadlineMs)
    if (error.why === 'aborted') throw error.sent && call.write ? lostAnswer(call, how, error) : cancelled(call)
    const trouble = troubleOf(error)
    const lost = trouble.what === 'lost' && call.write
    return { trouble, failure: lost ? lostAnswer(call, how, error) : unreachable(call, error, deadlineMs) }
  }

  /** What a status outside 2xx means. @throws K1Error when trying again is out of the question. */
  function readRefusal(call: Call, raw: RawAnswer, anonymous: boolean): Setback {
    const body = readLoosely(raw.text, options.decode)
    const own = options.readError?.(raw.status, body)
    const failure = own ?? refusal(call, raw.status, body, anonymous)
    const waitMs = parseRetryAfter(raw.headers['retry-after'], clock.now())
    const message = readMessage(body)
    const said = message === undefined ? {} : { message }
    if (raw.status === 429 || own?.kind === 'rate-limited') {
      return { trouble: { what: 'slow-down', waitMs }, failure, ...said }
    }
    if (raw.status === 502 || raw.status === 503 || raw.status === 504) {
      return { trouble: { what: 'unavailable', waitMs }, failure, ...said }
    }
    throw failure
  }

  async function perform<T>(spec: RequestSpec<T>, call: Call, remember: (doubt: Setback) => void): Promise<Answer<T>> {
    const body = encodeBody(spec)
    const common: Record<string, string> = { accept: 'application/json', 'user-agent': 'k1ctl' }
    if (body !== undefined) common['content-type'] = body.type
    for (const [name, value] of Object.entries(spec.headers ?? {})) common[name.toLowerCase()] = value
    const anonymous = spec.anonymous === true
    const repeatable = spec.repeatable ?? spec.method === 'GET'
    let target = basePath + spec.path.text + encodeQuery(spec.query)
    let redirects = 0
    let signedInAgain = false
    let deadline = nowMs() + deadlineMs
    /** Signing in has deadlines of its own, and may wait for a person: it does not count. */
    const uncounted = async <R>(begun: number, signing: Promise<R>): Promise<R> => {
      const result = await signing
      deadline += nowMs() - begun
      return result
    }

    for (let attempt = 1; ; ) {
      if (http.signal?.aborted === true) throw cancelled(call)
      const headers = { ...common }
      if (!anonymous) {
        const signable = { method: spec.method, origin: base.origin, target, body: body?.text }
        const begun = nowMs()
        const signing = options.authorize?.(headers, signable)
        if (signing !== undefined) await uncounted(begun, signing)
      }

      if (options.rate !== undefined) deadline += await turnOf(call, options.rate, spec.path, deadline - nowMs())

      const outgoing: Outgoing = {
        origin: base.origin,
        path: target,
        method: spec.method,
        headers,
        body: body?.text,
        maxBytes,
        timeoutMs: Math.max(1, deadline - nowMs()),
        signal: http.signal,
        still: http.still,
        running,
      }
      let setback: Setback
      const raw = await send(outgoing, attempt).catch((error: unknown) => readBroken(call, error))
      if ('failure' in raw) {
        setback = raw
      } else if (isSuccess(raw.status) || isExpected(spec, raw)) {
        budget.earn()
        return buildAnswer(call, raw, spec.answer, options.decode)
      } else {
        const next = readRedirect(call, raw, base.origin, target)
        if (next !== undefined) {
          if (++redirects > mostRedirects) throw redirected(call, raw.status, next)
          target = next
          continue
        }
        const { onUnauthorized } = options
        if (raw.status === 401 && !anonymous && !signedInAgain && onUnauthorized !== undefined) {
          signedInAgain = true
          if (await uncounted(nowMs(), onUnauthorized(headers))) continue
        }
        setback = readRefusal(call, raw, anonymous)
      }
      if (setback.trouble.what === 'lost' || setback.trouble.what === 'unavailable') remember(setback)

      const leftMs = deadline - nowMs()
      const decision = decideRetry({ ...setback, repeatable, attempt, leftMs, budget, random: random() })
      if (!decision.again) throw giveUp(call, setback, decision.why === 'deadline', decision.askedMs)
      await clock.sleep(decision.waitMs, http.signal)
      attempt += 1
    }
  }

  /** The error of the last attempt, unless the server asked for a wait that the deadline does not allow. */
  function giveUp(call: Call, { trouble, failure, message }: Setback, outOfTime: boolean, askedMs?: number): K1Error {
    const tooLong = outOfTime && askedMs !== undefined
    const mustWait = trouble.what === 'slow-down' ? tooLong || failure.kind !== 'rate-limited' : tooLong && !call.write
    return mustWait ? rateLimited(call, clock.now(), askedMs, message) : failure
  }

  return {
    async request(spec) {
      const write = spec.write ?? spec.method !== 'GET'
      const call = new SentCall(system, `${base.origin}${basePath}`, spec, write)
      let doubt: Setback | undefined
      try {
        return await perform(spec, call, setback => {
          doubt = setback
        })
      } catch (error) {
        // An earlier attempt may have taken effect, although a later one failed for certain.
        const unsure = doubt !== undefined && write && isK1Error(error) && hadNoEffect(error)
        throw unsure ? lostAnswer(call, 'an earlier attempt was not answered', error) : error
      }
    },
    async close() {
      if (closed) return
      closed = true
      for (const cut of [...running]) cut()
      await (await opening?.catch(() => undefined))?.release()
      await (await gate?.catch(() => undefined))?.close()
    },
  }
}

/** That something is gone is not believed of a web page: so answers a proxy that lost its way, or a wrong address. */
function isExpected({ accept }: RequestSpec<unknown>, { status, text }: RawAnswer): boolean {
  if (accept?.includes(status) !== true) return false
  return (status !== 404 && status !== 410) || !looksLikeHtml(text)
}
